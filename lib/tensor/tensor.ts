/**
 * A tensor is a node of a graph: what to compute, not yet a value.
 *
 * Graphs are immutable values; building one checks shapes and computes nothing.
 */
import type { Attributes, Primitive } from "./primitives.ts";
import { describeShape, type DType, type Shape } from "./shape.ts";
import { shapeRules } from "./shape_rules.ts";
import { printGraph } from "./print.ts";

/** A node of a graph with the axes `S` and elements of type `D`. */
export interface Tensor<S extends Shape = Shape, D extends DType = "float32"> {
  /** Creation order; inputs always have smaller numbers than the nodes that use them. */
  readonly id: number;
  /** What it computes. */
  readonly primitive: Primitive;
  /** What it computes it of, in the primitive's order. */
  readonly inputs: readonly AnyTensor[];
  /** The primitive's own constants. */
  readonly attributes: Attributes[Primitive];
  /** Axis name -> size, in memory order. */
  readonly shape: S;
  /** Element type. */
  readonly dtype: D;
}

/** A tensor of any shape and element type. */
export type AnyTensor = Tensor<Shape, DType>;

/** A tensor together with the primitive it is known to be. */
export interface NodeOf<P extends Primitive> extends AnyTensor {
  /** Which one. */
  readonly primitive: P;
  /** That primitive's attributes. */
  readonly attributes: Attributes[P];
}

let created = 0;

/** How a tensor shows itself: one line in a console, its whole graph in a notebook. */
const display = {
  [Symbol.for("Deno.customInspect")](this: AnyTensor): string {
    return `Tensor ${this.primitive} ${this.dtype} ${describeShape(this.shape)}`;
  },
  [Symbol.for("Jupyter.display")](this: AnyTensor): Record<string, string> {
    return { "text/plain": printGraph(this) };
  },
};

/** Adds a node to the graph; the shape rule of the primitive checks the inputs and gives its shape. */
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

/** The nodes that `outputs` depend on, inputs before users. */
export function topologicalOrder(outputs: readonly AnyTensor[]): AnyTensor[] {
  const seen = new Set<AnyTensor>();
  const pending = [...outputs];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    pending.push(...node.inputs);
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
