/**
 * Layers: pure functions of a record of parameters and a tensor.
 *
 * Parameters have the names, and weights the axis order, of Hugging Face's GPT-2 (`Conv1D`: input axis first).
 */
import {
  add,
  type AnyTensor,
  dot,
  gather,
  layerNorm as layerNormOp,
  type Merge,
  type Shape,
  type Tensor,
  type Without,
} from "../tensor/mod.ts";

/** Scale and shift of a layer norm: both [axis]. */
export interface NormParameters<K extends string> {
  /** Scale. */
  readonly weight: Tensor<Record<K, number>>;
  /** Shift. */
  readonly bias: Tensor<Record<K, number>>;
}

/** x W + b: contracts the axis `over` of x with the same axis of the weight. */
export function linear<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  K extends keyof S & keyof W & string,
>(
  x: Tensor<S>,
  { weight, bias }: { weight: Tensor<W>; bias: Tensor<B> },
  over: K,
): Tensor<Without<Merge<S, W>, K>> {
  const product: AnyTensor = dot<Shape, Shape, string>(x, weight, over);
  return add(product as Tensor, bias as Tensor) as AnyTensor as Tensor<Without<Merge<S, W>, K>>; // by dot's own type; the bias's axes are the weight's
}

/** Layer normalisation over the last axis (Ba et al. 2016). */
export const layerNorm = <S extends Shape, K extends keyof S & string>(
  x: Tensor<S>,
  { weight, bias }: NormParameters<K>,
  { axis, epsilon }: { axis: K; epsilon: number },
): Tensor<S> => layerNormOp(x, { scale: weight, bias }, { axis, epsilon });

/** One row of the table for each id. */
export const embedding = <S extends Shape, I extends Shape, K extends keyof S & string>(
  { weight }: { weight: Tensor<S> },
  ids: Tensor<I, "int32">,
  axis: K,
): Tensor<Merge<I, Without<S, K>>> => gather(weight, ids, axis);
