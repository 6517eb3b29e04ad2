/**
 * One timestep of experience: sample answers, score them, and compute the advantage of every token.
 *
 * This follows Ouyang et al. 2022 (InstructGPT), section 3.5, with the KL penalty at each token
 * (Ziegler et al. 2019, equation 2, but with a fixed coefficient) and GAE (Schulman et al. 2016),
 * and without a pretraining loss. A timestep (the tutorial's term) is one batch of prompts, and t
 * counts the tokens of an answer. The models take care of batching, padding and memory.
 *
 * pi and pi_ref are sampling distributions (`lib/lm/sampling.ts`): after the repetition penalty,
 * the temperature, and the cut-off (top-k or top-p) with which pi sampled. `sample.ts` describes
 * the result.
 */
import { gae, shapedRewards } from "../rl/mod.ts";
import type { TokenRow } from "../lm/mod.ts";
import type { PpoConfig } from "./config.ts";
import type { Policy, RolloutModels } from "./models.ts";
import type { Sample, SampledAnswer } from "./sample.ts";

/** The options of a rollout besides models and prompts. */
export interface RolloutOptions extends Pick<PpoConfig, "klCoef" | "gamma" | "lambda"> {
  /**
   * The timestep, counted from 1. The random number for a token depends on (seed, timestep,
   * row, position).
   */
  readonly timestep: number;
  /** Turns a reward-model score into its contribution to the last token's reward. */
  readonly toReward: (score: number, answer: Pick<SampledAnswer, "ended">) => number;
}

/**
 * `rollout`, or its wrapper for the defect `gae_over_padding`, which also needs the actor's
 * log-probabilities.
 */
export type Rollout = (
  models: RolloutModels & { readonly actor: Policy },
  prompts: readonly TokenRow[],
  options: RolloutOptions,
) => Promise<Sample[]>;

/**
 * Samples one or more answers for each prompt and computes their rewards, advantages and returns.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { rollout } from "ppo/ppo/mod.ts";
 * const answers = [{ prompt: [1], answer: [7], logProbs: [-1], ended: true }];
 * const policy = { logProbs: () => Promise.resolve([[-1.5]]) };
 * const models = {
 *   actor: { generate: () => Promise.resolve(answers), ...policy },
 *   reference: policy,
 *   critic: { values: () => Promise.resolve([[0.5]]) },
 *   reward: { scores: () => Promise.resolve([3]) },
 * };
 * const toReward = (score: number) => score;
 * const options = { timestep: 1, klCoef: 0.1, gamma: 1, lambda: 1, toReward };
 * const [{ rewards, advantages }] = await rollout(models, [[1]], options);
 * deepEqual(rewards, [3 - 0.1 * (-1 - -1.5)]); // the score less the KL penalty
 * deepEqual(advantages, [rewards[0] - 0.5]); // above the critic's estimate
 * ```
 */
export async function rollout(
  { actor, reference, critic, reward }: RolloutModels,
  prompts: readonly TokenRow[],
  { timestep, klCoef, gamma, lambda, toReward }: RolloutOptions,
): Promise<Sample[]> {
  const answers = await actor.generate(prompts, { timestep }); // 1. a_t ~ pi_old, with log pi_old(a_t)
  const allRefLogProbs = await reference.logProbs(answers); // 2. log pi_ref(a_t)
  const allValues = await critic.values(answers); // 3. V(s_t)
  const rawScores = await reward.scores(answers); // 4. r(x, y), one score per answer

  return answers.map((answer, i) => {
    const [logProbs, refLogProbs, values] = [answer.logProbs, allRefLogProbs[i], allValues[i]];
    // 5. The score, normalised and clipped, minus a penalty if the answer never ended.
    const score = toReward(rawScores[i], answer);
    // 6. r_t: the KL penalty at each token, plus the score at the last one.
    const rewards = shapedRewards({ logProbs, refLogProbs, score, klCoef });
    // 7. A_t and R_t. The value after the last token counts as 0.
    const { advantages, returns } = gae({ rewards, values, gamma, lambda });
    const estimates = { refLogProbs, values, rewards, advantages, returns };
    return { ...answer, ...estimates, timestep, rawScore: rawScores[i], score };
  });
}
