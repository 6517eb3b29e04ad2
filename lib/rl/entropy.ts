/**
 * Entropy: how undecided a policy is.
 *
 *     H(p) = -sum_v p_v log p_v,   p = softmax(logits)
 *
 * Shannon 1948. 0 for a sure choice, log(n) for n equal ones. Twice: for a row of numbers, and as a graph. Schulman et al. 2017
 * (PPO), equation 9, add it to the objective; here it is a diagnostic unless a trainer adds it.
 */
import {
  exp,
  logSoftmax,
  mul,
  neg,
  type Shape,
  sum,
  type Tensor,
  type Without,
} from "../tensor/mod.ts";
import type { Row } from "./rows.ts";

/**
 * Entropy of the distribution of one row of logits (one position, all of the vocabulary), in nats.
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
 * Entropy along `axis` (the vocabulary) at each position, in nats; differentiable.
 *
 * @throws RangeError when the logits have no such axis.
 * @example
 * ```ts
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * import { entropy } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const perToken = entropy(input("logits", { time: 1, vocab: 2 }), "vocab"); // [time 1]
 * const [{ data }] = evaluate([perToken], { logits: { dims: [1, 2], data: new Float64Array([5, 5]) } });
 * assert.ok(Math.abs(data[0] - Math.log(2)) < 1e-6);
 * ```
 */
export function entropy<S extends Shape, K extends keyof S & string>(
  logits: Tensor<S>,
  axis: K,
): Tensor<Without<S, K>>;
export function entropy(logits: Tensor, axis: string): Tensor {
  return entropyFromLogProbs(logSoftmax(logits, axis), axis);
}

/**
 * The same from log-probabilities that exist already: those of the distribution that is sampled from.
 *
 * @example
 * ```ts
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * import { entropyFromLogProbs } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const entropy = entropyFromLogProbs(input("logProbs", { vocab: 2 }), "vocab");
 * const feeds = { logProbs: { dims: [2], data: Float64Array.of(Math.log(0.5), Math.log(0.5)) } };
 * const [{ data }] = evaluate([entropy], feeds);
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
