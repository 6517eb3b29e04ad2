/** The leaves of a graph: inputs and constants. */
import { apply } from "./apply.ts";
import type { DType, Open, Shape } from "./shape.ts";
import type { AnyTensor, Tensor } from "./tensor.ts";

/** A number or a tensor. */
export type Operand<S extends Shape> = number | Tensor<S>;
/** The shape of one number: no axes. */
export type Scalar = Record<never, never>;

/** The one cast of the ops. The shape rules have checked at run time what the type promises. */
export function typed<S extends Shape, D extends DType = "float32">(
  tensor: AnyTensor,
): Tensor<S, D> {
  return tensor as Tensor<S, D>;
}

/**
 * A value that is given when the program runs. Sizes of -1 (`UNKNOWN`) are any size.
 *
 * @example
 * ```ts
 * import { evaluate, input, UNKNOWN } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = input("x", { batch: UNKNOWN, time: 2 });
 * const feeds = { x: { dims: [1, 2], data: new Float64Array([3, 4]) } };
 * assert.deepEqual([...evaluate([x], feeds)[0].data], [3, 4]);
 * ```
 */
export function input<const S extends Shape, D extends DType = "float32">(
  name: string,
  shape: S,
  dtype?: D,
): Tensor<Open<S>, D> {
  return typed(apply("input", [], { name, shape, dtype: dtype ?? "float32" }));
}

/**
 * Numbers that are written into the program, in the memory order of `shape`.
 *
 * @throws RangeError when the number of values is not the product of the sizes.
 *
 * @example
 * ```ts
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const y = constant([1, 2, 3, 4], { batch: 2, time: 2 });
 * assert.deepEqual([...evaluate([y])[0].data], [1, 2, 3, 4]);
 * ```
 */
export function constant<const S extends Shape, D extends DType = "float32">(
  values: readonly number[],
  shape: S,
  dtype?: D,
): Tensor<S, D> {
  return typed(apply("constant", [], { values, shape, dtype: dtype ?? "float32" }));
}

/**
 * A tensor of one number, without axes.
 *
 * @example
 * ```ts
 * import { evaluate, scalar } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([scalar(2.5)])[0].data], [2.5]);
 * ```
 */
export const scalar = (value: number): Tensor<Scalar> => constant([value], {});

/** A number as a tensor. */
export const lift = (x: number | AnyTensor): AnyTensor => typeof x === "number" ? scalar(x) : x;

/**
 * The numbers 0, 1, ..., size - 1 along one axis.
 *
 * @example
 * ```ts
 * import { evaluate, iota } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([...evaluate([iota("time", 3)])[0].data], [0, 1, 2]);
 * ```
 */
export function iota<const A extends string, const N extends number>(
  axis: A,
  size: N,
): Tensor<Record<A, N>, "int32"> {
  const values = Array.from({ length: size }, (_, index) => index);
  return typed(apply("constant", [], { values, shape: { [axis]: size }, dtype: "int32" }));
}
