/**
 * Lowering of `dot`: matrix products of every kind.
 *
 * - Without shared axes and with one contracted axis it is a `MatMul` in which the left side keeps
 *   all its axes, as in a layer that is applied to every token. It is also used where several axes
 *   of the left side have unknown sizes, because no Reshape could split them after a merge.
 * - Without shared axes and with several contracted ones, both sides are flattened to matrices for
 *   `Gemm`, as in the gradient of a weight.
 * - With shared axes it is a batch of matrix products, as in attention.
 */
import { axesOf, type NodeOf, type Shape, UNKNOWN } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import { grouped, ordered, reshaped, type Value } from "./layout.ts";

/**
 * Emits the product of `a` and `b` and returns its name; the result has the axis order of the node.
 */
export function lowerDot(
  emitter: Emitter,
  node: Pick<NodeOf<"dot">, "attributes" | "shape">,
  [a, b]: readonly Value[],
): string {
  const contracted = node.attributes.axes;
  const shared = axesOf(a.shape).filter((axis) => axis in b.shape && !contracted.includes(axis));
  const left = axesOf(a.shape).filter((axis) => !(axis in b.shape));
  const right = axesOf(b.shape).filter((axis) => !(axis in a.shape));
  // Only the left side of a MatMul keeps its axes apart.
  if (shared.length === 0 && unknowns(b, right) > 1) {
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

/**
 * A product of two matrices. A side whose contracted axes come first is read transposed, without
 * moving it.
 */
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
 * A batch of products in which the last axis of either side stays last. `FusedMatMul` transposes
 * while it reads, and moving whole rows is faster than moving single elements.
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
