/**
 * Values during evaluation, which are numbers with named axes of known sizes, and the function that
 * aligns two of them.
 */
import { type DType, type Shape, sizeOf } from "./shape.ts";

/** float32 and float16 values are kept in 64 bits, so that finite differences are precise. */
export type Numbers = Float64Array | Int32Array | Uint8Array;

/** A computed tensor. No size in its shape is unknown. */
export interface Value {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: Numbers;
}

/** Zeros for the elements of a tensor. */
export function zeros(dtype: DType, shape: Shape): Numbers {
  const size = sizeOf(shape);
  if (dtype === "float32" || dtype === "float16") return new Float64Array(size);
  return dtype === "int32" ? new Int32Array(size) : new Uint8Array(size);
}

/** Axis name -> the distance in memory between two neighbours along it, in elements. */
export function strides(shape: Shape): Record<string, number> {
  const result: Record<string, number> = {};
  let stride = 1;
  for (const [axis, size] of Object.entries(shape).reverse()) {
    result[axis] = stride;
    stride *= size;
  }
  return result;
}

/**
 * For each element of `over`, in memory order, the position in `of` that has the same coordinates
 * by name.
 *
 * Along an axis that only `over` has, the position in `of` does not change (broadcasting). An axis
 * that only `of` has stays at 0.
 */
export function positions(over: Shape, of: Shape): Int32Array {
  const result = new Int32Array(sizeOf(over));
  const step = strides(of);
  let inner = 1; // elements of `over` below the axis at hand
  for (const [axis, size] of Object.entries(over).reverse()) {
    const stride = step[axis] ?? 0;
    for (let index = 0; index < result.length; index++) {
      result[index] += (Math.floor(index / inner) % size) * stride;
    }
    inner *= size;
  }
  return result;
}
