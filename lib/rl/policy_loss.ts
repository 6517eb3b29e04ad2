/**
 * The clipped policy loss of PPO.
 *
 *     ratio_t   = e^(log pi(a_t) - log pi_old(a_t))
 *     clamped_t = clamp(ratio_t, 1 - clipRange, 1 + clipRange)
 *     loss      = sum_t mask_t max(-A_t ratio_t, -A_t clamped_t) / count
 *
 * Schulman et al. 2017, "Proximal policy optimization algorithms", equations 6 and 7, with the
 * opposite sign because a loss is minimised. The maximum is the more pessimistic of the two
 * objectives: a token gains nothing by moving beyond the clip range, and a token that moved in the
 * wrong direction keeps its gradient. The loss is a graph, differentiable in `logProbs`; all other
 * inputs are data from the rollout.
 */
import {
  add,
  cast,
  div,
  exp,
  less,
  max,
  min,
  mul,
  neg,
  requireSameAxes,
  type SameAxes,
  type Scalar,
  type Shape,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import { requireRange } from "./rows.ts";

/** The inputs of `policyLoss`, all on the same axes, [time] or [batch, time]. */
export interface PolicyLossInputs<
  S extends Shape,
  Old extends Shape = S,
  Advantages extends Shape = S,
  Mask extends Shape = S,
> {
  /** log pi(a_t) under the current weights, in nats. */
  readonly logProbs: Tensor<S>;
  /** log pi_old(a_t) under the weights that sampled the tokens, in nats. */
  readonly oldLogProbs: Tensor<Old> & SameAxes<"clip the policy loss", S, Old>;
  /** A_t, usually whitened. */
  readonly advantages: Tensor<Advantages> & SameAxes<"clip the policy loss", S, Advantages>;
  /** 1 at real tokens of the answer, 0 elsewhere (where the other inputs must still be finite). */
  readonly mask: Tensor<Mask> & SameAxes<"clip the policy loss", S, Mask>;
  /**
   * The divisor of the sum (default: sum(mask)). If it is the number of real tokens in a whole
   * minibatch, the losses and gradients of the micro-batches add up to those of the minibatch.
   */
  readonly count?: Tensor<Record<never, never>>;
}

/** The results of `policyLoss`. */
export interface PolicyLoss<S extends Shape> {
  /** One number to minimise, in units of advantage. */
  readonly loss: Tensor<Record<never, never>>;
  /** ratio_t; 1 where the mask is 0. */
  readonly ratio: Tensor<S>;
  /** 1 at tokens whose gradient the clip removes, else 0. */
  readonly clipped: Tensor<S>;
}

/**
 * Computes the clipped policy loss, the ratios, and the tokens at which clipping takes effect. The
 * default range is the paper's 0.2. A tensor as range lets one program serve a range that changes
 * during training.
 *
 * @throws RangeError when the axes do not fit or the range is negative.
 * @example
 * ```ts
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * import { policyLoss } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const axes = { time: 2 };
 * const { loss } = policyLoss({
 *   logProbs: input("logProbs", axes),
 *   oldLogProbs: input("oldLogProbs", axes),
 *   advantages: input("advantages", axes),
 *   mask: input("mask", axes),
 * });
 * const row = (...values: number[]) => ({ dims: [2], data: new Float64Array(values) });
 * const [{ data }] = evaluate([loss], {
 *   logProbs: row(Math.log(0.5), -1),
 *   oldLogProbs: row(Math.log(0.25), -1),
 *   advantages: row(1, -3),
 *   mask: row(1, 1),
 * });
 * assert.ok(Math.abs(data[0] - 0.9) < 1e-6); // ratios 2 (clipped to 1.2) and 1: (-1.2 + 3) / 2
 * ```
 */
export function policyLoss<
  S extends Shape,
  Old extends Shape,
  Advantages extends Shape,
  Mask extends Shape,
>(
  inputs: PolicyLossInputs<S, Old, Advantages, Mask>,
  options?: { clipRange?: number | Tensor<Scalar> },
): PolicyLoss<S>;
export function policyLoss(
  { logProbs, oldLogProbs, advantages, mask, count = sum(mask) }: PolicyLossInputs<Shape>,
  { clipRange = 0.2 }: { clipRange?: number | Tensor<Scalar> } = {},
): PolicyLoss<Shape> {
  if (typeof clipRange === "number") {
    requireRange("clip the policy loss", "at least 0", { clipRange });
  }
  for (const { shape } of [oldLogProbs, advantages, mask]) {
    requireSameAxes(logProbs.shape, shape, "clip the policy loss");
  }
  // masked first, so that padding cannot overflow
  const ratio = exp(mul(sub(logProbs, oldLogProbs), mask));
  const unclipped = neg(mul(advantages, ratio)); // -A_t ratio_t
  const [low, high] = bounds(clipRange);
  const clamped = max(min(ratio, high), low); // clamped_t
  const clipped = neg(mul(advantages, clamped));
  return {
    loss: div(sum(mul(max(unclipped, clipped), mask)), count),
    ratio,
    // at padding the ratio is 1, so the two are equal
    clipped: cast(less(unclipped, clipped), "float32"),
  };
}

/** 1 - clipRange and 1 + clipRange. */
const bounds = (clipRange: number | Tensor<Scalar>) =>
  typeof clipRange === "number"
    ? [1 - clipRange, 1 + clipRange]
    : [sub(1, clipRange), add(1, clipRange)];
