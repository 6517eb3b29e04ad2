/** Gradients for a whole tree of parameters, as a tree of the same form. */
import { grad } from "../autodiff/mod.ts";
import { flatten, isTensor, mapTree } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/** d loss / d parameter for every parameter of the tree. */
export function gradientsOf<P>(loss: Tensor<Record<never, never>>, parameters: P): P {
  const leaves = [...flatten(parameters, isTensor).values()];
  const gradients = new Map(grad(loss, leaves).map((gradient, index) => [leaves[index], gradient]));
  return mapTree(parameters, isTensor, (leaf) => gradients.get(leaf)) as P; // the same tree, leaf by leaf
}
