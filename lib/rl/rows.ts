/**
 * Rows: one number a token, of the real tokens only.
 *
 * Rows of a batch differ in length and are never padded, so that a mean over a row is a mean over its tokens. All arithmetic on
 * rows is 64-bit. What belongs to a graph (and so has masks) is in the losses, not here.
 */

/** One number for each real token of a text, in order; an array or a typed array. */
export type Row = ArrayLike<number>;

/**
 * Checks that rows which belong together have a number for the same tokens.
 *
 * @throws RangeError naming the first two rows whose lengths differ.
 */
export function requireSameLength(action: string, rows: Readonly<Record<string, Row>>): void {
  const [[firstName, first], ...others] = Object.entries(rows);
  for (const [name, row] of others) {
    if (row.length !== first.length) {
      throw new RangeError(
        `Cannot ${action}: ${firstName} has ${first.length} tokens and ${name} has ${row.length}`,
      );
    }
  }
}

/**
 * Checks that settings which are fractions lie in [0, 1].
 *
 * @throws RangeError naming the setting and its value.
 */
export function requireFractions(action: string, settings: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!(value >= 0 && value <= 1)) {
      throw new RangeError(`Cannot ${action}: ${name} is ${value}, wanted a number from 0 to 1`);
    }
  }
}

/**
 * Checks that settings which are widths or limits are not negative.
 *
 * @throws RangeError naming the setting and its value.
 */
export function requireNotNegative(
  action: string,
  settings: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!(value >= 0)) {
      throw new RangeError(`Cannot ${action}: ${name} is ${value}, wanted 0 or more`);
    }
  }
}
