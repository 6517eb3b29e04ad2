/**
 * Policies for control: a choice from a categorical distribution, or a vector from a diagonal
 * Gaussian one.
 *
 *     categorical   pi(a | s) = softmax(logits(s))_a
 *     Gaussian      pi(a | s) = normal(means(s), sigma), sigma independent of s
 *
 * Drawing is plain TypeScript on one row of numbers. What PPO differentiates is a graph with the
 * same log-probabilities, to which `policyLoss` from `lib/rl` is applied as for a language model.
 */
import { normal, type Random } from "../random/mod.ts";
import { entropyFromLogProbs, gaussianEntropy, gaussianLogProbs, type Row } from "../rl/mod.ts";
import { expandLike, logSoftmax, take, type Tensor } from "../tensor/mod.ts";
import type { Box } from "./spaces.ts";

/** What PPO needs to know of the actions of a batch, in nats. */
export interface ActionStatistics {
  /** log pi(a_t | s_t). */
  readonly logProbs: Tensor<{ batch: number }>;
  /** The entropy of the policy at each state. */
  readonly entropy: Tensor<{ batch: number }>;
}

/**
 * Log-probabilities and entropy of choices, from the logits of each state.
 *
 * @throws RangeError when the axes do not fit.
 * @example
 * ```ts
 * import { choiceStatistics } from "ppo/control/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const logits = constant([5, 5], { batch: 1, choice: 2 });
 * const { logProbs, entropy } = choiceStatistics(logits, constant([1], { batch: 1 }, "int32"));
 * const [[logProb], [nats]] = evaluate([logProbs, entropy]).map(({ data }) => [...data]);
 * assert.ok(Math.abs(logProb - Math.log(1 / 2)) < 1e-6 && Math.abs(nats - Math.log(2)) < 1e-6);
 * ```
 */
export function choiceStatistics(
  logits: Tensor<{ batch: number; choice: number }>,
  actions: Tensor<{ batch: number }, "int32">,
): ActionStatistics {
  const logProbs = logSoftmax(logits, "choice"); // [batch, choice]
  return {
    logProbs: take(logProbs, actions, "choice"),
    entropy: entropyFromLogProbs(logProbs, "choice"),
  };
}

/** A Gaussian policy at the states of a batch. */
export interface GaussianPolicy {
  /** The means, which depend on the state. */
  readonly means: Tensor<{ batch: number; action: number }>;
  /** log sigma, a parameter of its own. */
  readonly logStd: Tensor<{ action: number }>;
}

/**
 * Log-densities and entropy of vectors, as they were drawn and before they are clipped.
 *
 * @throws RangeError when the axes do not fit.
 * @example
 * ```ts
 * import { vectorStatistics } from "ppo/control/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const means = constant([0.5], { batch: 1, action: 1 });
 * const logStd = constant([0], { action: 1 });
 * const { logProbs } = vectorStatistics({ means, logStd }, means);
 * const [logProb] = evaluate([logProbs])[0].data;
 * assert.ok(Math.abs(logProb - -Math.log(2 * Math.PI) / 2) < 1e-6);
 * ```
 */
export function vectorStatistics(
  { means, logStd }: GaussianPolicy,
  actions: Tensor<{ batch: number; action: number }>,
): ActionStatistics {
  const logProbs = gaussianLogProbs({ means, logStd, actions }, "action");
  return { logProbs, entropy: expandLike(gaussianEntropy(logStd), logProbs) };
}

/**
 * Draws a choice from the logits of one state, by inverting the cumulative distribution.
 *
 * @throws RangeError when there are no logits.
 * @example
 * ```ts
 * import { drawChoice } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const logits = [Math.log(0.25), Math.log(0.75)];
 * assert.deepEqual([drawChoice(logits, () => 0.2), drawChoice(logits, () => 0.3)], [0, 1]);
 * ```
 */
export function drawChoice(logits: Row, random: Random): number {
  if (logits.length === 0) throw new RangeError("Cannot draw a choice from 0 logits");
  const row = Array.from(logits);
  const largest = row.reduce((a, b) => Math.max(a, b)); // subtracted, so that no e^x overflows
  const weights = row.map((logit) => Math.exp(logit - largest));
  let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
  const choice = weights.findIndex((weight) => (left -= weight) < 0);
  return choice < 0 ? weights.findLastIndex((weight) => weight > 0) : choice; // rounding
}

/**
 * Draws a vector from the means of one state and the log standard deviations.
 *
 * @throws RangeError when they differ in length.
 * @example
 * ```ts
 * import { drawVector } from "ppo/control/mod.ts";
 * import { randomStream } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const [almostTheMean] = drawVector({ means: [0.5], logStd: [-30] }, randomStream(0));
 * assert.ok(Math.abs(almostTheMean - 0.5) < 1e-6);
 * ```
 */
export function drawVector(
  { means, logStd }: { readonly means: Row; readonly logStd: Row },
  random: Random,
): Float32Array {
  if (means.length !== logStd.length) {
    const found = `${means.length} means and ${logStd.length} standard deviations`;
    throw new RangeError(`Cannot draw a vector from ${found}: there must be one for each`);
  }
  return Float32Array.from(means, (mean, at) => mean + Math.exp(logStd[at]) * normal(random));
}

/**
 * Clips a vector to the bounds of a space, before the environment takes it.
 *
 * MountainCarContinuous charges for an action as it receives it, so the clipped action costs less.
 *
 * @throws RangeError when the vector is not in the space because of its length.
 * @example
 * ```ts
 * import { box, clipToBox } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(clipToBox(box([-1, -1], [1, 1]), [-3, 0.5]), Float32Array.of(-1, 0.5));
 * ```
 */
export function clipToBox({ low, high, size }: Box, vector: Row): Float32Array {
  if (vector.length !== size) {
    const found = `it has ${vector.length} numbers, the space has ${size}`;
    throw new RangeError(`Cannot clip a vector to a space: ${found}`);
  }
  return Float32Array.from(vector, (x, at) => Math.min(Math.max(x, low[at]), high[at]));
}
