/** A shape together with an element type, which is what shape rules read and return. */
import type { DType, Shape } from "./shape.ts";

/** A tensor of a graph, or a value during evaluation. */
export interface Typed {
  readonly shape: Shape;
  readonly dtype: DType;
}

/** The inputs of a primitive. */
export type Inputs = readonly Typed[];

/** Throws unless every input holds `dtype`. */
export function requireType(inputs: Inputs, dtype: DType, action: string): void {
  for (const { dtype: found } of inputs) {
    if (found !== dtype) {
      throw new TypeError(`Cannot ${action} ${found} values: ${dtype} is wanted`);
    }
  }
}

/** The element type of both. Throws where they differ. */
export function sameType(action: string, a: Typed, b: Typed): DType {
  if (a.dtype !== b.dtype) {
    throw new TypeError(`Cannot ${action} ${a.dtype} and ${b.dtype}: cast one of them`);
  }
  return a.dtype;
}
