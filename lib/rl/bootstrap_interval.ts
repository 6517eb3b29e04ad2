/**
 * A confidence interval for a mean difference, by resampling.
 *
 *     d_i = after_i - before_i
 *     mean*_b = mean of n of the d_i drawn with replacement, b = 1 ... resamples
 *     interval = the (1 - level) / 2 and (1 + level) / 2 quantiles of mean*
 *
 * Efron 1979, "Bootstrap methods: another look at the jackknife"; the percentile interval of Efron
 * & Tibshirani 1993, section 13.3. The differences are paired: each d_i compares the same passage
 * before and after, so the difficulty of the passage cancels.
 */
import { meanOf } from "./moments.ts";
import { randomStream } from "../random/mod.ts";
import { requireRange, type Row } from "./rows.ts";

/** Settings of `bootstrapInterval`. */
export interface BootstrapOptions {
  /**
   * The number of resampled means (default 2000, which makes the ends of a 95 % interval accurate
   * to about a sixtieth of its width).
   */
  readonly resamples?: number;
  /** The confidence level, between 0 and 1 (default 0.95). */
  readonly level?: number;
  /** The seed of the resampling (default 0). */
  readonly seed?: number;
}

/** A mean with its interval, in the units of the differences. */
export interface BootstrapInterval {
  /** The mean difference. */
  readonly mean: number;
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** The quantile of sorted numbers, with linear interpolation between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position), above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * Computes the mean of paired differences and its bootstrap interval.
 *
 * @throws RangeError when `differences` is empty, `level` is not between 0 and 1, or `resamples`
 *   is not a positive whole number.
 * @example
 * ```ts
 * import { bootstrapInterval } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const before = [0, 1, 0, 0, 1, 0, 1, 0], after = [1, 1, 1, 0, 1, 1, 1, 1];
 * const differences = after.map((right, passage) => right - before[passage]);
 * const { mean, low, high } = bootstrapInterval(differences);
 * assert.equal(mean, 0.5); // 4 of 8 passages became right
 * assert.ok(0 < low && low < mean && mean < high);
 * ```
 */
export function bootstrapInterval(
  differences: Row,
  { resamples = 2000, level = 0.95, seed = 0 }: BootstrapOptions = {},
): BootstrapInterval {
  requireRange("compute a bootstrap interval", "between 0 and 1", { level });
  requireRange("compute a bootstrap interval", "a positive whole number", { resamples });
  const mean = meanOf(differences);
  const random = randomStream(seed);
  const draw = (): number => differences[Math.floor(random() * differences.length)];
  const means = Array.from({ length: resamples }, () => meanOf(Array.from(differences, draw)));
  const sorted = means.toSorted((a, b) => a - b);
  return { mean, low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}
