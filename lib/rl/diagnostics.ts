/**
 * Diagnostics of an update, over real tokens only.
 *
 *     ratio_t            = e^(log pi(a_t) - log pi_old(a_t))
 *     clipFraction       = share of tokens with |ratio_t - 1| > clipRange
 *     approxKl           = mean((ratio_t - 1) - log ratio_t)         (k3 of KL(pi_old || pi))
 *     explainedVariance  = 1 - Var(R - V) / Var(R)
 *
 * Huang et al. 2022, "The 37 implementation details of proximal policy optimization", detail 12.
 * Entropy and KL to the reference are in `entropy.ts`, `kl_estimates.ts` and `kl_exact.ts`.
 */
import { k3 } from "./kl_estimates.ts";
import { meanOf, varianceOf } from "./moments.ts";
import { requireSameLength, type Row } from "./rows.ts";

/** Log-probabilities, in nats, of the same tokens before and after updates. */
export interface OldAndNewLogProbs {
  /** log pi(a_t) of the policy being trained. */
  readonly logProbs: Row;
  /** log pi_old(a_t) of the policy that sampled the tokens. */
  readonly oldLogProbs: Row;
}

/**
 * The probability ratio of each token, which is 1 where the policy has not changed.
 *
 * @throws RangeError when the rows differ in length.
 * @example
 * ```ts
 * import { ratios } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(ratios({ logProbs: [-2], oldLogProbs: [-2] }), [1]);
 * ```
 */
export function ratios({ logProbs, oldLogProbs }: OldAndNewLogProbs): number[] {
  requireSameLength("compare policies", { logProbs, oldLogProbs });
  return Array.from(logProbs, (logProb, t) => Math.exp(logProb - oldLogProbs[t]));
}

/**
 * The mean ratio, which stays near 1 in a healthy update.
 *
 * @throws RangeError when the rows differ in length or are empty.
 * @example
 * ```ts
 * import { ratioMean } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const mean = ratioMean({ logProbs: [Math.log(0.5), -1], oldLogProbs: [Math.log(0.25), -1] });
 * assert.ok(Math.abs(mean - 1.5) < 1e-12); // (2 + 1) / 2
 * ```
 */
export function ratioMean(logProbs: OldAndNewLogProbs): number {
  return meanOf(ratios(logProbs));
}

/**
 * The largest ratio, that of the token whose probability rose the most.
 *
 * @throws RangeError when the rows differ in length or are empty.
 * @example
 * ```ts
 * import { ratioMax } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const largest = ratioMax({ logProbs: [Math.log(0.5), -1], oldLogProbs: [Math.log(0.25), -1] });
 * assert.ok(Math.abs(largest - 2) < 1e-12);
 * ```
 */
export function ratioMax(logProbs: OldAndNewLogProbs): number {
  const all = ratios(logProbs);
  if (all.length === 0) throw new RangeError("Cannot take the largest ratio of 0 tokens");
  return all.reduce((a, b) => Math.max(a, b));
}

/**
 * The share of tokens, in [0, 1], whose ratio has left [1 - clipRange, 1 + clipRange], for either
 * sign of their advantage.
 *
 * OpenAI's baselines and CleanRL use this definition. Clipping removes the gradient of only
 * some of these tokens, which are marked in `policyLoss(...).clipped`.
 *
 * @throws RangeError when the rows differ in length or are empty.
 * @example
 * ```ts
 * import { clipFraction } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // ratios 1, e
 * const logProbs = { logProbs: [-1, -1], oldLogProbs: [-1, -2] };
 * assert.equal(clipFraction(logProbs, { clipRange: 0.2 }), 0.5);
 * ```
 */
export function clipFraction(
  logProbs: OldAndNewLogProbs,
  { clipRange }: { clipRange: number },
): number {
  return meanOf(ratios(logProbs).map((ratio) => Math.abs(ratio - 1) > clipRange ? 1 : 0));
}

/**
 * The mean k3 estimate of KL(pi_old || pi), in nats per token: how far the policy is from the one
 * that sampled the tokens.
 *
 * @throws RangeError when the rows differ in length or are empty.
 * @example
 * ```ts
 * import { approxKl } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const kl = approxKl({ logProbs: [Math.log(0.5)], oldLogProbs: [Math.log(0.25)] });
 * assert.ok(Math.abs(kl - (2 - 1 - Math.log(2))) < 1e-12); // ratio 2
 * ```
 */
export function approxKl({ logProbs, oldLogProbs }: OldAndNewLogProbs): number {
  // sampled from pi_old, compared with pi
  return meanOf(k3({ logProbs: oldLogProbs, refLogProbs: logProbs }));
}

/**
 * The share of the returns' variance that the values explain: 1 for a perfect critic, 0 for one no
 * better than a constant, and less than 0 for a worse one. It is `NaN` if all returns are equal.
 *
 * @throws RangeError when the rows differ in length or are empty.
 * @example
 * ```ts
 * import { explainedVariance } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // errors 1, 1, 4: variance 2; returns 1, 4, 7: variance 6
 * assert.ok(Math.abs(explainedVariance([0, 3, 3], [1, 4, 7]) - 2 / 3) < 1e-12);
 * ```
 */
export function explainedVariance(values: Row, returns: Row): number {
  requireSameLength("explain variance", { values, returns });
  const variance = varianceOf(returns);
  if (variance === 0) return NaN;
  return 1 - varianceOf(Array.from(returns, (target, t) => target - values[t])) / variance;
}
