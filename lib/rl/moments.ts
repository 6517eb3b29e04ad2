/**
 * Mean and variance of a row, and the correlation of two rows.
 *
 *     mean(x) = sum(x) / n            Var(x) = sum((x - mean(x))^2) / n
 *     corr(x, y) = mean((x - mean(x)) (y - mean(y))) / sqrt(Var(x) Var(y))
 *
 * The divisor is n, not n - 1, because these statistics describe the given numbers and do not
 * estimate those of a larger population.
 */
import { requireSameLength, type Row } from "./rows.ts";

/**
 * The mean of a row, in its own units.
 *
 * @throws RangeError when the row is empty.
 * @example
 * ```ts
 * import { meanOf } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.equal(meanOf([1, 2, 6]), 3); // (1 + 2 + 6) / 3
 * ```
 */
export function meanOf(row: Row): number {
  if (row.length === 0) throw new RangeError("Cannot take the mean of an empty row");
  return Array.from(row).reduce((sum, x) => sum + x, 0) / row.length;
}

/**
 * The variance of a row (with divisor n), in squared units of the row.
 *
 * @throws RangeError when the row is empty.
 * @example
 * ```ts
 * import { varianceOf } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.equal(varianceOf([1, 3]), 1); // ((1 - 2)^2 + (3 - 2)^2) / 2
 * ```
 */
export function varianceOf(row: Row): number {
  const mean = meanOf(row);
  return meanOf(Array.from(row, (x) => (x - mean) ** 2));
}

/**
 * Pearson's correlation of two rows, from -1 to 1; `NaN` if one of them is constant.
 *
 * @throws RangeError when the rows differ in length or are empty.
 * @example
 * ```ts
 * import { correlationOf } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.equal(correlationOf([1, 3], [4, 0]), -1); // one rises, the other falls
 * ```
 */
export function correlationOf(x: Row, y: Row): number {
  requireSameLength("correlate", { x, y });
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  const together = meanOf(Array.from(x, (one, i) => (one - meanX) * (y[i] - meanY)));
  const variances = varianceOf(x) * varianceOf(y);
  return variances === 0 ? NaN : together / Math.sqrt(variances);
}
