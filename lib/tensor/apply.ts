/** Nodes of a graph are made here, which checks their shapes and computes nothing. */
import type { Attributes, Primitive } from "./primitives.ts";
import { printGraph } from "./print.ts";
import { describeShape } from "./shape.ts";
import { shapeRules } from "./shape_rules.ts";
import type { AnyTensor } from "./tensor.ts";

let created = 0;

/** A tensor is displayed as one line in a console, and as its whole graph in a notebook. */
const display = {
  [Symbol.for("Deno.customInspect")](this: AnyTensor): string {
    return `Tensor ${this.primitive} ${this.dtype} ${describeShape(this.shape)}`;
  },
  [Symbol.for("Jupyter.display")](this: AnyTensor): Record<string, string> {
    return { "text/plain": printGraph(this) };
  },
};

/**
 * A new node; the primitive's shape rule checks the inputs and computes its shape. The typed ops
 * call this function.
 *
 * @throws RangeError when axes or sizes do not fit, TypeError when element types do not.
 * @example
 * ```ts
 * import { apply, constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const y = apply("neg", [constant([1, 2], { time: 2 })], {});
 * assert.deepEqual([...evaluate([y])[0].data], [-1, -2]);
 * ```
 */
export function apply<P extends Primitive>(
  primitive: P,
  inputs: readonly AnyTensor[],
  attributes: Attributes[P],
): AnyTensor {
  const { shape, dtype } = shapeRules[primitive](inputs, attributes);
  return Object.assign(Object.create(display), {
    id: created++,
    primitive,
    inputs,
    attributes,
    shape,
    dtype,
  });
}
