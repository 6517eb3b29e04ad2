/**
 * Dropout (Srivastava et al. 2014) whose randomness is a function of its inputs, so that a run can
 * be repeated.
 *
 * Graphs have no random state. Instead a key arrives for every token, and the random number of an
 * element is the fractional part of a large multiple of a sine of key and channel. This is good
 * enough for dropout and for nothing else.
 */
import {
  add,
  cast,
  floor,
  iota,
  less,
  mul,
  type Shape,
  sin,
  sub,
  type Tensor,
  where,
} from "../tensor/mod.ts";

/**
 * The source of dropout's random numbers: one number in [0, 1) for each token, new at every step.
 */
export interface DropoutKey {
  /** The probability of dropping an element, in [0, 1). */
  readonly rate: number;
  /** One number in [0, 1) for each token. */
  readonly keys: Tensor<{ batch: number; time: number }>;
  /** Distinguishes the places in a model where dropout is applied. */
  readonly site: number;
}

/**
 * x with each element dropped with probability `rate` and the others scaled by 1 / (1 - rate), or x
 * itself without a key.
 *
 * @throws RangeError when x lacks an axis of the keys.
 * @example
 * ```ts
 * import { dropout } from "ppo/nn/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant(Array(100).fill(1), { batch: 1, time: 1, embed: 100 });
 * const keys = constant([0.3], { batch: 1, time: 1 });
 * const [{ data }] = evaluate([dropout(x, { rate: 0.5, keys, site: 0 }, "embed")]);
 * const kept = data.filter((value) => value === 2).length; // 1 / (1 - 0.5)
 * assert.ok(kept > 30 && kept < 70 && data.filter((value) => value === 0).length === 100 - kept);
 * ```
 */
export function dropout<S extends Shape>(
  x: Tensor<S>,
  key: DropoutKey | undefined,
  channel: keyof S & string,
): Tensor<S>;
export function dropout(x: Tensor, key: DropoutKey | undefined, channel: string): Tensor {
  if (key === undefined || key.rate === 0) return x;
  const { rate, keys, site } = key;
  const angle = add(mul(keys, 997 + site), channelAngles(x, channel), { outer: true });
  const wide = mul(sin(angle), 43758.5453);
  const uniform = sub(wide, floor(wide)); // in [0, 1)
  return where(less(uniform, rate), 0, mul(x, 1 / (1 - rate)));
}

/**
 * A different angle for each channel, or for each value of x where the channel axis has an unknown
 * size.
 */
function channelAngles(x: Tensor, channel: string): Tensor {
  const size = x.shape[channel];
  return size < 0 ? mul(x, 78233.7) : mul(cast(iota(channel, size), "float32"), 78.233);
}
