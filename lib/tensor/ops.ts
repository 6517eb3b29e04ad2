/**
 * Typed ops that reduce, multiply, move and look up; those that work element by element are in `ops_elementwise.ts`.
 *
 * Each adds one or a few primitives to the graph. Axes are matched by name, so no op needs to think of their order; a shape that
 * does not fit is an error of the compiler on the argument, and the same sentence at run time.
 */
import { apply, type Tensor } from "./tensor.ts";
import {
  axesOf,
  type DType,
  type Fits,
  type Merge,
  type Shape,
  sizeOf,
  type Without,
} from "./shape.ts";
import { div, mul } from "./ops_elementwise.ts";
import { type Scalar, typed } from "./ops_leaves.ts";

/** Takes the named axes away; all of them when none is named. */
export type ReduceOp = <S extends Shape, K extends keyof S & string = keyof S & string>(
  x: Tensor<S>,
  ...axes: K[]
) => Tensor<Without<S, K>>;
const reduce =
  (primitive: "sum" | "largest"): ReduceOp =>
  <S extends Shape, K extends keyof S & string>(
    x: Tensor<S>,
    ...axes: K[]
  ): Tensor<Without<S, K>> =>
    typed(apply(primitive, [x], { axes: axes.length > 0 ? axes : axesOf(x.shape) }));

/** The sum over the named axes; over all of them when none is named. */
export const sum: ReduceOp = reduce("sum");
/** The largest element over the named axes; over all of them when none is named. */
export const largest: ReduceOp = reduce("largest");

/**
 * The mean over the named axes (all when none is named), whose sizes must be known; where they are not, use a mask.
 *
 * @throws RangeError when a size is unknown.
 */
export function mean<S extends Shape, K extends keyof S & string = keyof S & string>(
  x: Tensor<S>,
  ...axes: K[]
): Tensor<Without<S, K>> {
  const over: string[] = axes.length > 0 ? axes : axesOf(x.shape);
  const count = sizeOf(Object.fromEntries(over.map((axis) => [axis, x.shape[axis]])));
  if (count < 0) {
    throw new RangeError(
      `Cannot mean over ${over.join(", ")}: the size is not known before the program runs`,
    );
  }
  return typed(mul(sum(x, ...axes), 1 / count));
}

/** The mean of x where mask is 1: sum(x mask) / sum(mask). */
export const maskedMean = <S extends Shape>(x: Tensor<S>, mask: Tensor<S>): Tensor<Scalar> =>
  typed(div(sum(typed<S>(mul(x, mask as Tensor))), sum(mask))); // one shape by the signature

/**
 * Sum of products over `axes`; other shared axes go side by side (a batch of matrix products).
 *
 * @example
 * ```ts
 * import { dot, input } from "ppo/tensor/mod.ts";
 * const x = input("x", { time: 5, embed: 8 }), weight = input("w", { embed: 8, vocab: 100 });
 * dot(x, weight, "embed"); // [time 5, vocab 100]
 * ```
 */
export const dot = <A extends Shape, B extends Shape, K extends keyof A & keyof B & string>(
  a: Tensor<A>,
  b: Tensor<B> & Fits<A, B>,
  ...axes: [K, ...K[]]
): Tensor<Without<Merge<A, B>, K>> => typed(apply("dot", [a, b], { axes }));

/** One axis becomes several, the last of them varying fastest. */
export const splitAxis = <S extends Shape, K extends keyof S & string, const N extends Shape>(
  x: Tensor<S>,
  axis: K,
  into: N,
): Tensor<Merge<Without<S, K>, N>> => typed(apply("splitAxis", [x], { axis, into }));

/** Several axes become one (`name`), the last of them varying fastest. */
export function mergeAxes<S extends Shape, K extends keyof S & string, const N extends string>(
  x: Tensor<S>,
  axes: readonly K[],
  name: N,
): Tensor<Merge<Without<S, K>, Record<N, number>>> {
  return typed(apply("mergeAxes", [x], { axes, name }));
}

/** The same tensor with its axes in another order in memory; no named op depends on it. */
export const transpose = <S extends Shape, D extends DType>(
  x: Tensor<S, D>,
  order: readonly (keyof S & string)[],
): Tensor<S, D> =>
  order.join() === axesOf(x.shape).join() ? x : typed(apply("transpose", [x], { order }));

/** Gives axes new names; `rename(k, { time: "keyTime" })`. */
export const rename = <
  S extends Shape,
  D extends DType,
  const M extends { readonly [K in keyof S]?: string },
>(
  x: Tensor<S, D>,
  names: M,
): Tensor<{ [K in keyof S as K extends keyof M ? M[K] & string : K]: S[K] }, D> =>
  typed(apply("rename", [x], { names: names as Record<string, string> })); // an optional key is a present one here

/** Elements start, ..., stop - 1 along one axis. */
export const slice = <S extends Shape, K extends keyof S & string>(
  x: Tensor<S>,
  axis: K,
  { start, stop }: { start: number; stop: number },
): Tensor<Merge<Without<S, K>, Record<K, number>>> =>
  typed(apply("slice", [x], { axis, start, stop }));

/** Zeros before and after x along one axis. */
export const pad = <S extends Shape, K extends keyof S & string>(
  x: Tensor<S>,
  axis: K,
  { before = 0, after = 0 }: { before?: number; after?: number },
): Tensor<Merge<Without<S, K>, Record<K, number>>> =>
  typed(apply("pad", [x], { axis, before, after }));

/** Tensors side by side along one axis, on which alone they may differ. */
export const concat = <S extends Shape, K extends keyof S & string>(
  parts: readonly Tensor<S>[],
  axis: K,
): Tensor<Merge<Without<S, K>, Record<K, number>>> => typed(apply("concat", parts, { axis }));

/** Rows of a table by number: an embedding. The axis must be the table's first. */
export const gather = <
  S extends Shape,
  I extends Shape,
  K extends keyof S & string,
  D extends DType,
>(
  table: Tensor<S, D>,
  indices: Tensor<I, "int32">,
  axis: K,
): Tensor<Merge<I, Without<S, K>>, D> => typed(apply("gather", [table, indices], { axis }));

/** Adds each row of `updates` to row `indices` of a table of zeros with `size` rows. */
export const scatterAdd = <I extends Shape, S extends I, const K extends string>(
  indices: Tensor<I, "int32">,
  updates: Tensor<S>,
  { axis, size }: { axis: K; size: number },
): Tensor<Merge<Record<K, number>, Without<S, keyof I>>> =>
  typed(apply("scatterAdd", [indices, updates], { axis, size }));

/** One element along the last axis for each index: the log-probability of each token. */
export const take = <S extends Shape, K extends keyof S & string>(
  x: Tensor<S>,
  indices: Tensor<Without<S, K>, "int32">,
  axis: K,
): Tensor<Without<S, K>> => typed(apply("take", [x, indices], { axis }));

/** Running sum along an axis, from the start or (`reverse`) from the end. */
export const cumsum = <S extends Shape>(
  x: Tensor<S>,
  axis: keyof S & string,
  { reverse = false }: { reverse?: boolean } = {},
): Tensor<S> => typed(apply("cumsum", [x], { axis, reverse }));

/** e^x / sum(e^x) along an axis, without overflow. */
export const softmax = <S extends Shape>(x: Tensor<S>, axis: keyof S & string): Tensor<S> =>
  typed(apply("softmax", [x], { axis }));

/** x - log(sum(e^x)) along an axis, without overflow. */
export const logSoftmax = <S extends Shape>(x: Tensor<S>, axis: keyof S & string): Tensor<S> =>
  typed(apply("logSoftmax", [x], { axis }));

/** (x - mean) / sqrt(variance + epsilon) * scale + bias along the last axis (Ba et al. 2016). */
export const layerNorm = <S extends Shape, K extends keyof S & string>(
  x: Tensor<S>,
  { scale, bias }: { scale: Tensor<Record<K, number>>; bias: Tensor<Record<K, number>> },
  { axis, epsilon }: { axis: K; epsilon: number },
): Tensor<S> => typed(apply("layerNorm", [x, scale, bias], { axis, epsilon }));

/**
 * softmax(query key / sqrt(headDim)) value in each head, over the keys that are visible (Vaswani et al. 2017, section 3.2).
 *
 * Heads lie side by side in the last axes; a query that sees no key gets zeros.
 */
export const attention = <Q extends Shape, K extends Shape, V extends Shape>(
  { query, key, value, visible }: {
    query: Tensor<Q>;
    key: Tensor<K>;
    value: Tensor<K>;
    visible: Tensor<V, "bool">;
  },
  { heads }: { heads: number },
): Tensor<Q> => typed(apply("attention", [query, key, value, visible], { heads }));

/** Key-value cache of one layer: `[batch, heads, slot, headDim]`. */
export type CacheShape = { batch: number; heads: number; slot: number; headDim: number };
/** Vectors of new tokens. */
export type Sequence = { batch: number; time: number; embed: number };

/**
 * Causal attention of new tokens to themselves and to a ragged cache (rows of different lengths, no padding before them).
 *
 * `lengths[row]` = tokens in the cache after these were added, minus 1; `total` = the longest of those plus 1. New rows may be
 * padded at their end. Has no gradient: it is for generation.
 */
export function cachedAttention(
  { query, key, value }: {
    query: Tensor<Sequence>;
    key: Tensor<Sequence>;
    value: Tensor<Sequence>;
  },
  { keys, values, lengths, total }: {
    keys: Tensor<CacheShape>;
    values: Tensor<CacheShape>;
    lengths: Tensor<{ batch: number }, "int32">;
    total: Tensor<Scalar, "int32">;
  },
  { heads }: { heads: number },
): { attended: Tensor<Sequence>; keys: Tensor<CacheShape>; values: Tensor<CacheShape> } {
  const inputs = [query, key, value, keys, values, lengths, total];
  return {
    attended: typed(apply("cachedAttention", inputs, { heads })),
    keys: typed(apply("cachedKeys", inputs, { heads })),
    values: typed(apply("cachedValues", inputs, { heads })),
  };
}
