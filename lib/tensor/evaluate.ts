/**
 * Evaluates a graph in plain TypeScript, node by node and without dependencies, so that it also
 * runs in a web page.
 *
 * The tests compare ONNX Runtime's results with it. It is fast enough for a few thousand numbers
 * and too slow to train a model.
 */
import { type Computed, evaluateRules } from "./evaluate_rules.ts";
import { bindFeeds, type HostArray } from "./evaluate_feeds.ts";
import type { Value } from "./evaluate_values.ts";
import { axesOf, describeShape, dropAxes, type Shape, sizeOf, UNKNOWN } from "./shape.ts";
import { shapeRules } from "./shape_rules.ts";
import { type AnyTensor, type NodeOf, topologicalOrder } from "./tensor.ts";
export type { HostArray } from "./evaluate_feeds.ts";

type Sizes = ReadonlyMap<string, { readonly size: number }>;

/**
 * The values of `outputs`, given one array for each input by name. float32 is computed in 64 bits.
 *
 * @throws RangeError or TypeError when an input is missing or its sizes or elements do not fit.
 * @example
 * ```ts
 * import { add, evaluate, input, UNKNOWN } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = input("x", { time: UNKNOWN });
 * const [y] = evaluate([add(x, 1)], { x: { dims: [2], data: new Float64Array([1, 2]) } });
 * assert.deepEqual(y, { dims: [2], data: new Float64Array([2, 3]) });
 * ```
 */
export function evaluate(
  outputs: readonly AnyTensor[],
  feeds: Readonly<Record<string, HostArray>> = {},
): HostArray[] {
  const nodes = topologicalOrder(outputs);
  const { sizes, values } = bindFeeds(nodes, feeds);
  const valueOf = (node: AnyTensor): Value => {
    const value = values.get(node);
    if (value === undefined) {
      throw new Error(`Cannot evaluate ${node.primitive}: it came before its inputs`);
    }
    return value;
  };
  for (const node of nodes) {
    if (isComputed(node)) values.set(node, compute(node, node.inputs.map(valueOf), sizes));
  }
  return outputs.map(valueOf).map(({ shape, data }) => ({ dims: Object.values(shape), data }));
}

/** Whether a node is computed rather than fed. */
const isComputed = (node: AnyTensor): node is NodeOf<Computed> => node.primitive !== "input";

/**
 * Runs the shape rule again, now that all sizes are known. This finds the mistakes that depend on
 * the feeds.
 */
function compute<P extends Computed>(
  node: NodeOf<P>,
  inputs: readonly Value[],
  sizes: Sizes,
): Value {
  const { attributes } = node;
  const result = shapeRules[node.primitive](inputs, attributes);
  const shape = settled(result.shape, inputs, sizes);
  const data = evaluateRules[node.primitive]({ ...result, inputs, attributes, shape });
  return { shape, dtype: result.dtype, data };
}

/**
 * Replaces unknown sizes, which can remain only after a split. One unknown size follows from the
 * number of elements; several follow from the axes of the inputs.
 */
function settled(shape: Shape, inputs: readonly Value[], sizes: Sizes): Shape {
  const open = axesOf(shape).filter((axis) => shape[axis] === UNKNOWN);
  if (open.length === 0) return shape;
  const rest = sizeOf(dropAxes(shape, open));
  const sizeAt = (axis: string) =>
    open.length === 1 ? inputs[0].data.length / rest : sizes.get(axis)?.size;
  const closed = Object.fromEntries(open.map((axis) => [axis, sizeAt(axis) ?? UNKNOWN]));
  const found = { ...shape, ...closed };
  if (sizeOf(found) !== inputs[0].data.length || !Object.values(found).every(Number.isInteger)) {
    throw new RangeError(
      `Cannot split ${describeShape(inputs[0].shape)} into ${describeShape(found)}`,
    );
  }
  return found;
}
