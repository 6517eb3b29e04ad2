/**
 * A tensor is a node of a graph. It describes a computation and has no value yet.
 *
 * Graphs are immutable. Building one checks shapes and computes nothing.
 */
import type { Attributes, Primitive } from "./primitives.ts";
import type { DType, Shape, Typed } from "./shape.ts";

/** A node of a graph, with the axes `S` and elements of type `D`. */
export interface Tensor<S extends Shape = Shape, D extends DType = "float32"> extends Typed<S, D> {
  /** Creation order; inputs always have smaller numbers than the nodes that use them. */
  readonly id: number;
  /** The operation that computes it. */
  readonly primitive: Primitive;
  /** The operands, in the primitive's order. */
  readonly inputs: readonly AnyTensor[];
  /** The primitive's own constants. */
  readonly attributes: Attributes[Primitive];
}

/** A tensor of any shape and element type. */
export type AnyTensor = Tensor<Shape, DType>;

/** A tensor whose primitive is known to the compiler. */
export interface NodeOf<P extends Primitive> extends AnyTensor {
  /** The primitive. */
  readonly primitive: P;
  /** Its attributes. */
  readonly attributes: Attributes[P];
}

/**
 * Creates a test of whether a node computes `primitive`.
 *
 * @example
 * ```ts
 * import { input, isNodeOf } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = input("x", { time: 2 });
 * assert.equal(isNodeOf("input")(x), true);
 * assert.equal(isNodeOf("dot")(x), false);
 * ```
 */
export const isNodeOf =
  <P extends Primitive>(primitive: P): (node: AnyTensor) => node is NodeOf<P> =>
  (node): node is NodeOf<P> => node.primitive === primitive;

/**
 * The same tensor, with its element type known to the compiler.
 *
 * @throws TypeError when it has a different element type.
 * @example
 * ```ts
 * import { type AnyTensor, input, ofType } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x: AnyTensor = input("x", { time: 2 });
 * assert.equal(ofType(x, "float32"), x);
 * assert.throws(() => ofType(x, "int32"), TypeError);
 * ```
 */
export function ofType<D extends DType>(tensor: AnyTensor, dtype: D): Tensor<Shape, D> {
  const holds = (node: AnyTensor): node is Tensor<Shape, D> => node.dtype === dtype;
  if (holds(tensor)) return tensor;
  throw new TypeError(`Cannot use ${tensor.primitive} as ${dtype}: it holds ${tensor.dtype}`);
}

/**
 * The nodes that `outputs` depend on, each once and after its inputs.
 *
 * @example
 * ```ts
 * import { exp, input, topologicalOrder } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const y = exp(input("x", { time: 2 }));
 * assert.deepEqual(topologicalOrder([y]).map(({ primitive }) => primitive), ["input", "exp"]);
 * ```
 */
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
