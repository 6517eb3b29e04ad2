/** Checks of element types. */
import type { DType, Typed } from "./shape.ts";

/** The inputs of a primitive. */
export type Inputs = readonly Typed[];

/** Throws unless every input has the element type `dtype`. */
export function requireType(inputs: Inputs, dtype: DType, action: string): void {
  for (const { dtype: found } of inputs) {
    if (found !== dtype) {
      throw new TypeError(`Cannot ${action} ${found} values: ${dtype} is wanted`);
    }
  }
}

/** The element type of both inputs. Throws if they differ. */
export function sameType(action: string, a: Typed, b: Typed): DType {
  if (a.dtype !== b.dtype) {
    throw new TypeError(`Cannot ${action} ${a.dtype} and ${b.dtype}: cast one of them`);
  }
  return a.dtype;
}
