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

/** The ranges of settings, keyed by the wording used in error messages. */
const RANGES = {
  "from 0 to 1": (value: number) => value >= 0 && value <= 1,
  "between 0 and 1": (value: number) => value > 0 && value < 1,
  "at least 0": (value: number) => value >= 0,
  "above 0": (value: number) => value > 0,
  "a positive whole number": (value: number) => Number.isInteger(value) && value >= 1,
};

/**
 * Checks that settings lie in a range.
 *
 * @throws RangeError naming the setting and its value.
 */
export function requireRange(
  action: string,
  range: keyof typeof RANGES,
  settings: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(settings)) {
    if (!RANGES[range](value)) {
      throw new RangeError(`Cannot ${action}: ${name} is ${value}, but it must be ${range}`);
    }
  }
}
