/**
 * Measures calibration: of the predictions with a probability of 80 %, 80 % should come true.
 *
 *     bin k holds the predictions p_i with low_k <= p_i < low_k+1 (the last bin includes 1)
 *     predicted_k = mean of its p_i            observed_k = share of its cases that came true
 *
 * A plot of observed against predicted is a reliability diagram, in which a calibrated predictor
 * lies on the diagonal (DeGroot & Fienberg 1983, "The comparison and evaluation of forecasters").
 * A bin with few cases varies by chance alone.
 */
import { meanOf } from "./moments.ts";
import { requireRange, requireSameLength, type Row } from "./rows.ts";

/** The predictions and outcomes of one bin. */
export interface ReliabilityBin {
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share that came true. */
  readonly observed: number;
  /** The number of predictions. */
  readonly count: number;
}

/** The inputs of `reliability`. */
export interface ReliabilityInputs {
  /** Predicted probabilities, in [from, 1]. */
  readonly probabilities: Row;
  /** 1 if the prediction came true, 0 if not, 1/2 if undecided. */
  readonly happened: Row;
}

/** How to divide the predictions into bins. */
export interface ReliabilityOptions {
  /** The number of bins, all of equal width (default 10). */
  readonly bins?: number;
  /**
   * The lower end of the first bin (default 0). Use 1/2 if the more likely of two outcomes is
   * always predicted.
   */
  readonly from?: number;
}

/**
 * Computes the bins of a reliability diagram from low to high, without empty bins.
 *
 * @throws RangeError when the rows differ in length, `bins` is not a positive whole number or a
 *   probability lies outside [from, 1].
 * @example
 * ```ts
 * import { reliability } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const predictions = { probabilities: [0.5, 0.75, 1, 1], happened: [1, 0, 1, 1] };
 * // the upper bin starts at 0.75 and holds 0.75, 1 and 1
 * const [, high] = reliability(predictions, { bins: 2, from: 0.5 });
 * assert.deepEqual(high, { predicted: 2.75 / 3, observed: 2 / 3, count: 3 });
 * ```
 */
export function reliability(
  { probabilities, happened }: ReliabilityInputs,
  { bins = 10, from = 0 }: ReliabilityOptions = {},
): ReliabilityBin[] {
  requireSameLength("measure calibration", { probabilities, happened });
  requireRange("measure calibration", "from 0 to 1", { from });
  requireRange("measure calibration", "a positive whole number", { bins });
  const binOf = (p: number): number => {
    if (!(p >= from && p <= 1)) {
      throw new RangeError(
        `Cannot measure calibration: a probability is ${p}, but it must be from ${from} to 1`,
      );
    }
    return Math.min(Math.floor(bins * (p - from) / (1 - from)), bins - 1);
  };
  const cases = Array.from(probabilities, (p, i) => ({ bin: binOf(p), p, came: happened[i] }));
  return [...Map.groupBy(cases, ({ bin }) => bin)].sort(([a], [b]) => a - b).map(([, inside]) => ({
    predicted: meanOf(inside.map(({ p }) => p)),
    observed: meanOf(inside.map(({ came }) => came)),
    count: inside.length,
  }));
}
