/**
 * The discounted return: the sum of future rewards, each discounted by gamma per step.
 *
 *     G_t = r_t + gamma r_t+1 + gamma^2 r_t+2 + ... = r_t + gamma G_t+1
 *
 * Sutton & Barto 2018, equations 3.8 and 3.9. A critic learns to predict G_t. `gae` computes the
 * target that PPO uses instead.
 */
import { requireRange, type Row } from "./rows.ts";

/** The inputs of `discountedReturns`. */
export interface DiscountedReturnsInputs {
  /** r_t, one for each token. */
  readonly rewards: Row;
  /** The discount factor, in [0, 1]. */
  readonly gamma: number;
  /** The return after the last token (default 0, for the end of a text). */
  readonly bootstrap?: number;
}

/**
 * Computes the discounted return at each token of one row, in units of reward.
 *
 * @throws RangeError when gamma is outside [0, 1].
 * @example
 * ```ts
 * import { discountedReturns } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // 1 + 0.5 4, 2 + 0.5 4, 4
 * assert.deepEqual(discountedReturns({ rewards: [1, 2, 4], gamma: 0.5 }), [3, 4, 4]);
 * ```
 */
export function discountedReturns(
  { rewards, gamma, bootstrap = 0 }: DiscountedReturnsInputs,
): number[] {
  requireRange("discount rewards", "from 0 to 1", { gamma });
  const returns = Array.from(rewards);
  let following = bootstrap; // G_t+1
  for (let t = rewards.length - 1; t >= 0; t--) {
    following = rewards[t] + gamma * following; // G_t
    returns[t] = following;
  }
  return returns;
}
