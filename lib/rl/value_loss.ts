/**
 * The clipped value loss: the critic's squared error, with its values clipped to a range around the
 * old ones.
 *
 *     V_clip = clamp(V, V_old - clipRange, V_old + clipRange)
 *     loss   = 0.5 sum_t mask_t max((V_t - R_t)^2, (V_clip_t - R_t)^2) / count
 *
 * Schulman et al. 2017 (PPO), equation 9, has the plain squared error; the clipping is from
 * OpenAI's baselines code and is described in Huang et al. 2022, "The 37 implementation details of
 * proximal policy optimization", detail 9. The loss is a graph, differentiable in `values`; all
 * other inputs are data from the rollout.
 */
import {
  add,
  cast,
  div,
  less,
  max,
  min,
  mul,
  requireSameAxes,
  type SameAxes,
  type Shape,
  square,
  sub,
  sum,
  type Tensor,
} from "../tensor/mod.ts";
import { requireRange } from "./rows.ts";

/**
 * The inputs of `valueLoss`, all on the same axes, [time] or [batch, time], in units of reward.
 */
export interface ValueLossInputs<
  S extends Shape,
  Old extends Shape = S,
  Returns extends Shape = S,
  Mask extends Shape = S,
> {
  /** V(s_t) under the current weights. */
  readonly values: Tensor<S>;
  /** V_old(s_t) at the time of the rollout. */
  readonly oldValues: Tensor<Old> & SameAxes<"clip the value loss", S, Old>;
  /** R_t, the targets. */
  readonly returns: Tensor<Returns> & SameAxes<"clip the value loss", S, Returns>;
  /** 1 at real tokens of the answer, 0 elsewhere (where the other inputs must still be finite). */
  readonly mask: Tensor<Mask> & SameAxes<"clip the value loss", S, Mask>;
  /** The divisor of the sum (default: sum(mask)), as in `PolicyLossInputs`. */
  readonly count?: Tensor<Record<never, never>>;
}

/** The results of `valueLoss`. */
export interface ValueLoss<S extends Shape> {
  /** One number to minimise, in squared units of reward. */
  readonly loss: Tensor<Record<never, never>>;
  /** 1 at tokens whose gradient the clip removes, else 0. */
  readonly clipped: Tensor<S>;
}

/**
 * Computes the clipped value loss and the tokens at which clipping takes effect.
 *
 * The range is in units of reward, so it suits normalised scores. The default is the tutorial's
 * 0.2, and `Infinity` disables clipping.
 *
 * @throws RangeError when the axes do not fit or the range is negative.
 * @example
 * ```ts
 * import { evaluate, input } from "ppo/tensor/mod.ts";
 * import { valueLoss } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const axes = { time: 1 };
 * const { loss } = valueLoss({
 *   values: input("values", axes),
 *   oldValues: input("oldValues", axes),
 *   returns: input("returns", axes),
 *   mask: input("mask", axes),
 * });
 * const row = (value: number) => ({ dims: [1], data: new Float64Array([value]) });
 * const feeds = { values: row(3), oldValues: row(1), returns: row(4), mask: row(1) };
 * const [{ data }] = evaluate([loss], feeds);
 * // V_clip is 1.2: 0.5 max((3 - 4)^2, (1.2 - 4)^2) = 0.5 7.84
 * assert.ok(Math.abs(data[0] - 3.92) < 1e-5);
 * ```
 */
export function valueLoss<
  S extends Shape,
  Old extends Shape,
  Returns extends Shape,
  Mask extends Shape,
>(
  inputs: ValueLossInputs<S, Old, Returns, Mask>,
  options?: { clipRange?: number },
): ValueLoss<S>;
export function valueLoss(
  { values, oldValues, returns, mask, count = sum(mask) }: ValueLossInputs<Shape>,
  { clipRange = 0.2 }: { clipRange?: number } = {},
): ValueLoss<Shape> {
  requireRange("clip the value loss", "at least 0", { clipRange });
  for (const { shape } of [oldValues, returns, mask]) {
    requireSameAxes(values.shape, shape, "clip the value loss");
  }
  // V_clip
  const clippedValues = max(min(values, add(oldValues, clipRange)), sub(oldValues, clipRange));
  const errors = square(sub(values, returns)); // (V - R)^2
  const clippedErrors = square(sub(clippedValues, returns)); // (V_clip - R)^2
  return {
    loss: mul(0.5, div(sum(mul(max(errors, clippedErrors), mask)), count)),
    clipped: mul(cast(less(errors, clippedErrors), "float32"), mask),
  };
}
