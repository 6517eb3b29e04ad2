/**
 * What chapter 03 measures on sampled answers of the small world: how well they estimate the first token's advantage, and how noisy
 * the policy gradient is with each baseline.
 */
import {
  advantageOf,
  LENGTH,
  probabilities,
  sampleAnswer,
  scoreOf,
  stateValue,
  VOCABULARY,
} from "../control/mod.ts";
import { meanOf, varianceOf } from "../rl/mod.ts";
import { randomStream } from "../random/mod.ts";
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
    const name = n === 0
      ? "1 step"
      : n === LENGTH - 1
      ? `${n + 1} steps (Monte Carlo)`
      : `${n + 1} steps`;
    return { estimator: name, bias: meanOf(row), deviation: Math.sqrt(varianceOf(row)) };
  });
}

/** What the gradient of an answer depends on besides the answer. */
export interface GradientSetting {
  /** b(s): may depend on the state, not on the action. */
  readonly baselineOf: (state: readonly number[]) => number;
  /** Added to every score; a reward model's zero is arbitrary, so that this changes no preference. */
  readonly offset: number;
}

/**
 * The policy gradient that one answer gives, one number for each logit of the policy's table.
 *
 *     sum_t (G - b(s_t)) d log pi(a_t | s_t)        d log pi(a) / d logit_j = [a = j] - pi(j)        G = score + offset
 *
 * The table has a row for the start and one for each token that may stand before: five rows of four logits, one after another.
 * Williams 1992, section 2.
 */
export function answerGradient(
  answer: readonly number[],
  { baselineOf, offset }: GradientSetting,
): number[] {
  const gradient = new Array<number>((1 + VOCABULARY.length) * VOCABULARY.length).fill(0);
  answer.forEach((action, t) => {
    const state = answer.slice(0, t);
    const row = t === 0 ? 0 : 1 + answer[t - 1];
    const weight = scoreOf(answer) + offset - baselineOf(state); // G - b(s_t)
    probabilities(state).forEach((pi, j) => {
      gradient[row * VOCABULARY.length + j] += weight * ((action === j ? 1 : 0) - pi);
    });
  });
  return gradient;
}

/** The gradient of an answer over many answers, with one baseline. */
export interface BaselineNoise {
  /** "none", "constant V(s_0)" or "critic V(s_t)". */
  readonly baseline: string;
  /** Mean gradient of the logit of 哪 as first token: pi A, up to the luck of sampling. */
  readonly mean: number;
  /** Variances of the gradients of all logits, added up. */
  readonly variance: number;
}

/** Mean and variance of the gradient with no baseline, a constant one and the true V; the same answers for all three. */
export function baselineNoise(
  offset: number,
  { samples, seed }: { samples: number; seed: number },
): BaselineNoise[] {
  const random = randomStream(seed);
  const answers = Array.from({ length: samples }, () => sampleAnswer(random));
  const baselines: [string, GradientSetting["baselineOf"]][] = [
    ["none", () => 0],
    ["constant V(s_0)", () => stateValue([]) + offset],
    ["critic V(s_t)", (state) => stateValue(state) + offset],
  ];
  return baselines.map(([baseline, baselineOf]) => {
    const gradients = answers.map((answer) => answerGradient(answer, { baselineOf, offset }));
    const columns = gradients[0].map((_, logit) => gradients.map((gradient) => gradient[logit]));
    const variance = columns.reduce((sum, column) => sum + varianceOf(column), 0);
    return { baseline, mean: meanOf(columns[0]), variance };
  });
}
