/**
 * The exact KL divergence between two distributions, summed over the vocabulary.
 *
 *     KL(p || q) = sum_v p_v (log p_v - log q_v)
 *
 * Kullback & Leibler 1951. There are two versions: one for rows of numbers and one for
 * differentiable tensors.
 */
import { exp, mul, type Shape, sub, sum, type Tensor, type Without } from "../tensor/mod.ts";
import { requireSameLength, type Row } from "./rows.ts";

/**
 * KL(p || q) of one position, in nats; a token with p = 0 (log p = -Infinity) contributes 0.
 *
 * @throws RangeError when the rows differ in length.
 * @example
 * ```ts
 * import { klExact } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const kl = klExact([Math.log(0.5), Math.log(0.5)], [Math.log(0.25), Math.log(0.75)]);
 * assert.ok(Math.abs(kl - (0.5 * Math.log(2) + 0.5 * Math.log(2 / 3))) < 1e-12);
 * ```
 */
export function klExact(logProbs: Row, refLogProbs: Row): number {
  requireSameLength("compare distributions", { logProbs, refLogProbs });
  return Array.from(logProbs).reduce((kl, logP, v) => {
    const p = Math.exp(logP);
    return p === 0 ? kl : kl + p * (logP - refLogProbs[v]); // p_v (log p_v - log q_v)
  }, 0);
}

/** Two distributions along one axis, as finite log-probabilities in nats. */
export interface Distributions<S extends Shape> {
  /** log p */
  readonly logProbs: Tensor<S>;
  /** log q */
  readonly refLogProbs: Tensor<S>;
}

/**
 * KL(p || q) along `axis` (the vocabulary) at each position, in nats; differentiable in both.
 *
 * @throws RangeError when the axes do not fit or `axis` is not among them.
 * @example
 * ```ts
 * import { evaluate, input, logSoftmax } from "ppo/tensor/mod.ts";
 * import { klFromLogProbs } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const logProbs = logSoftmax(input("logits", { vocab: 2 }), "vocab");
 * const kl = klFromLogProbs({ logProbs, refLogProbs: logProbs }, "vocab");
 * const [{ data }] = evaluate([kl], { logits: { dims: [2], data: new Float64Array([1, 3]) } });
 * assert.equal(data[0], 0); // a distribution and itself
 * ```
 */
export function klFromLogProbs<S extends Shape, K extends keyof S & string>(
  distributions: Distributions<S>,
  axis: K,
): Tensor<Without<S, K>>;
export function klFromLogProbs({ logProbs, refLogProbs }: Distributions<Shape>, axis: string) {
  return sum(mul(exp(logProbs), sub(logProbs, refLogProbs)), axis); // sum_v p_v (log p_v - log q_v)
}
