/** Ops that change axes: split, merge, rename, reorder, cut and join them. */
import { apply } from "./apply.ts";
import type { Concats, InRange, NewAxes, Renames, Splits } from "./fits.ts";
import { typed } from "./ops_leaves.ts";
import { axesOf, type DType, type Merge, type Open, type Shape, type Without } from "./shape.ts";
import type { Product } from "./size_arithmetic.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Splits one axis into several. The last one varies fastest.
 *
 * @throws RangeError when the product of the new sizes is not the old size, or a name is taken.
 *
 * @example
 * ```ts
 * import { constant, evaluate, splitAxis } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3, 4], { embed: 4 });
 * const heads = splitAxis(x, "embed", { heads: 2, headDim: 2 });
 * assert.deepEqual(evaluate([heads])[0].dims, [2, 2]);
 * ```
 */
export const splitAxis = <S extends Shape, K extends keyof S & string, const N extends Shape>(
  x: Tensor<S>,
  axis: K,
  into: N & Splits<S, K, N>,
): Tensor<Merge<Without<S, K>, Open<N>>> => typed(apply("splitAxis", [x], { axis, into }));

/**
 * Merges several axes into one (`name`), in the given order, so that the last one varies fastest.
 * They need not be neighbours.
 *
 * @throws RangeError when x already has another axis named `name`.
 *
 * @example
 * ```ts
 * import { constant, evaluate, mergeAxes } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3, 4], { batch: 2, time: 2 });
 * assert.deepEqual([...evaluate([mergeAxes(x, ["batch", "time"], "row")])[0].data], [1, 2, 3, 4]);
 * assert.deepEqual([...evaluate([mergeAxes(x, ["time", "batch"], "row")])[0].data], [1, 3, 2, 4]);
 * ```
 */
export function mergeAxes<S extends Shape, K extends keyof S & string, const N extends string>(
  x: Tensor<S>,
  axes: readonly K[],
  name: N & NewAxes<"merge", Without<S, K>, N>,
): Tensor<Merge<Without<S, K>, Record<N, Product<Pick<S, K>>>>> {
  const neighbours = transpose(x, besideEachOther(axesOf(x.shape), axes));
  return typed(apply("mergeAxes", [neighbours], { axes, name }));
}

/**
 * An order of the axes in which `axes` are neighbours, at the position of the one that is last in
 * memory.
 */
function besideEachOther(order: readonly string[], axes: readonly string[]): string[] {
  const last = order.findLastIndex((axis) => axes.includes(axis));
  const others = (part: readonly string[]) => part.filter((axis) => !axes.includes(axis));
  return [...others(order.slice(0, last)), ...axes, ...others(order.slice(last))];
}

/**
 * The same tensor with its axes in a different memory order. No named op depends on this order.
 *
 * @throws RangeError when `order` does not name every axis once.
 *
 * @example
 * ```ts
 * import { constant, evaluate, transpose } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3, 4], { batch: 2, time: 2 });
 * assert.deepEqual([...evaluate([transpose(x, ["time", "batch"])])[0].data], [1, 3, 2, 4]);
 * ```
 */
export const transpose = <S extends Shape, D extends DType>(
  x: Tensor<S, D>,
  order: readonly (keyof S & string)[],
): Tensor<S, D> =>
  order.join() === axesOf(x.shape).join() ? x : typed(apply("transpose", [x], { order }));

/**
 * The same tensor with new names for some axes.
 *
 * @throws RangeError when two axes would have the same name.
 *
 * @example
 * ```ts
 * import { constant, evaluate, rename } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const key = rename(constant([1, 2], { time: 2 }), { time: "keyTime" });
 * assert.deepEqual(key.shape, { keyTime: 2 });
 * assert.deepEqual([...evaluate([key])[0].data], [1, 2]);
 * ```
 */
export const rename = <
  S extends Shape,
  D extends DType,
  const Names extends { readonly [K in keyof S]?: string },
>(
  x: Tensor<S, D>,
  names: Names & Renames<S, Names>,
): Tensor<{ [K in keyof S as K extends keyof Names ? Names[K] & string : K]: S[K] }, D> =>
  typed(apply("rename", [x], { names: names as Record<string, string> })); // every key is present

/**
 * The elements start, ..., stop - 1 along one axis.
 *
 * @throws RangeError unless 0 <= start < stop <= size.
 *
 * @example
 * ```ts
 * import { constant, evaluate, slice } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3], { time: 3 });
 * assert.deepEqual([...evaluate([slice(x, "time", { start: 1, stop: 3 })])[0].data], [2, 3]);
 * ```
 */
export const slice = <
  S extends Shape,
  K extends keyof S & string,
  const Start extends number,
  const Stop extends number,
>(
  x: Tensor<S>,
  axis: K,
  { start, stop }: { start: Start; stop: Stop } & InRange<K, S[K], Start, Stop>,
): Tensor<Merge<Without<S, K>, Record<K, number>>> =>
  typed(apply("slice", [x], { axis, start, stop }));

/**
 * Adds zeros before and after x along one axis.
 *
 * @example
 * ```ts
 * import { constant, evaluate, pad } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2], { time: 2 });
 * const y = pad(x, "time", { before: 1, after: 2 });
 * assert.deepEqual([...evaluate([y])[0].data], [0, 1, 2, 0, 0]);
 * ```
 */
export const pad = <S extends Shape, K extends keyof S & string>(
  x: Tensor<S>,
  axis: K,
  { before = 0, after = 0 }: { before?: number; after?: number },
): Tensor<Merge<Without<S, K>, Record<K, number>>> =>
  typed(apply("pad", [x], { axis, before, after }));

/**
 * Concatenates tensors along one axis. Their sizes may differ only along this axis.
 *
 * @throws RangeError when a part lacks an axis of the others or differs in size.
 *
 * @example
 * ```ts
 * import { concat, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const a = constant([1, 2], { time: 2 }), b = constant([3], { time: 1 });
 * assert.deepEqual([...evaluate([concat([a, b], "time")])[0].data], [1, 2, 3]);
 * ```
 */
export const concat = <
  const Parts extends readonly Tensor[],
  K extends keyof Parts[number]["shape"] & string,
>(
  parts: Parts & Concats<Parts[number]["shape"], K>,
  axis: K,
): Tensor<Joined<Parts[number]["shape"], K>> => typed(apply("concat", parts, { axis }));

/** The shape of the concatenation of parts along `K`. `S` is the union of their shapes. */
export type Joined<S, K, Axes extends keyof S = keyof S> = {
  readonly [N in Axes]: N extends K ? number : S[N] & number;
};
