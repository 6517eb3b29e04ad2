/**
 * The measurements of chapter 03 on sampled answers of the small world: how well they estimate the
 * first token's advantage, and how noisy the policy gradient is with each baseline.
 */
import * as world from "../control/mod.ts";
import { randomStream } from "../random/mod.ts";
import { meanOf, varianceOf } from "../rl/mod.ts";
import { say } from "../text/mod.ts";
import { type EstimateError, estimateError } from "./estimate_error.ts";
import { stepEstimates } from "./gae_study.ts";

/** How many answers to sample, and the seed of the random numbers. */
export interface Sampling {
  /** Number of answers or actions. */
  readonly samples: number;
  /** Seed of all random numbers. */
  readonly seed: number;
}

/**
 * Bias and standard deviation of the n-step estimates; `estimator` is "1 step" ... "3 steps (Monte
 * Carlo)".
 *
 * @param trust the critic's values are `trust` times the true V: with 1 it is right, with 0 it
 *   always gives 0
 */
export function estimatorErrors(
  trust: number,
  { samples, seed }: Sampling,
): (EstimateError & { readonly estimator: string })[] {
  const random = randomStream(seed);
  const errors = Array.from({ length: samples }, () => {
    const answer = world.sampleAnswer(random);
    const rewards = answer.map((_, t) => t === world.LENGTH - 1 ? world.scoreOf(answer) : 0);
    const values = answer.map((_, t) => trust * world.stateValue(answer.slice(0, t)));
    const truth = world.advantageOf([], answer[0]);
    return stepEstimates({ rewards, values, gamma: 1 }).map((estimate) => estimate - truth);
  });
  return Array.from({ length: world.LENGTH }, (_, index) => ({
    estimator: stepsName(index + 1),
    ...estimateError(errors.map((error) => error[index])),
  }));
}

function stepsName(steps: number): string {
  const name = say({ en: steps === 1 ? "1 step" : `${steps} steps`, zh: `${steps} 步` });
  if (steps < world.LENGTH) return name;
  return say({ en: `${name} (Monte Carlo)`, zh: `${name}（蒙特卡洛）` });
}

/**
 * The policy gradient of one answer, one number for each logit of the policy's table.
 *
 *     sum_t (G - b(s_t)) d log pi(a_t | s_t)        G = score + offset
 *     d log pi(a) / d logit_j = [a = j] - pi(j)
 *
 * The table has a row for the start and one for each preceding token: five rows of four logits,
 * one after another. Williams 1992, section 2.
 *
 * @param options.baselineOf b(s), which may depend on the state but not on the action
 * @param options.offset is added to every score. A reward model's zero is arbitrary, so this
 *   changes no preference.
 */
export function answerGradient(
  answer: readonly number[],
  { baselineOf, offset }: { baselineOf: (state: readonly number[]) => number; offset: number },
): number[] {
  const gradient = new Array<number>((1 + world.VOCABULARY.length) * world.VOCABULARY.length).fill(
    0,
  );
  answer.forEach((action, t) => {
    const state = answer.slice(0, t);
    const row = t === 0 ? 0 : 1 + answer[t - 1];
    const weight = world.scoreOf(answer) + offset - baselineOf(state); // G - b(s_t)
    world.probabilities(state).forEach((pi, j) => {
      gradient[row * world.VOCABULARY.length + j] += weight * ((action === j ? 1 : 0) - pi);
    });
  });
  return gradient;
}

/**
 * The sampled gradient with no baseline, a constant one and the true V, on the same answers.
 *
 * `mean` is that of the logit of 哪 as first token, an estimate of pi A; `variance` is the sum over
 * all logits.
 */
export function baselineNoise(
  offset: number,
  { samples, seed }: Sampling,
): { baseline: string; mean: number; variance: number }[] {
  const random = randomStream(seed);
  const answers = Array.from({ length: samples }, () => world.sampleAnswer(random));
  const baselines: [string, (state: readonly number[]) => number][] = [
    [say({ en: "none", zh: "无" }), () => 0],
    [say({ en: "constant V(s_0)", zh: "常数 V(s_0)" }), () => world.stateValue([]) + offset],
    [
      say({ en: "critic V(s_t)", zh: "价值模型的 V(s_t)" }),
      (state) => world.stateValue(state) + offset,
    ],
  ];
  return baselines.map(([baseline, baselineOf]) => {
    const gradients = answers.map((answer) => answerGradient(answer, { baselineOf, offset }));
    const columns = gradients[0].map((_, logit) => gradients.map((gradient) => gradient[logit]));
    const variance = columns.reduce((sum, column) => sum + varianceOf(column), 0);
    return { baseline, mean: meanOf(columns[0]), variance };
  });
}
