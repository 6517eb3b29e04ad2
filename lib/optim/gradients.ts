/** Gradients with respect to a whole tree of parameters, as a tree of the same form. */
import { grad } from "../autodiff/mod.ts";
import { flatten, isTensor, mapTree } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/**
 * Computes d loss / d parameter for every parameter of a tree.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { gradientsOf } from "ppo/optim/mod.ts";
 * import { evaluate, input, square, sum } from "ppo/tensor/mod.ts";
 * const parameters = { layer: { weight: input("weight", { embed: 1 }) } };
 * const { layer } = gradientsOf(sum(square(parameters.layer.weight)), parameters);
 * const weight = { dims: [1], data: Float64Array.of(3) };
 * const [{ data }] = evaluate([layer.weight], { weight });
 * equal(data[0], 6); // d w^2 / d w = 2 w
 * ```
 */
export function gradientsOf<P>(loss: Tensor<Record<never, never>>, parameters: P): P {
  const leaves = [...flatten(parameters, isTensor).values()];
  const gradients = new Map(grad(loss, leaves).map((gradient, index) => [leaves[index], gradient]));
  // the same tree, leaf by leaf
  return mapTree(parameters, isTensor, (leaf) => gradients.get(leaf));
}
