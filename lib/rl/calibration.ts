/**
 * Calibration: whether of all that is called 80 % sure, 80 in 100 come true.
 *
 *     bin k holds the predictions p_i with low_k <= p_i < low_k+1 (the last bin its upper end too)
 *     predicted_k = mean of its p_i            observed_k = share of its cases that came true
 *
 * Drawn as observed over predicted this is a reliability diagram, and the diagonal is a calibrated predictor (DeGroot & Fienberg
 * 1983, "The comparison and evaluation of forecasters"). A bin with few cases scatters by luck alone.
 */
import { meanOf } from "./moments.ts";
import { requireFractions, requireSameLength, type Row } from "./rows.ts";

/** The predictions of one bin, and what became of them. */
export interface ReliabilityBin {
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share that came true. */
  readonly observed: number;
  /** How many predictions. */
  readonly count: number;
}

/** What `reliability` needs. */
export interface ReliabilityInputs {
  /** Predicted probabilities, in [from, 1]. */
  readonly probabilities: Row;
  /** 1 where it came true, 0 where not, 1/2 where undecided. */
  readonly happened: Row;
}

/** How to cut the predictions. */
export interface ReliabilityOptions {
  /** Bins of equal width. */
  readonly bins?: number;
  /** Where the first bin begins: 1/2 when the likelier of two is always predicted. */
  readonly from?: number;
}

/**
 * The bins of a reliability diagram from low to high; a bin without a prediction is left out.
 *
 * @throws RangeError when the rows differ in length, `bins` is not a positive whole number or a probability lies outside [from, 1].
 * @example
 * ```ts
 * import { reliability } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const predictions = { probabilities: [0.5, 0.75, 1, 1], happened: [1, 0, 1, 1] };
 * const [, high] = reliability(predictions, { bins: 2, from: 0.5 }); // 0.5 below 0.75; 0.75, 1 and 1 above
 * assert.deepEqual(high, { predicted: 2.75 / 3, observed: 2 / 3, count: 3 });
 * ```
 */
export function reliability(
  { probabilities, happened }: ReliabilityInputs,
  { bins = 10, from = 0 }: ReliabilityOptions = {},
): ReliabilityBin[] {
  requireSameLength("measure calibration", { probabilities, happened });
  requireFractions("measure calibration", { from });
  if (!Number.isInteger(bins) || bins < 1) {
    throw new RangeError(
      `Cannot measure calibration: bins is ${bins}, wanted a whole number from 1 on`,
    );
  }
  const binOf = (p: number): number => {
    if (!(p >= from && p <= 1)) {
      throw new RangeError(
        `Cannot measure calibration: a probability is ${p}, wanted ${from} to 1`,
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
