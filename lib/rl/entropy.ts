/**
 * Entropy: the uncertainty of a policy.
 *
 *     H(p) = -sum_v p_v log p_v
 *
 * Shannon 1948. H is 0 if one choice is certain and log(n) for n equally likely choices. There are
 * two versions: one for a row of logits and one for differentiable tensors. Schulman et al. 2017
 * (PPO), equation 9, add it to the objective; here it is a diagnostic.
 */
import { exp, mul, neg, type Shape, sum, type Tensor, type Without } from "../tensor/mod.ts";
import type { Row } from "./rows.ts";

/**
 * Computes the entropy of softmax(logits), for the logits of one position over the vocabulary, in
 * nats.
 *
 * @throws RangeError when the row is empty.
 * @example
 * ```ts
 * import { entropyOfLogits } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.ok(Math.abs(entropyOfLogits([7, 7, 7]) - Math.log(3)) < 1e-12);
 * ```
 */
export function entropyOfLogits(logits: Row): number {
  if (logits.length === 0) throw new RangeError("Cannot take the entropy of a row of 0 logits");
  const row = Array.from(logits);
  const largest = row.reduce((a, b) => Math.max(a, b)); // subtracted, so that no e^x overflows
  const logSum = Math.log(row.reduce((total, x) => total + Math.exp(x - largest), 0));
  return row.reduce((entropy, x) => {
    const logP = x - largest - logSum;
    const p = Math.exp(logP);
    return p === 0 ? entropy : entropy - p * logP; // -p_v log p_v
  }, 0);
}

/**
 * The entropy along `axis` (the vocabulary) at each position, in nats, from finite
 * log-probabilities; differentiable.
 *
 * @throws RangeError when the log-probabilities have no such axis.
 * @example
 * ```ts
 * import { evaluate, input, logSoftmax } from "ppo/tensor/mod.ts";
 * import { entropyFromLogProbs } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const logProbs = logSoftmax(input("logits", { time: 1, vocab: 2 }), "vocab");
 * const perToken = entropyFromLogProbs(logProbs, "vocab"); // [time 1]
 * const logits = { dims: [1, 2], data: Float64Array.of(5, 5) };
 * const [{ data }] = evaluate([perToken], { logits });
 * assert.ok(Math.abs(data[0] - Math.log(2)) < 1e-6);
 * ```
 */
export function entropyFromLogProbs<S extends Shape, K extends keyof S & string>(
  logProbs: Tensor<S>,
  axis: K,
): Tensor<Without<S, K>>;
export function entropyFromLogProbs(logProbs: Tensor, axis: string): Tensor {
  return neg(sum(mul(exp(logProbs), logProbs), axis)); // -sum_v p_v log p_v
}
