/**
 * Reverse-mode differentiation: a graph in, the graph of its gradients out.
 *
 * The sweep walks the graph backwards once, adding up for each node the gradients that its users send it.
 * Griewank & Walther 2008, chapter 3. Second derivatives are not a goal, though most rules would allow them.
 */
import {
  add,
  type AnyTensor,
  apply,
  describeShape,
  type NodeOf,
  type Primitive,
  scalar,
  type Tensor,
  topologicalOrder,
} from "../tensor/mod.ts";
import { fit, vjpRules } from "./vjp_rules.ts";

/**
 * The gradients of one number with respect to `wrt`, each with the axes of its tensor in the same order.
 *
 * @throws RangeError when the loss is not a single number or does not depend on one of `wrt`.
 * @example
 * ```ts
 * import { grad } from "ppo/autodiff/mod.ts";
 * import { evaluate, input, mul, sum } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = input("x", { time: 3 });
 * const [dx] = grad(sum(mul(x, x)), [x]);
 * const [slope] = evaluate([dx], { x: { dims: [3], data: new Float64Array([1, 2, 3]) } });
 * assert.deepEqual([...slope.data], [2, 4, 6]);
 * ```
 */
export function grad(loss: AnyTensor, wrt: readonly AnyTensor[]): Tensor[] {
  if (Object.keys(loss.shape).length !== 0) {
    throw new RangeError(
      `Cannot differentiate a tensor with axes ${
        describeShape(loss.shape)
      }: the loss must be one number`,
    );
  }
  return vjp([loss], [scalar(1)], wrt);
}

/**
 * The gradients of several outputs' weighted sum: `cotangents[i]` has the axes of `outputs[i]`.
 *
 * This is what a program for one part of a model needs: the gradient of its result arrives, those of its inputs leave.
 *
 * @throws RangeError when no output depends on one of `wrt`.
 */
export function vjp(
  outputs: readonly AnyTensor[],
  cotangents: readonly Tensor[],
  wrt: readonly AnyTensor[],
): Tensor[] {
  const needed = dependents(outputs, wrt);
  const sent = new Map<AnyTensor, Tensor[]>();
  const send = (node: AnyTensor, gradient: AnyTensor): void => {
    const fitted = fit(gradient as Tensor, node as Tensor); // rules give float32 gradients to float32 inputs only
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

/** The sum of what a node's users sent it; parts of an axis that cover it are put side by side instead of padded and added. */
function total(gradients: readonly Tensor[]): Tensor {
  return sideBySide(gradients) ?? gradients.reduce((sum, gradient) => add(sum, gradient));
}

/** Gradients of slices that follow one another along an axis and cover it, as one tensor. */
function sideBySide(gradients: readonly AnyTensor[]): Tensor | undefined {
  if (gradients.length < 2 || !gradients.every(isPad)) return undefined;
  const [{ attributes: { axis } }] = gradients;
  const parts = gradients.toSorted((a, b) => a.attributes.before - b.attributes.before);
  const follows = parts.every(({ attributes, inputs: [x], shape }, index) => {
    const { axis: own, before, after } = attributes;
    const next = parts[index + 1]?.attributes.before ?? shape[axis];
    return own === axis && x.shape[axis] > 0 && before + x.shape[axis] === next &&
      (index > 0 || before === 0) &&
      (index < parts.length - 1 || after === 0);
  });
  if (!follows) return undefined;
  return apply("concat", parts.map(({ inputs: [x] }) => x), { axis }) as Tensor; // of float32 parts
}

const isPad = (node: AnyTensor): node is NodeOf<"pad"> => node.primitive === "pad";

/** The nodes on a path from `wrt` to `outputs`: only these need gradients. */
function dependents(outputs: readonly AnyTensor[], wrt: readonly AnyTensor[]): Set<AnyTensor> {
  const needed = new Set<AnyTensor>(wrt);
  for (const node of topologicalOrder(outputs)) {
    if (node.inputs.some((input) => needed.has(input))) needed.add(node);
  }
  return needed;
}

/** The rule of a node's own primitive: the one place where the table's types meet a node of unknown kind. */
const rule = (node: AnyTensor) =>
  vjpRules[node.primitive] as (node: NodeOf<Primitive>, g: Tensor) => readonly (AnyTensor | null)[];

function missing(tensor: AnyTensor): never {
  const name = "name" in tensor.attributes ? ` "${tensor.attributes.name}"` : "";
  throw new RangeError(
    `Cannot differentiate by ${tensor.primitive}${name}: the result does not depend on it`,
  );
}
