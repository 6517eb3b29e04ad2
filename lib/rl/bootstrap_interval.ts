/**
 * A confidence interval for a mean difference, by resampling.
 *
 *     d_i = after_i - before_i            mean*_b = mean of n of the d_i drawn with replacement, b = 1 ... resamples
 *     interval = the (1 - level) / 2 and (1 + level) / 2 quantiles of mean*
 *
 * Efron 1979, "Bootstrap methods: another look at the jackknife"; the percentile interval of Efron & Tibshirani 1993, section
 * 13.3. Paired: each d_i compares the same passage before and after, so how hard the passage is cancels.
 */
import { meanOf } from "./moments.ts";
import { randomStream } from "../random/mod.ts";
import type { Row } from "./rows.ts";

/** Settings of `bootstrapInterval`. */
export interface BootstrapOptions {
  /** How many means are drawn; 2,000 settle the ends of a 95 % interval to about a sixtieth of its width. */
  readonly resamples?: number;
  /** How sure the interval is, between 0 and 1. */
  readonly level?: number;
  /** Seed of the draws. */
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

/** The value below which a share of the sorted numbers lies, linear between neighbours. */
function quantile(sorted: readonly number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position), above = Math.ceil(position);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/**
 * The mean of paired differences with its bootstrap interval.
 *
 * @throws RangeError when there is no difference, `level` is not between 0 and 1, or `resamples` is not a positive whole number.
 * @example
 * ```ts
 * import { bootstrapInterval } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const before = [0, 1, 0, 0, 1, 0, 1, 0], after = [1, 1, 1, 0, 1, 1, 1, 1];
 * const { mean, low, high } = bootstrapInterval(after.map((right, passage) => right - before[passage]));
 * assert.equal(mean, 0.5); // 4 of 8 passages became right
 * assert.ok(0 < low && low < mean && mean < high);
 * ```
 */
export function bootstrapInterval(
  differences: Row,
  { resamples = 2000, level = 0.95, seed = 0 }: BootstrapOptions = {},
): BootstrapInterval {
  requireSettings({ resamples, level });
  const mean = meanOf(differences);
  const random = randomStream(seed);
  const draw = (): number => differences[Math.floor(random() * differences.length)];
  const means = Array.from({ length: resamples }, () => meanOf(Array.from(differences, draw)));
  const sorted = means.toSorted((a, b) => a - b);
  return { mean, low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

function requireSettings({ resamples, level }: { resamples: number; level: number }): void {
  if (!(level > 0 && level < 1)) {
    throw new RangeError(`Cannot find an interval of level ${level}: wanted between 0 and 1`);
  }
  if (!Number.isInteger(resamples) || resamples < 1) {
    throw new RangeError(`Cannot draw ${resamples} resamples: wanted a whole number from 1 on`);
  }
}
