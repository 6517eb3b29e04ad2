/**
 * Lowering of `dot`: matrix products of every kind.
 *
 * - no shared axis, one contracted: `MatMul`, the left side keeping all its axes (a layer applied to every token); also where
 *   several of the left's own axes are of unknown size, which no Reshape could bring back once merged;
 * - no shared axis, several contracted: both sides flattened to matrices, `Gemm` (the gradient of a layer's weight);
 * - shared axes: a batch of matrix products (attention).
 */
import { axesOf, type NodeOf, type Shape, UNKNOWN } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import { grouped, ordered, reshaped, type Value } from "./layout.ts";

/** Emits the product of `a` and `b` and returns its name; the result has the axis order of the node. */
export function lowerDot(
  emitter: Emitter,
  node: Pick<NodeOf<"dot">, "attributes" | "shape">,
  [a, b]: readonly Value[],
): string {
  const contracted = node.attributes.axes;
  const shared = axesOf(a.shape).filter((axis) => axis in b.shape && !contracted.includes(axis));
  const left = axesOf(a.shape).filter((axis) => !(axis in b.shape));
  const right = axesOf(b.shape).filter((axis) => !(axis in a.shape));
  if (shared.length === 0 && unknowns(b, right) > 1) { // only the left side keeps its axes apart
    const entries = [...right, ...left].map((axis): [string, number] => [axis, node.shape[axis]]);
    const shape = Object.fromEntries(entries);
    const name = lowerDot(emitter, { ...node, shape }, [b, a]);
    return ordered(emitter, { name, shape, dtype: "float32" }, axesOf(node.shape)).name;
  }
  if (shared.length === 0 && (contracted.length === 1 || unknowns(a, left) > 1)) {
    const apart = left.map((axis) => [axis]);
    const { name } = grouped(emitter, a, [...apart, contracted]);
    const product = emitter.emit("MatMul", [name, grouped(emitter, b, [contracted, right]).name]);
    return split(emitter, product, [...apart, right], node.shape);
  }
  if (shared.length === 0) {
    return flatProduct(emitter, { a, b, left, right, contracted, shape: node.shape });
  }
  const groups = shared.map((axis) => [axis]);
  if (emitter.target === "cpu") {
    return batchedProduct(emitter, { a, b, left, right, contracted, shape: node.shape, groups });
  }
  const first = grouped(emitter, a, [...groups, left, contracted]);
  const second = grouped(emitter, b, [...groups, contracted, right]);
  const product = emitter.emit("MatMul", [first.name, second.name]);
  return split(emitter, product, [...groups, left, right], node.shape);
}

const unknowns = (value: Value, axes: readonly string[]): number =>
  axes.filter((axis) => value.shape[axis] === UNKNOWN).length;

interface Sides {
  readonly a: Value;
  readonly b: Value;
  readonly left: readonly string[];
  readonly right: readonly string[];
  readonly contracted: readonly string[];
  readonly shape: Shape;
}

/** Both sides as matrices; a side whose contracted axes come first is used transposed, without moving it. */
function flatProduct(emitter: Emitter, { a, b, left, right, contracted, shape }: Sides): string {
  const aFirst = axesOf(a.shape)[0] === contracted[0],
    bFirst = axesOf(b.shape)[0] === contracted[0];
  const first = grouped(emitter, a, aFirst ? [contracted, left] : [left, contracted]);
  const second = grouped(emitter, b, bFirst ? [contracted, right] : [right, contracted]);
  const attributes = { transA: aFirst ? 1 : 0, transB: bFirst ? 0 : 1 };
  return split(
    emitter,
    emitter.emit("Gemm", [first.name, second.name], { attributes }),
    [left, right],
    shape,
  );
}

/**
 * A batch of products in which the last axis of either side stays where it is: `FusedMatMul` turns what it reads, and an axis that
 * moves as a whole is copied faster than one that is taken apart.
 */
function batchedProduct(
  emitter: Emitter,
  { a, b, left, right, contracted, shape, groups }: Sides & {
    groups: readonly (readonly string[])[];
  },
): string {
  const transA = contracted.includes(axesOf(a.shape).at(-1) ?? "") ? 0 : 1;
  const transB = contracted.includes(axesOf(b.shape).at(-1) ?? "") ? 1 : 0;
  const first = grouped(emitter, a, [
    ...groups,
    ...(transA ? [contracted, left] : [left, contracted]),
  ]);
  const second = grouped(emitter, b, [
    ...groups,
    ...(transB ? [right, contracted] : [contracted, right]),
  ]);
  const options = { attributes: { transA, transB }, domain: "com.microsoft" } as const;
  return split(
    emitter,
    emitter.emit("FusedMatMul", [first.name, second.name], options),
    [...groups, left, right],
    shape,
  );
}

/** Undoes the grouping of a product's axes. */
function split(
  emitter: Emitter,
  name: string,
  groups: readonly (readonly string[])[],
  shape: Shape,
): string {
  if (groups.every((group) => group.length === 1)) return name;
  const merged = groups.map((
    group,
  ) => [group.length === 1 ? group[0] : "merged", group.length === 1 ? shape[group[0]] : 0]);
  const entries = merged.map((
    [axis, size],
    index,
  ): [string, number] => [`${axis}${axis === "merged" ? index : ""}`, Number(size)]);
  return reshaped(emitter, { name, shape: Object.fromEntries(entries), dtype: "float32" }, shape)
    .name;
}
