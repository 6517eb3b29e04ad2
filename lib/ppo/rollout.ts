/**
 * One timestep of experience: sample answers, score them, and compute the advantage of every token.
 *
 * Ouyang et al. 2022 (InstructGPT), section 3.5, with the KL penalty at each token (Ziegler et al. 2019, equation 2) and GAE
 * (Schulman et al. 2016). Batching, padding and memory are the models' business.
 */
import { gae, shapedRewards } from "../rl/mod.ts";
import type { TokenRow } from "../lm/mod.ts";
import type { RolloutModels } from "./models.ts";
import type { Sample, SampledAnswer } from "./sample.ts";

/** What a rollout depends on besides models and prompts. */
export interface RolloutOptions {
  /** Counted from 1; the random number of a token is a function of (seed, timestep, row, position). */
  readonly timestep: number;
  /** Weight of the KL penalty against the reference. */
  readonly klCoef: number;
  /** Discount of future rewards. */
  readonly gamma: number;
  /** Lambda of GAE. */
  readonly lambda: number;
  /** Turns a reward-model score into the reward at the last token. */
  readonly toReward: (score: number, answer: Pick<SampledAnswer, "ended">) => number;
}

/** Samples one or more answers for each prompt and computes their rewards, advantages and returns. */
export async function rollout(
  { actor, reference, critic, reward }: RolloutModels,
  prompts: readonly TokenRow[],
  { timestep, klCoef, gamma, lambda, toReward }: RolloutOptions,
): Promise<Sample[]> {
  const answers = await actor.generate(prompts, { timestep }); // 1. a_t ~ pi_old, with log pi_old(a_t)
  const refLogProbs = await reference.logProbs(answers); //       2. log pi_ref(a_t)
  const values = await critic.values(answers); //                 3. V(s_t)
  const scores = await reward.scores(answers); //                 4. r(x, y), one score an answer

  return answers.map((answer, i) => {
    const row = { logProbs: answer.logProbs, refLogProbs: refLogProbs[i], values: values[i] };
    const score = toReward(scores[i], answer);
    const rewards = shapedRewards({ ...row, score, klCoef }); //                  5. r_t
    const { advantages, returns } = gae({ ...row, rewards, gamma, lambda }); //   6. A_t and R_t
    return {
      ...answer,
      ...row,
      timestep,
      rawScore: scores[i],
      score,
      rewards,
      advantages,
      returns,
    };
  });
}
