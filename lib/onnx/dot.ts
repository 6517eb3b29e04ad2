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
import { axesOf, keepAxes, type NodeOf, type Shape, UNKNOWN } from "../tensor/mod.ts";
import type { Emitter } from "./emitter.ts";
import { grouped, type Groups, ordered, ungrouped, type Value } from "./layout.ts";

/**
 * Emits the product of `a` and `b` and returns its name; the result has the axis order of the node.
 */
export function lowerDot(
  emitter: Emitter,
  { attributes, shape }: Pick<NodeOf<"dot">, "attributes" | "shape">,
  [a, b]: readonly Value[],
): string {
  const contracted = attributes.axes;
  const shared = axesOf(a.shape).filter((axis) => axis in b.shape && !contracted.includes(axis));
  const left = axesOf(a.shape).filter((axis) => !(axis in b.shape));
  const right = axesOf(b.shape).filter((axis) => !(axis in a.shape));
  const sides: Sides = { a, b, shared: apart(shared), left: [left], right, contracted, shape };
  if (shared.length > 0) {
    return emitter.target === "cpu" ? batchedProduct(emitter, sides) : product(emitter, sides);
  }
  // Only the left side of a MatMul keeps its axes apart.
  if (unknowns(b, right) > 1) {
    const turned = keepAxes(shape, [...right, ...left]);
    const name = lowerDot(emitter, { attributes, shape: turned }, [b, a]);
    return ordered(emitter, { name, shape: turned, dtype: "float32" }, axesOf(shape)).name;
  }
  return contracted.length === 1 || unknowns(a, left) > 1
    ? product(emitter, { ...sides, left: apart(left) })
    : flatProduct(emitter, sides);
}

const apart = (axes: readonly string[]): Groups => axes.map((axis) => [axis]);

const unknowns = (value: Value, axes: readonly string[]): number =>
  axes.filter((axis) => value.shape[axis] === UNKNOWN).length;

interface Sides {
  readonly a: Value;
  readonly b: Value;
  readonly shared: Groups;
  readonly left: Groups;
  readonly right: readonly string[];
  readonly contracted: readonly string[];
  readonly shape: Shape;
}

/** The product of a [shared, left, contracted] and b [shared, contracted, right]. */
function product(
  emitter: Emitter,
  { a, b, shared, left, right, contracted, shape }: Sides,
  { operator = "MatMul", transA = false, transB = false } = {},
): string {
  const first = transA ? [contracted, ...left] : [...left, contracted];
  const second = transB ? [right, contracted] : [contracted, right];
  const operands = [
    grouped(emitter, a, [...shared, ...first]).name,
    grouped(emitter, b, [...shared, ...second]).name,
  ];
  const attributes = { transA: Number(transA), transB: Number(transB) };
  const name = emitter.emit(operator, operands, {
    attributes: operator === "MatMul" ? {} : attributes,
    domain: operator === "FusedMatMul" ? "com.microsoft" : "",
  });
  return ungrouped(emitter, name, [...shared, ...left, right], shape);
}

/**
 * A product of two matrices. A side whose contracted axes come first is read transposed, without
 * moving it.
 */
function flatProduct(emitter: Emitter, sides: Sides): string {
  const isFirst = ({ shape }: Value) => axesOf(shape)[0] === sides.contracted[0];
  const reading = { transA: isFirst(sides.a), transB: !isFirst(sides.b) };
  return product(emitter, sides, { operator: "Gemm", ...reading });
}

/**
 * A batch of products in which the last axis of either side stays last. `FusedMatMul` transposes
 * while it reads, and moving whole rows is faster than moving single elements.
 */
function batchedProduct(emitter: Emitter, sides: Sides): string {
  const isLast = ({ shape }: Value) => sides.contracted.includes(axesOf(shape).at(-1) ?? "");
  const reading = { transA: !isLast(sides.a), transB: isLast(sides.b) };
  return product(emitter, sides, { operator: "FusedMatMul", ...reading });
}
