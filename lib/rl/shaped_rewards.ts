/**
 * The rewards of one answer: a KL penalty at each token, and the score at the last one.
 *
 *     r_t = -klCoef (log pi(a_t) - log pi_ref(a_t)) + [t is the last token] score
 *
 * Ziegler et al. 2019, "Fine-tuning language models from human preferences", equation 2, applied to
 * each token; Ouyang et al. 2022 (InstructGPT), equation 2. The penalty is the k1 estimate of the
 * KL divergence. Normalise and clip the score first (`scores.ts`).
 */
import { k1 } from "./kl_estimates.ts";
import type { Row } from "./rows.ts";

/** The inputs of `shapedRewards`, for one answer. */
export interface ShapedRewardsInputs {
  /** log pi(a_t) of the policy that sampled the answer, in nats, one for each token. */
  readonly logProbs: Row;
  /** log pi_ref(a_t) of the frozen reference, in nats, one for each token. */
  readonly refLogProbs: Row;
  /** The answer's score, normalised and clipped. */
  readonly score: number;
  /** The KL coefficient: the penalty for one nat of divergence, in units of score. */
  readonly klCoef: number;
}

/**
 * Computes the reward at each token of one answer, in units of score.
 *
 * @throws RangeError when the rows differ in length or are empty.
 * @example
 * ```ts
 * import { shapedRewards } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const logProbs = { logProbs: [-1, -2], refLogProbs: [-3, -1] };
 * const rewards = shapedRewards({ ...logProbs, score: 4, klCoef: 0.5 });
 * assert.deepEqual(rewards, [-1, 4.5]); // -0.5 (-1 + 3), -0.5 (-2 + 1) + 4
 * ```
 */
export function shapedRewards(
  { logProbs, refLogProbs, score, klCoef }: ShapedRewardsInputs,
): number[] {
  if (logProbs.length === 0) {
    throw new RangeError("Cannot reward an answer of 0 tokens: it has no last token");
  }
  const last = logProbs.length - 1;
  // r_t
  return k1({ logProbs, refLogProbs }).map((kl, t) => -klCoef * kl + (t === last ? score : 0));
}
