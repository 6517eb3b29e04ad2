/** Ops that multiply tensors: matrix products of every kind, and attention. */
import { apply } from "./apply.ts";
import type { SameAxes, Sees, SizesAgree } from "./fits.ts";
import { type Scalar, typed } from "./ops_leaves.ts";
import type { Merge, Shape, Without } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The sum of products over `axes`. Other shared axes are batch axes. Axes that only one side
 * has are kept.
 *
 * @throws RangeError when an axis is missing on one side or has different sizes.
 *
 * @example
 * ```ts
 * import { constant, dot, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2], { embed: 2 });
 * const weight = constant([1, 0, 2, 0, 1, 3], { embed: 2, vocab: 3 });
 * assert.deepEqual([...evaluate([dot(x, weight, "embed")])[0].data], [1, 2, 8]);
 * ```
 */
export const dot = <A extends Shape, B extends Shape, K extends keyof A & keyof B & string>(
  a: Tensor<A>,
  b: Tensor<B> & SizesAgree<"dot", A, B>,
  ...axes: [K, ...K[]]
): Tensor<Without<Merge<A, B>, K>> => typed(apply("dot", [a, b], { axes }));

/**
 * softmax(query key / sqrt(headDim)) value in each head, over the keys that are visible (Vaswani et
 * al. 2017, section 3.2).
 *
 * The query is [batch, time, embed], key and value are [batch, keyTime, embed], and `visible` is
 * [batch, time, keyTime], with any axis names. Heads are contiguous in `embed`. A query without
 * visible keys gets zeros.
 *
 * @throws RangeError when axes, sizes or their order do not fit.
 *
 * @example
 * ```ts
 * import { attention, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const query = constant([0, 0], { batch: 1, time: 2, embed: 1 }); // equal weights
 * const value = constant([4, 8], { batch: 1, keyTime: 2, embed: 1 });
 * const visible = constant([1, 0, 1, 1], { batch: 1, time: 2, keyTime: 2 }, "bool");
 * const y = attention({ query, key: value, value, visible }, { heads: 1 });
 * assert.deepEqual([...evaluate([y])[0].data], [4, 6]);
 * ```
 */
export const attention = <
  Query extends Shape,
  Key extends Shape,
  Value extends Shape,
  Visible extends Shape,
>(
  { query, key, value, visible }: {
    query: Tensor<Query>;
    key: Tensor<Key> & SizesAgree<"attend", Query, Key>;
    value: Tensor<Value> & SameAxes<"attend", Key, Value>;
    visible: Tensor<Visible, "bool"> & Sees<Query, Key, Visible>;
  },
  { heads }: { heads: number },
): Tensor<Query> => typed(apply("attention", [query, key, value, visible], { heads }));

/** The key-value cache of one layer: `[batch, heads, slot, headDim]`. */
export type CacheShape = { batch: number; heads: number; slot: number; headDim: number };
/** The vectors of new tokens. */
export type Sequence = { batch: number; time: number; embed: number };

/**
 * Causal attention of new tokens to themselves and to a ragged cache: rows have different lengths
 * and no padding on the left.
 *
 * `lengths[row]` is the number of tokens in the cache, including the new ones, minus 1. `total` is
 * the largest of these numbers plus 1. New rows may be padded at their end. This op has no
 * gradient, because it is used for generation.
 *
 * @throws RangeError when the shapes do not fit.
 *
 * @example
 * ```ts
 * import { cachedAttention, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const token = constant([5], { batch: 1, time: 1, embed: 1 });
 * const empty = constant([0, 0], { batch: 1, heads: 1, slot: 2, headDim: 1 });
 * const lengths = constant([0], { batch: 1 }, "int32"), total = constant([1], {}, "int32");
 * const { attended, keys } = cachedAttention(
 *   { query: token, key: token, value: token },
 *   { keys: empty, values: empty, lengths, total },
 *   { heads: 1 },
 * );
 * assert.deepEqual(evaluate([attended, keys]).map(({ data }) => [...data]), [[5], [5, 0]]);
 * ```
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
