/**
 * Rows: one number for each real token.
 *
 * Rows of a batch differ in length and are never padded, so that a mean over a row is a mean over
 * its tokens. All arithmetic on rows is 64-bit. Only the losses use tensors with masks.
 */

/** One number for each real token of a text, in order; an array or a typed array. */
export type Row = ArrayLike<number>;

/**
 * Checks that rows which belong together have the same length.
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
      throw new RangeError(`Cannot ${action}: ${name} is ${value}, but it must be from 0 to 1`);
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
      throw new RangeError(`Cannot ${action}: ${name} is ${value}, but it must be at least 0`);
    }
  }
}
