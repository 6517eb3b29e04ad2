/** The leaves of a graph: inputs, constants, and what the other files of ops share. */
import { type AnyTensor, apply, type Tensor } from "./tensor.ts";
import type { DType, Open, Shape } from "./shape.ts";

/** A number or a tensor. */
export type Operand<S extends Shape> = number | Tensor<S>;
/** The shape of one number: no axes. */
export type Scalar = Record<never, never>;

/** The one cast of this file: the shape rules have checked at run time what the type says. */
export function typed<S extends Shape, D extends DType = "float32">(
  tensor: AnyTensor,
): Tensor<S, D> {
  return tensor as Tensor<S, D>;
}

/**
 * A value given when the program runs. Sizes of -1 (`UNKNOWN`) stay open.
 *
 * @example
 * ```ts
 * import { input, UNKNOWN } from "ppo/tensor/mod.ts";
 * input("x", { batch: UNKNOWN, embed: 768 });
 * ```
 */
export function input<const S extends Shape, D extends DType = "float32">(
  name: string,
  shape: S,
  dtype?: D,
): Tensor<Open<S>, D> {
  return typed(apply("input", [], { name, shape, dtype: dtype ?? "float32" }));
}

/** Numbers written into the program, in memory order of `shape`. */
export function constant<const S extends Shape, D extends DType = "float32">(
  values: readonly number[],
  shape: S,
  dtype?: D,
): Tensor<S, D> {
  return typed(apply("constant", [], { values, shape, dtype: dtype ?? "float32" }));
}

/** One number. */
export const scalar = (value: number): Tensor<Scalar> => constant([value], {});

/** 0, 1, ..., size - 1 along one axis. */
export function iota<const A extends string>(
  axis: A,
  size: number,
): Tensor<Record<A, number>, "int32"> {
  return typed(apply("constant", [], {
    values: Array.from({ length: size }, (_, index) => index),
    shape: { [axis]: size },
    dtype: "int32",
  }));
}
