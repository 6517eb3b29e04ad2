/**
 * The loss of REINFORCE, whose gradient is the policy gradient of sampled answers.
 *
 *     grad J = E[ sum_t G_t grad log pi(a_t | s_t) ]
 *     loss   = - sum_t mask_t G_t log pi(a_t | s_t) / count          count: number of answers
 *
 * Williams 1992, "Simple statistical gradient-following algorithms", section 2; Sutton et al. 2000,
 * "Policy gradient methods for reinforcement learning with function approximation", theorem 1. The
 * sign is negative because a loss is minimised. Nothing keeps the policy close to the one that
 * sampled the answers, so each answer may be used for only one step. The loss is a graph,
 * differentiable in `logProbs`.
 */
import { div, mul, neg, type Shape, sum, type Tensor } from "../tensor/mod.ts";

/** The inputs of `reinforceLoss`, all but `count` on the same axes, [time] or [batch, time]. */
export interface ReinforceLossInputs<S extends Shape> {
  /** log pi(a_t) under the current weights, in nats. */
  readonly logProbs: Tensor<S>;
  /** G_t, the return from token t on, or G_t minus a baseline, in units of reward. */
  readonly returns: Tensor<S>;
  /** 1 at real tokens of the answer, 0 elsewhere (where the other inputs must still be finite). */
  readonly mask: Tensor<S>;
  /** The number of answers, over which the mean is taken. */
  readonly count: Tensor<Record<never, never>>;
}

/**
 * Computes the REINFORCE loss, in units of reward times nats. Only its gradient is meaningful.
 *
 * @throws RangeError when the axes do not fit.
 * @example
 * ```ts
 * import { evaluate, input, scalar } from "ppo/tensor/mod.ts";
 * import { reinforceLoss } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const axes = { time: 2 };
 * const loss = reinforceLoss({
 *   logProbs: input("logProbs", axes),
 *   returns: input("returns", axes),
 *   mask: input("mask", axes),
 *   count: scalar(1),
 * });
 * const row = (...values: number[]) => ({ dims: [2], data: new Float64Array(values) });
 * const feeds = { logProbs: row(-1, -2), returns: row(3, 3), mask: row(1, 1) };
 * const [{ data }] = evaluate([loss], feeds);
 * assert.equal(data[0], 9); // -3 (-1 - 2)
 * ```
 */
export function reinforceLoss<S extends Shape>(
  inputs: ReinforceLossInputs<S>,
): Tensor<Record<never, never>>;
export function reinforceLoss({ logProbs, returns, mask, count }: ReinforceLossInputs<Shape>) {
  // - sum_t mask_t G_t log pi(a_t | s_t) / count
  return div(neg(sum(mul(mask, mul(returns, logProbs)))), count);
}
