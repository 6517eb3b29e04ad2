/**
 * The optimal policy under a KL penalty: the reference policy, tilted towards reward.
 *
 *     argmax_pi  E_pi[r] - beta KL(pi || pi_ref)   is   pi(a) = pi_ref(a) e^(r(a) / beta) / Z
 *
 * Ziegler et al. 2019, section 2; Rafailov et al. 2023 (DPO), equation 4. The function takes one
 * row of probabilities over all actions.
 */
import { requireRange, requireSameLength, type Row } from "./rows.ts";

/**
 * Computes the tilted probabilities.
 *
 * @param reference pi_ref of each action; the probabilities add up to 1
 * @param rewards the reward of each action
 * @param beta the KL penalty, in units of reward per nat
 * @throws RangeError when the rows differ in length or beta is not above 0.
 * @example
 * ```ts
 * import { tilted } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const [first] = tilted([0.5, 0.5], [Math.log(3), 0], 1); // 0.5 3 / (0.5 3 + 0.5)
 * assert.ok(Math.abs(first - 0.75) < 1e-12);
 * ```
 */
export function tilted(reference: Row, rewards: Row, beta: number): number[] {
  requireSameLength("tilt a policy", { reference, rewards });
  requireRange("tilt a policy", "above 0", { beta });
  const best = Math.max(...Array.from(rewards)); // subtracted, so that nothing overflows
  const weights = Array.from(
    reference,
    (probability, a) => probability * Math.exp((rewards[a] - best) / beta),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0); // Z
  return weights.map((weight) => weight / total);
}
