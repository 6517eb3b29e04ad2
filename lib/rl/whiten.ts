/**
 * Whitening: the advantages of a pool, shifted and scaled to mean 0 and standard deviation 1.
 *
 *     whitened = (x - mean(x)) / sqrt(Var(x) + epsilon)
 *
 * The mean and the variance are those of all real tokens of all rows in the pool of an update,
 * without padding. The variance has the divisor n, so that the result has a standard deviation of
 * exactly 1; TRL and Stable-Baselines3 divide by n - 1 (`unbiased`). Huang et al. 2022, "The 37
 * implementation details of proximal policy optimization", detail 7, where each minibatch is
 * whitened by itself.
 */
import { meanOf, varianceOf } from "./moments.ts";
import type { Row } from "./rows.ts";

/**
 * Whitens the rows of one pool to mean 0 and standard deviation 1 over all their tokens.
 *
 * Because of `epsilon`, a pool of equal numbers becomes 0 instead of 0 / 0. Its default, 1e-8, is
 * far below the variance of any real pool. With `unbiased`, the variance has the divisor n - 1,
 * and a pool of one token becomes 0.
 *
 * @throws RangeError when the rows hold no token.
 * @example
 * ```ts
 * import { whiten } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const rows = whiten([[1, 3], [2]], { epsilon: 0 }); // mean 2, variance (1 + 1 + 0) / 3
 * assert.ok(Math.abs(rows[0][1] - Math.sqrt(1.5)) < 1e-12);
 * assert.equal(rows[1][0], 0);
 * ```
 */
export function whiten(
  rows: readonly Row[],
  { epsilon = 1e-8, unbiased = false }: { epsilon?: number; unbiased?: boolean } = {},
): number[][] {
  const pool = rows.flatMap((row) => Array.from(row));
  if (pool.length === 0) {
    throw new RangeError(`Cannot whiten ${rows.length} rows: they contain no tokens`);
  }
  const mean = meanOf(pool);
  const correction = unbiased ? pool.length / Math.max(1, pool.length - 1) : 1; // n / (n - 1)
  const deviation = Math.sqrt(varianceOf(pool) * correction + epsilon);
  return rows.map((row) => Array.from(row, (x) => (x - mean) / deviation));
}
