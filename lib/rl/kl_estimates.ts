/**
 * KL divergence estimated from the tokens that were sampled.
 *
 *     r = pi_ref(a) / pi(a), a sampled from pi
 *     KL(pi || pi_ref) = E[k1] = E[k3], and approximately E[k2]
 *     k1 = -log r              unbiased, high variance, may be negative
 *     k2 = (log r)^2 / 2       biased, never negative
 *     k3 = (r - 1) - log r     unbiased, never negative, low variance for similar policies
 *
 * Schulman 2020, "Approximating KL divergence" (joschu.net/blog/kl-approx.html). Each function
 * returns one number for each token, and their sum over an answer estimates the divergence of
 * whole answers. `kl_exact.ts` sums over the vocabulary instead.
 */
import { requireSameLength, type Row } from "./rows.ts";

/** Log-probabilities, in nats, of the same sampled tokens under two policies. */
export interface SampledLogProbs {
  /** log pi(a_t) of the policy that sampled the tokens. */
  readonly logProbs: Row;
  /** log pi_ref(a_t) of the policy that it is compared with. */
  readonly refLogProbs: Row;
}

/** log r of each token. */
function logRatios({ logProbs, refLogProbs }: SampledLogProbs): number[] {
  requireSameLength("estimate KL", { logProbs, refLogProbs });
  return Array.from(logProbs, (logProb, t) => refLogProbs[t] - logProb);
}

/**
 * Estimates KL as -log r of each token, in nats.
 *
 * @throws RangeError when the rows differ in length.
 * @example
 * ```ts
 * import { k1 } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(k1({ logProbs: [-1, -2], refLogProbs: [-3, -1] }), [2, -1]); // -1 + 3, -2 + 1
 * ```
 */
export function k1(sampled: SampledLogProbs): number[] {
  return logRatios(sampled).map((logR) => 0 - logR); // -logR would be -0 for equal policies
}

/**
 * Estimates KL as (log r)^2 / 2 of each token, in nats.
 *
 * @throws RangeError when the rows differ in length.
 * @example
 * ```ts
 * import { k2 } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // (-2)^2 / 2, 1^2 / 2
 * assert.deepEqual(k2({ logProbs: [-1, -2], refLogProbs: [-3, -1] }), [2, 0.5]);
 * ```
 */
export function k2(sampled: SampledLogProbs): number[] {
  return logRatios(sampled).map((logR) => logR ** 2 / 2);
}

/**
 * Estimates KL as (r - 1) - log r of each token, in nats.
 *
 * @throws RangeError when the rows differ in length.
 * @example
 * ```ts
 * import { k3 } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const [kl] = k3({ logProbs: [Math.log(0.5)], refLogProbs: [Math.log(0.25)] });
 * assert.ok(Math.abs(kl - (0.5 - 1 + Math.log(2))) < 1e-12); // r = 0.25 / 0.5
 * ```
 */
export function k3(sampled: SampledLogProbs): number[] {
  // expm1(log r) = r - 1, exact near r = 1
  return logRatios(sampled).map((logR) => Math.expm1(logR) - logR);
}
