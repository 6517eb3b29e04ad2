/**
 * Generalised advantage estimation (GAE): how much better a token was than the critic expected.
 *
 *     delta_t = r_t + gamma V(s_t+1) - V(s_t)
 *     A_t     = delta_t + (gamma lambda) delta_t+1 + (gamma lambda)^2 delta_t+2 + ...
 *             = delta_t + gamma lambda A_t+1
 *     R_t     = A_t + V(s_t)
 *
 * Schulman et al. 2016, "High-dimensional continuous control using generalized advantage
 * estimation", equation 16. Equations 17 and 18 are the special cases lambda = 0 (A_t = delta_t)
 * and lambda = 1 (A_t = G_t - V(s_t)). Schulman et al. 2017 (PPO) repeat it as equations 11 and 12
 * with an error in the last exponent, which must be T - t - 1, not T - t + 1, for a row that ends
 * at T.
 *
 * The functions take one row of real tokens at a time, without padding, and do not whiten the
 * result.
 */
import { requireRange, requireSameLength, type Row } from "./rows.ts";

/** The inputs of `tdErrors`. */
export interface TdErrorsInputs {
  /** r_t, one for each token. */
  readonly rewards: Row;
  /** V(s_t), the critic's value before each token. */
  readonly values: Row;
  /** The discount factor, in [0, 1]. */
  readonly gamma: number;
  /** V after the last token (default 0, for the end of a text). */
  readonly bootstrap?: number;
}

/** The inputs of `gae`. */
export interface GaeInputs extends TdErrorsInputs {
  /**
   * The weight of later errors, in [0, 1]. With 0, only one step is used (bias, low variance). With
   * 1, the whole row is used (no bias, high variance).
   */
  readonly lambda: number;
}

/** The results of `gae`, one number for each token, in units of reward. */
export interface Gae {
  /** A_t: how much better this token was than expected. */
  readonly advantages: number[];
  /** R_t: the target of the critic. */
  readonly returns: number[];
}

/**
 * Computes the temporal-difference errors delta_t of one row, in units of reward.
 *
 * @throws RangeError when rewards and values differ in length or gamma is outside [0, 1].
 * @example
 * ```ts
 * import { tdErrors } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // 0 + 0.5 4 - 1 and 3 + 0.5 0 - 4
 * assert.deepEqual(tdErrors({ rewards: [0, 3], values: [1, 4], gamma: 0.5 }), [1, -1]);
 * ```
 */
export function tdErrors({ rewards, values, gamma, bootstrap = 0 }: TdErrorsInputs): number[] {
  requireSameLength("estimate advantages", { rewards, values });
  requireRange("estimate advantages", "from 0 to 1", { gamma });
  return Array.from(rewards, (reward, t) => {
    const nextValue = t + 1 < values.length ? values[t + 1] : bootstrap; // V(s_t+1)
    return reward + gamma * nextValue - values[t]; // delta_t
  });
}

/**
 * Computes the advantages and returns of one row.
 *
 * @throws RangeError when rewards and values differ in length, or gamma or lambda is outside [0,
 *   1].
 * @example
 * ```ts
 * import { gae } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const row = { rewards: [0, 3], values: [1, 4] };
 * const { advantages, returns } = gae({ ...row, gamma: 0.5, lambda: 0.5 });
 * assert.deepEqual(advantages, [0.75, -1]); // 1 + 0.5 0.5 (-1), and -1
 * assert.deepEqual(returns, [1.75, 3]); // A + V
 * ```
 */
export function gae({ rewards, values, gamma, lambda, bootstrap = 0 }: GaeInputs): Gae {
  requireRange("estimate advantages", "from 0 to 1", { lambda });
  const deltas = tdErrors({ rewards, values, gamma, bootstrap });
  const advantages = [...deltas];
  let following = 0; // A_t+1
  for (let t = deltas.length - 1; t >= 0; t--) {
    following = deltas[t] + gamma * lambda * following; // A_t
    advantages[t] = following;
  }
  return { advantages, returns: advantages.map((advantage, t) => advantage + values[t]) }; // R_t
}
