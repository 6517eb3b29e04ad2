/** Shape and element type together: what a shape rule looks at, and what it gives. */
import type { DType, Shape } from "./shape.ts";

/** What a rule looks at and what it gives: a tensor of a graph, or a value while one is evaluated. */
export interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What a primitive reads. */
export type Inputs = readonly Typed[];

/** Every input must hold `dtype`. */
export function requireType(inputs: Inputs, dtype: DType, action: string): void {
  for (const { dtype: found } of inputs) {
    if (found !== dtype) {
      throw new TypeError(`Cannot ${action} ${found} values: ${dtype} is wanted`);
    }
  }
}

/** The type that both hold. */
export function sameType(action: string, a: Typed, b: Typed): DType {
  if (a.dtype !== b.dtype) {
    throw new TypeError(`Cannot ${action} ${a.dtype} and ${b.dtype}: cast one of them`);
  }
  return a.dtype;
}
