/** Ops that look up and add rows or elements by index. */
import { apply } from "./apply.ts";
import type { NewAxes, SameAxes, Within } from "./fits.ts";
import { typed } from "./ops_leaves.ts";
import type { DType, Merge, Shape, Without } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The rows of a table at the positions `indices`, for example embeddings. `axis` is the axis of the
 * table that is indexed.
 *
 * @throws RangeError when the table and the indices share an axis.
 *
 * @example
 * ```ts
 * import { constant, evaluate, gather } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const table = constant([1, 2, 3, 4, 5, 6], { vocab: 3, embed: 2 });
 * const tokens = constant([2, 0], { time: 2 }, "int32");
 * assert.deepEqual([...evaluate([gather(table, tokens, "vocab")])[0].data], [5, 6, 1, 2]);
 * ```
 */
export const gather = <
  S extends Shape,
  I extends Shape,
  K extends keyof S & string,
  D extends DType,
>(
  table: Tensor<S, D>,
  indices: Tensor<I, "int32"> & NewAxes<"gather", I, keyof Without<S, K>>,
  axis: K,
): Tensor<Merge<I, Without<S, K>>, D> => typed(apply("gather", [table, indices], { axis }));

/**
 * Adds each row of `updates` to the row given by `indices` in a table of zeros with `size` rows.
 *
 * @throws RangeError when `updates` lacks an axis of the indices, or already has an axis named
 *   `axis`.
 *
 * @example
 * ```ts
 * import { constant, evaluate, scatterAdd } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const indices = constant([2, 0, 2], { time: 3 }, "int32");
 * const updates = constant([1, 10, 100], { time: 3 });
 * const y = scatterAdd(indices, updates, { axis: "vocab", size: 3 });
 * assert.deepEqual([...evaluate([y])[0].data], [10, 0, 101]);
 * ```
 */
export const scatterAdd = <
  I extends Shape,
  S extends Shape,
  const K extends string,
  const N extends number,
>(
  indices: Tensor<I, "int32">,
  updates: Tensor<S> & Within<"scatter", I, S>,
  { axis, size }: { axis: K & NewAxes<"scatter", Without<S, keyof I>, K>; size: N },
): Tensor<Merge<Record<K, N>, Without<S, keyof I>>> =>
  typed(apply("scatterAdd", [indices, updates], { axis, size }));

/**
 * One element along `axis` for each index, for example the log-probability of each token.
 *
 * @throws RangeError unless the indices have exactly the other axes of x.
 *
 * @example
 * ```ts
 * import { constant, evaluate, take } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3, 4], { time: 2, vocab: 2 });
 * const tokens = constant([1, 0], { time: 2 }, "int32");
 * assert.deepEqual([...evaluate([take(x, tokens, "vocab")])[0].data], [2, 3]);
 * ```
 */
export const take = <S extends Shape, I extends Shape, K extends keyof S & string>(
  x: Tensor<S>,
  indices: Tensor<I, "int32"> & SameAxes<"take", Without<S, K>, I>,
  axis: K,
): Tensor<Without<S, K>> => typed(apply("take", [x, indices], { axis }));
