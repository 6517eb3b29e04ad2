/** Ops along axes: sums, means, running sums, and normalisations. */
import { apply } from "./apply.ts";
import type { SameAxes } from "./fits.ts";
import { div, mul } from "./ops_elementwise.ts";
import { transpose } from "./ops_axes.ts";
import { type Scalar, typed } from "./ops_leaves.ts";
import { requireSameAxes } from "./shape_changes.ts";
import { axesOf, type Shape, sizeOf, type Without } from "./shape.ts";
import type { Tensor } from "./tensor.ts";

/**
 * Reduces over the named axes, or over all of them when none is named. The result lacks these axes.
 */
export type ReduceOp = <S extends Shape, K extends keyof S & string = keyof S & string>(
  x: Tensor<S>,
  ...axes: K[]
) => Tensor<Without<S, K>>;
const reduce = (primitive: "sum" | "largest"): ReduceOp => (x, ...axes) =>
  typed(apply(primitive, [x], { axes: axes.length > 0 ? axes : axesOf(x.shape) }));

/**
 * The sum over the named axes, or over all of them when none is named.
 *
 * @example
 * ```ts
 * import { constant, evaluate, sum } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3, 4], { batch: 2, time: 2 });
 * assert.deepEqual([...evaluate([sum(x, "time")])[0].data], [3, 7]);
 * assert.deepEqual([...evaluate([sum(x)])[0].data], [10]);
 * ```
 */
export const sum: ReduceOp = reduce("sum");

/**
 * The largest element over the named axes, or over all of them when none is named.
 *
 * @example
 * ```ts
 * import { constant, evaluate, largest } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3, 4], { batch: 2, time: 2 });
 * assert.deepEqual([...evaluate([largest(x, "time")])[0].data], [2, 4]);
 * ```
 */
export const largest: ReduceOp = reduce("largest");

/**
 * The mean over the named axes, or over all of them when none is named. Where a size is unknown,
 * use `maskedMean`.
 *
 * @throws RangeError when a size is unknown.
 *
 * @example
 * ```ts
 * import { constant, evaluate, mean } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3, 4], { batch: 2, time: 2 });
 * assert.deepEqual([...evaluate([mean(x, "batch")])[0].data], [2, 3]);
 * ```
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

/**
 * The mean of x where `mask` is 1: sum(x mask) / sum(mask), over all axes.
 *
 * @throws RangeError when x and `mask` do not have the same axes.
 *
 * @example
 * ```ts
 * import { constant, evaluate, maskedMean } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 9], { time: 3 }), mask = constant([1, 1, 0], { time: 3 });
 * assert.deepEqual([...evaluate([maskedMean(x, mask)])[0].data], [1.5]);
 * ```
 */
export function maskedMean<S extends Shape, M extends Shape>(
  x: Tensor<S>,
  mask: Tensor<M> & SameAxes<"take the masked mean", S, M>,
): Tensor<Scalar> {
  requireSameAxes(x.shape, mask.shape, "take the masked mean");
  const masked = apply("mul", [x, mask], {});
  return div(sum(typed(masked)), sum(typed(mask)));
}

/**
 * The running sum along an axis, from the start or, with `reverse`, from the end.
 *
 * @example
 * ```ts
 * import { constant, cumsum, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 2, 3], { time: 3 });
 * assert.deepEqual([...evaluate([cumsum(x, "time")])[0].data], [1, 3, 6]);
 * assert.deepEqual([...evaluate([cumsum(x, "time", { reverse: true })])[0].data], [6, 5, 3]);
 * ```
 */
export const cumsum = <S extends Shape>(
  x: Tensor<S>,
  axis: keyof S & string,
  { reverse = false }: { reverse?: boolean } = {},
): Tensor<S> => typed(apply("cumsum", [x], { axis, reverse }));

/**
 * e^x / sum(e^x) along an axis, computed without overflow.
 *
 * @example
 * ```ts
 * import { constant, evaluate, softmax } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const [{ data }] = evaluate([softmax(constant([0, Math.log(3)], { vocab: 2 }), "vocab")]);
 * assert.ok(Math.abs(data[1] - 3 / (1 + 3)) < 1e-12);
 * ```
 */
export const softmax = <S extends Shape>(x: Tensor<S>, axis: keyof S & string): Tensor<S> =>
  typed(apply("softmax", [x], { axis }));

/**
 * x - log(sum(e^x)) along an axis, computed without overflow.
 *
 * @example
 * ```ts
 * import { constant, evaluate, logSoftmax } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const [{ data }] = evaluate([logSoftmax(constant([0, Math.log(3)], { vocab: 2 }), "vocab")]);
 * assert.ok(Math.abs(data[1] - Math.log(3 / (1 + 3))) < 1e-12);
 * ```
 */
export const logSoftmax = <S extends Shape>(x: Tensor<S>, axis: keyof S & string): Tensor<S> =>
  typed(apply("logSoftmax", [x], { axis }));

/**
 * (x - mean) / sqrt(variance + epsilon) * scale + bias along an axis (Ba et al. 2016, equation 4).
 *
 * @throws RangeError when `scale` or `bias` does not have this one axis in this size.
 *
 * @example
 * ```ts
 * import { constant, evaluate, layerNorm } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([1, 3], { embed: 2 }); // mean 2, variance 1
 * const scale = constant([1, 1], { embed: 2 }), bias = constant([5, 5], { embed: 2 });
 * const y = layerNorm(x, { scale, bias }, { axis: "embed", epsilon: 0 });
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
  { scale, bias }: {
    scale: Tensor<W> & SameAxes<"layerNorm", Pick<S, K>, W>;
    bias: Tensor<B> & SameAxes<"layerNorm", Pick<S, K>, B>;
  },
  { axis, epsilon }: { axis: K; epsilon: number },
): Tensor<S> {
  const order = axesOf(x.shape);
  const axisLast = transpose(x, [...order.filter((other) => other !== axis), axis]);
  const y = apply("layerNorm", [axisLast, scale, bias], { axis, epsilon });
  return typed(transpose(y, order));
}
