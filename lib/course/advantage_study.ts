/** What chapter 03 measures: how well sampled answers of the small world estimate the first token's advantage. */
import { advantageOf, LENGTH, sampleAnswer, scoreOf, stateValue } from "../control/mod.ts";
import { meanOf, randomStream, varianceOf } from "../rl/mod.ts";
import { stepEstimates } from "./gae_study.ts";

/** One estimator over many answers. */
export interface EstimatorError {
  /** "1 step" ... "3 steps (Monte Carlo)". */
  readonly estimator: string;
  /** Mean of estimate minus truth. */
  readonly bias: number;
  /** Standard deviation of estimate minus truth. */
  readonly deviation: number;
}

/**
 * Bias and deviation of the n-step estimates.
 *
 * @param trust the critic says `trust` times the true V: 1 is right, 0 knows nothing @param sampling how many answers, and the seed
 */
export function estimatorErrors(
  trust: number,
  { samples, seed }: { samples: number; seed: number },
): EstimatorError[] {
  const random = randomStream(seed);
  const errors = Array.from({ length: samples }, () => {
    const answer = sampleAnswer(random);
    const rewards = answer.map((_, t) => t === LENGTH - 1 ? scoreOf(answer) : 0);
    const values = answer.map((_, t) => trust * stateValue(answer.slice(0, t)));
    return stepEstimates({ rewards, values, gamma: 1 }).map((estimate) =>
      estimate - advantageOf([], answer[0])
    );
  });
  return Array.from({ length: LENGTH }, (_, n) => {
    const row = errors.map((error) => error[n]);
    const name = n === 0 ? "1 step" : n === LENGTH - 1 ? `${n + 1} steps (Monte Carlo)` : `${n + 1} steps`;
    return { estimator: name, bias: meanOf(row), deviation: Math.sqrt(varianceOf(row)) };
  });
}
