/** Shapes after axes were split, merged or multiplied away: what `splitAxis`, `mergeAxes` and `dot` do to them. */
import {
  axesOf,
  describeShape,
  dropAxes,
  mergeShapes,
  requireAxes,
  type Shape,
  sizeOf,
  UNKNOWN,
} from "./shape.ts";

/** Throws a sentence when `shape` already has one of `axes`. */
export function requireFree(shape: Shape, axes: readonly string[], action: string): void {
  for (const axis of axes) {
    if (axis in shape) {
      throw new RangeError(
        `Cannot ${action} into "${axis}": ${describeShape(shape)} has an axis of that name`,
      );
    }
  }
}

/** `axis` replaced by the axes of `into`. */
export function splitShape(shape: Shape, axis: string, into: Shape): Shape {
  requireAxes(shape, [axis], "split");
  const product = sizeOf(into);
  if (product !== UNKNOWN && shape[axis] !== UNKNOWN && product !== shape[axis]) {
    throw new RangeError(
      `Cannot split "${axis}" of size ${shape[axis]} into ${
        describeShape(into)
      }: the product is ${product}`,
    );
  }
  requireFree(dropAxes(shape, [axis]), axesOf(into), "split");
  return Object.fromEntries(
    Object.entries(shape).flatMap((entry) => entry[0] === axis ? Object.entries(into) : [entry]),
  );
}

/** The neighbouring `axes` replaced by one. */
export function mergedShape(shape: Shape, axes: readonly string[], name: string): Shape {
  requireAxes(shape, axes, "merge");
  const names = axesOf(shape);
  const at = names.indexOf(axes[0]);
  if (names.slice(at, at + axes.length).join() !== axes.join()) {
    throw new RangeError(
      `Cannot merge ${axes.join(", ")}: they are not neighbours in this order in ${
        describeShape(shape)
      }`,
    );
  }
  requireFree(dropAxes(shape, axes), [name], "merge");
  const size = sizeOf(Object.fromEntries(axes.map((axis) => [axis, shape[axis]])));
  return Object.fromEntries(
    Object.entries(shape).flatMap((entry) =>
      entry[0] === axes[0] ? [[name, size]] : axes.includes(entry[0]) ? [] : [entry]
    ),
  );
}

/** The axes of a dot: shared ones first (batch), then those of the left, then those of the right. */
export function dotShape(a: Shape, b: Shape, axes: readonly string[]): Shape {
  const left = dropAxes(a, axes), right = dropAxes(b, axes);
  const merged = mergeShapes(left, right, "dot");
  const shared = axesOf(left).filter((axis) => axis in right);
  const order = [...shared, ...axesOf(merged).filter((axis) => !shared.includes(axis))];
  return Object.fromEntries(order.map((axis) => [axis, merged[axis]]));
}
