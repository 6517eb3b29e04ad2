/** The error of an estimator over many samples. */
import { meanOf, type Row, varianceOf } from "../rl/mod.ts";

/** How far estimates are from the truth. */
export interface EstimateError {
  /** Mean of the estimates minus the truth. */
  readonly bias: number;
  /** Standard deviation of the estimates. */
  readonly deviation: number;
}

/**
 * Bias and standard deviation of estimates of one number; for a truth that varies, give the
 * differences.
 */
export const estimateError = (estimates: Row, truth = 0): EstimateError => ({
  bias: meanOf(estimates) - truth,
  deviation: Math.sqrt(varianceOf(estimates)),
});
