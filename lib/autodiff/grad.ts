/**
 * Reverse-mode differentiation (Griewank & Walther 2008, chapter 3), which turns a graph into the
 * graph of its gradients.
 *
 * One backward pass over the graph adds up, for each node, the gradients from the nodes that use
 * it. Second derivatives are not a goal, though most rules would allow them.
 */
import {
  add,
  type AnyTensor,
  concat,
  describeShape,
  isNodeOf,
  type NodeOf,
  ofType,
  type Primitive,
  scalar,
  type Tensor,
  topologicalOrder,
} from "../tensor/mod.ts";
import { fit, vjpRules } from "./vjp_rules.ts";

/**
 * The gradients of a loss with respect to `wrt`, each with the axes of its tensor in the same
 * order.
 *
 * @throws RangeError when the loss is not a single number or does not depend on one of `wrt`.
 * @example
 * ```ts
 * import { grad } from "ppo/autodiff/mod.ts";
 * import { evaluate, input, mul, sum } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = input("x", { time: 3 });
 * const [dx] = grad(sum(mul(x, x)), [x]);
 * const [gradient] = evaluate([dx], { x: { dims: [3], data: new Float64Array([1, 2, 3]) } });
 * assert.deepEqual([...gradient.data], [2, 4, 6]); // d x^2 / dx = 2 x
 * ```
 */
export function grad(loss: AnyTensor, wrt: readonly AnyTensor[]): Tensor[] {
  if (Object.keys(loss.shape).length !== 0) {
    const found = `a tensor with axes ${describeShape(loss.shape)}`;
    throw new RangeError(`Cannot differentiate ${found}: the loss must be one number`);
  }
  return vjp([loss], [scalar(1)], wrt);
}

/**
 * The gradients of the sum of outputs[i] cotangents[i], where each cotangent has the axes of its
 * output.
 *
 * A program for one part of a model receives the gradient of its outputs as cotangents, and returns
 * those of its inputs.
 *
 * @throws RangeError when no output depends on one of `wrt`.
 * @example
 * ```ts
 * import { vjp } from "ppo/autodiff/mod.ts";
 * import { constant, evaluate, exp, input } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = input("x", { time: 2 });
 * const [dx] = vjp([exp(x)], [constant([1, 10], { time: 2 })], [x]);
 * const [gradient] = evaluate([dx], { x: { dims: [2], data: new Float64Array([0, 0]) } });
 * assert.deepEqual([...gradient.data], [1, 10]); // e^0 times each cotangent
 * ```
 */
export function vjp(
  outputs: readonly AnyTensor[],
  cotangents: readonly Tensor[],
  wrt: readonly AnyTensor[],
): Tensor[] {
  const needed = dependents(outputs, wrt);
  const sent = new Map<AnyTensor, Tensor[]>();
  const send = (node: AnyTensor, gradient: AnyTensor): void => {
    const fitted = fit(ofType(gradient, "float32"), ofType(node, "float32"));
    sent.set(node, [...sent.get(node) ?? [], fitted]);
  };
  outputs.forEach((output, index) => send(output, cotangents[index]));
  for (const node of topologicalOrder(outputs).reverse()) {
    const gradients = sent.get(node);
    if (gradients === undefined || !needed.has(node) || wrt.includes(node)) continue;
    rule(node)(node, total(gradients)).forEach((part, index) => {
      const input = node.inputs[index];
      if (part !== null && needed.has(input)) send(input, part);
    });
  }
  return wrt.map((tensor) => total(sent.get(tensor) ?? missing(tensor)));
}

/**
 * The sum of the gradients of one node. Gradients of slices that cover an axis are concatenated
 * instead of padded and added.
 */
function total(gradients: readonly Tensor[]): Tensor {
  return sideBySide(gradients) ?? gradients.reduce((sum, gradient) => add(sum, gradient));
}

/** The gradients of slices that follow one another along an axis and cover it, as one tensor. */
function sideBySide(gradients: readonly AnyTensor[]): Tensor | undefined {
  if (gradients.length < 2 || !gradients.every(isNodeOf("pad"))) return undefined;
  const [{ attributes: { axis } }] = gradients;
  const parts = gradients.toSorted((a, b) => a.attributes.before - b.attributes.before);
  let end = 0;
  const follows = parts.every(({ attributes: { axis: own, before }, inputs: [x] }) => {
    const isNext = own === axis && before === end && x.shape[axis] > 0;
    end = before + x.shape[axis];
    return isNext;
  });
  if (!follows || end !== parts[0].shape[axis]) return undefined;
  return concat(parts.map(({ inputs: [x] }) => ofType(x, "float32")), axis);
}

/** The nodes on a path from `wrt` to `outputs`, which are the only ones that need gradients. */
function dependents(outputs: readonly AnyTensor[], wrt: readonly AnyTensor[]): Set<AnyTensor> {
  const needed = new Set<AnyTensor>(wrt);
  for (const node of topologicalOrder(outputs)) {
    if (node.inputs.some((input) => needed.has(input))) needed.add(node);
  }
  return needed;
}

/**
 * The rule of a node's primitive. The cast is needed because the compiler does not know which
 * primitive that is.
 */
const rule = (node: AnyTensor) =>
  vjpRules[node.primitive] as (node: NodeOf<Primitive>, g: Tensor) => readonly (AnyTensor | null)[];

function missing(tensor: AnyTensor): never {
  const name = "name" in tensor.attributes ? ` "${tensor.attributes.name}"` : "";
  throw new RangeError(
    `Cannot differentiate with respect to ${tensor.primitive}${name}: ` +
      "the result does not depend on it",
  );
}
