/**
 * Layers as pure functions of a record of parameters and a tensor.
 *
 * Parameters have the names of Hugging Face's GPT-2, and weights its axis order (`Conv1D`, with the
 * input axis first).
 */
import {
  add,
  type Broadcasts,
  dot,
  gather,
  layerNorm as normalise,
  type Merge,
  type NewAxes,
  type SameAxes,
  type Shape,
  type SizesAgree,
  type Tensor,
  type Without,
} from "../tensor/mod.ts";

/** Scale and shift of a layer norm, both [axis]. */
export interface NormParameters<K extends string> {
  /** Scale. */
  readonly weight: Tensor<Record<K, number>>;
  /** Shift. */
  readonly bias: Tensor<Record<K, number>>;
}

/**
 * x W + b, which contracts the axis `over` of x with the same axis of the weight.
 *
 * @throws RangeError when the axis is missing, sizes differ, or the bias does not fit the product.
 * @example
 * ```ts
 * import { linear } from "ppo/nn/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2], { embed: 2 });
 * const weight = constant([1, 0, 2, 0, 1, 3], { embed: 2, out: 3 });
 * const y = linear(x, { weight, bias: constant([10, 20, 30], { out: 3 }) }, "embed");
 * assert.deepEqual([...evaluate([y])[0].data], [11, 22, 38]);
 * ```
 */
export function linear<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  K extends keyof S & keyof W & string,
>(
  x: Tensor<S>,
  parameters: {
    weight: Tensor<W> & SizesAgree<"dot", S, W>;
    bias: Tensor<B> & Broadcasts<"add", Without<Merge<S, W>, K>, B>;
  },
  over: K,
): Tensor<Without<Merge<S, W>, K>>;
export function linear(
  x: Tensor,
  { weight, bias }: { weight: Tensor; bias: Tensor },
  over: string,
): Tensor {
  return add(dot(x, weight, over), bias);
}

/**
 * Layer normalisation over one axis (Ba et al. 2016).
 *
 * @throws RangeError when `weight` or `bias` does not have this one axis in this size.
 * @example
 * ```ts
 * import { layerNorm } from "ppo/nn/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 3], { embed: 2 }); // mean 2, variance 1
 * const parameters = {
 *   weight: constant([1, 1], { embed: 2 }),
 *   bias: constant([5, 5], { embed: 2 }),
 * };
 * const y = layerNorm(x, parameters, { axis: "embed", epsilon: 0 });
 * assert.deepEqual([...evaluate([y])[0].data], [4, 6]);
 * ```
 */
export function layerNorm<
  S extends Shape,
  K extends keyof S & string,
  W extends Shape,
  B extends Shape,
>(
  x: Tensor<S>,
  parameters: {
    weight: Tensor<W> & SameAxes<"layerNorm", Pick<S, K>, W>;
    bias: Tensor<B> & SameAxes<"layerNorm", Pick<S, K>, B>;
  },
  options: { axis: K; epsilon: number },
): Tensor<S>;
export function layerNorm(
  x: Tensor,
  { weight, bias }: NormParameters<string>,
  options: { axis: string; epsilon: number },
): Tensor {
  return normalise(x, { scale: weight, bias }, options);
}

/**
 * The row of the table for each id.
 *
 * @throws RangeError when the table and the ids share an axis.
 * @example
 * ```ts
 * import { embedding } from "ppo/nn/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const weight = constant([1, 2, 3, 4], { vocab: 2, embed: 2 });
 * const y = embedding({ weight }, constant([1], { time: 1 }, "int32"), "vocab");
 * assert.deepEqual([...evaluate([y])[0].data], [3, 4]);
 * ```
 */
export function embedding<S extends Shape, I extends Shape, K extends keyof S & string>(
  parameters: { weight: Tensor<S> },
  ids: Tensor<I, "int32"> & NewAxes<"gather", I, keyof Without<S, K>>,
  axis: K,
): Tensor<Merge<I, Without<S, K>>>;
export function embedding(
  { weight }: { weight: Tensor },
  ids: Tensor<Shape, "int32">,
  axis: string,
): Tensor {
  return gather(weight, ids, axis);
}
