/** Adding up the gradients of a batch's parts, so that many small passes give the gradient of the whole batch. */
import { type Device, flatten, jit, mapTree, type Spec } from "../runtime/mod.ts";
import { add, type AnyTensor, type Tensor } from "../tensor/mod.ts";

const isSpec = (value: unknown): value is Spec =>
  typeof value === "object" && value !== null && "dtype" in value;

/** Compiles `total + part` for trees of the given specs; both inputs stay as they were. */
export async function createAccumulator<P>(
  device: Device,
  spec: unknown,
): Promise<(total: P, part: P) => Promise<P>> {
  const flat = Object.fromEntries(flatten(spec, isSpec));
  const program = await jit(device, { total: flat, part: flat }, ({ total, part }) => {
    const sums = Object.keys(flat).map((
      name,
    ): [string, AnyTensor] => [name, add(total[name] as Tensor, part[name] as Tensor)]); // parameters are float32
    return Object.fromEntries(sums);
  });
  return async (total, part) => {
    const arrays = (tree: P) => Object.fromEntries(flatten(tree, isArray));
    const sums = await program({ total: arrays(total), part: arrays(part) });
    return mapTree(spec, isSpec, (_, name) => sums[name]) as P; // the tree of `spec`, leaf by leaf
  };
}

const isArray = (value: unknown): value is never =>
  typeof value === "object" && value !== null && "dims" in value;
