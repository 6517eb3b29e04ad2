/**
 * Values during evaluation, which are numbers with named axes of known sizes, and the two functions
 * that compute with them: `mapElements` aligns values by axis name, and `foldElements` reduces one.
 */
import { type DType, type Shape, sizeOf, type Typed } from "./shape.ts";
import { mergeShapes } from "./shape_changes.ts";

/** float32 and float16 values are kept in 64 bits, so that finite differences are precise. */
export type Numbers = Float64Array | Int32Array | Uint8Array;

/** A computed tensor. All sizes in its shape are known. */
export interface Value extends Typed {
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
  let inner = 1; // elements of `over` below the current axis
  for (const [axis, size] of Object.entries(over).reverse()) {
    const stride = step[axis] ?? 0;
    for (let index = 0; index < result.length; index++) {
      result[index] += (Math.floor(index / inner) % size) * stride;
    }
    inner *= size;
  }
  return result;
}

/** f(a, b, ...), element by element. The inputs are aligned with the result by axis name. */
export function mapElements(
  { shape, dtype }: Typed,
  inputs: readonly Value[],
  f: (...operands: number[]) => number,
): Value {
  const aligned = inputs.map((input) => ({ data: input.data, at: positions(shape, input.shape) }));
  const data = zeros(dtype, shape).map((_, index) =>
    f(...aligned.map(({ data, at }) => data[at[index]]))
  );
  return { shape, dtype, data };
}

/** f(f(first, x_0), x_1), ... over the elements of x along the axes that the result lacks. */
export function foldElements(
  { shape, dtype }: Typed,
  x: Value,
  { f, first }: { f: (result: number, element: number) => number; first: number },
): Value {
  const data = zeros(dtype, shape).fill(first);
  positions(x.shape, shape).forEach((at, index) => data[at] = f(data[at], x.data[index]));
  return { shape, dtype, data };
}

/** The sum of x over the axes that the result lacks. */
export const sum = (result: Typed, x: Value): Value =>
  foldElements(result, x, { f: (a, b) => a + b, first: 0 });

/** The largest element of x over the axes that the result lacks. */
export const largest = (result: Typed, x: Value): Value =>
  foldElements(result, x, { f: Math.max, first: -Infinity });

/** The sum of a b over the axes that the result lacks. */
export function dot(result: Typed, a: Value, b: Value): Value {
  const shape = mergeShapes(a.shape, b.shape, "dot");
  return sum(result, mapElements({ ...result, shape }, [a, b], (a, b) => a * b));
}
