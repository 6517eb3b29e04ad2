/**
 * Dropout (Srivastava et al. 2014) whose randomness is a function of its inputs, so that a run can be repeated.
 *
 * Graphs have no random state: a key arrives for every token, and an element's number is the fractional part of a large
 * multiple of a sine of key and channel. That is good enough for dropout and for nothing else.
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

/** Where dropout's numbers come from: one number in [0, 1) a token, new at every step. */
export interface DropoutKey {
  /** The probability of dropping an element, in [0, 1). */
  readonly rate: number;
  /** One number in [0, 1) a token. */
  readonly keys: Tensor<{ batch: number; time: number }>;
  /** Tells the places of a model apart. */
  readonly site: number;
}

/** x with each element dropped with probability `rate` and the others scaled by 1 / (1 - rate); x itself without a key. */
export function dropout<S extends Shape>(
  x: Tensor<S>,
  key: DropoutKey | undefined,
  channel: keyof S & string,
): Tensor<S> {
  if (key === undefined || key.rate === 0) return x;
  const { rate, keys, site } = key;
  const angle = add(mul(keys, 997 + site), channelAngles(x, channel));
  const wide = mul(sin(angle), 43758.5453);
  const uniform = sub(wide, floor(wide)); // in [0, 1)
  return where(less(uniform, rate), 0, mul<Shape>(x, 1 / (1 - rate))) as Tensor<Shape> as Tensor<S>; // the mask has no other axes
}

/** A different angle for each channel; along an axis of unknown size, one for each value of x itself. */
function channelAngles(x: Tensor, channel: string): Tensor {
  const size = x.shape[channel];
  return size < 0 ? mul(x, 78233.7) : mul(cast(iota(channel, size), "float32"), 78.233);
}
