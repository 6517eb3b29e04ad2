/** Shapes after broadcasting, and after axes were split, merged or contracted. */
import { needsOuter, onOneSide, sameName, sizesDiffer, wrongProduct } from "./sentences.ts";
import { axesOf, describeShape, dropAxes, keepAxes, type Shape, sizeOf, UNKNOWN } from "./shape.ts";

/**
 * Joins two shapes by name: the axes of `left` in its order, then those that only `right` has.
 *
 * @throws RangeError when an axis has two different known sizes.
 */
export function mergeShapes(left: Shape, right: Shape, op: string): Shape {
  const merged: Record<string, number> = { ...left };
  for (const [axis, size] of Object.entries(right)) {
    const other = left[axis] ?? UNKNOWN;
    if (other !== UNKNOWN && size !== UNKNOWN && other !== size) {
      throw new RangeError(sizesDiffer(op, axis, other, size));
    }
    merged[axis] = size === UNKNOWN ? other : size;
  }
  return merged;
}

/** Throws unless `shape` has each of `axes`. */
export function requireAxes(shape: Shape, axes: readonly string[], action: string): void {
  for (const axis of axes) {
    if (!(axis in shape)) {
      throw new RangeError(
        `Cannot ${action} over "${axis}": the tensor has axes ${describeShape(shape)}`,
      );
    }
  }
}

/** Throws unless every axis of `left` is on the right, with the same size. */
export function requireWithin(left: Shape, right: Shape, op: string): void {
  mergeShapes(left, right, op);
  for (const axis of axesOf(left)) {
    if (!(axis in right)) throw new RangeError(onOneSide(op, axis, "left"));
  }
}

/**
 * Requires that both sides have the same axes, in any order.
 *
 * @throws RangeError when an axis is missing on one side or has different sizes.
 *
 * @example
 * ```ts
 * import { requireSameAxes } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * requireSameAxes({ batch: 2, time: 5 }, { time: 5, batch: 2 }, "compare rows");
 * assert.throws(() => requireSameAxes({ time: 5 }, { answer: 5 }, "compare rows"), {
 *   message: 'Cannot compare rows: axis "time" is only on the left',
 * });
 * ```
 */
export function requireSameAxes(left: Shape, right: Shape, op: string): void {
  requireWithin(left, right, op);
  for (const axis of axesOf(right)) {
    if (!(axis in left)) throw new RangeError(onOneSide(op, axis, "right"));
  }
}

/** The axes of both sides; one side must have them all unless `outer` is set. */
export function broadcastShape(
  left: Shape,
  right: Shape,
  { op, outer = false }: { op: string; outer?: boolean | undefined },
): Shape {
  const merged = mergeShapes(left, right, op);
  const [onlyLeft] = axesOf(dropAxes(left, axesOf(right)));
  const [onlyRight] = axesOf(dropAxes(right, axesOf(left)));
  if (!outer && onlyLeft !== undefined && onlyRight !== undefined) {
    throw new RangeError(needsOuter(op, onlyLeft, onlyRight));
  }
  return merged;
}

/** Throws when `shape` already has one of `axes`. */
export function requireFree(shape: Shape, axes: readonly string[], op: string): void {
  for (const axis of axes) {
    if (axis in shape) throw new RangeError(sameName(op, axis));
  }
}

/** `axis` replaced by the axes of `into`. */
export function splitShape(shape: Shape, axis: string, into: Shape): Shape {
  requireAxes(shape, [axis], "split");
  const product = sizeOf(into);
  if (product !== UNKNOWN && shape[axis] !== UNKNOWN && product !== shape[axis]) {
    throw new RangeError(wrongProduct(axis, shape[axis], product));
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
    const found = `they are not neighbours in this order in ${describeShape(shape)}`;
    throw new RangeError(`Cannot merge ${axes.join(", ")}: ${found}`);
  }
  requireFree(dropAxes(shape, axes), [name], "merge");
  const size = sizeOf(keepAxes(shape, axes));
  return Object.fromEntries(
    Object.entries(shape).flatMap((entry) =>
      entry[0] === axes[0] ? [[name, size]] : axes.includes(entry[0]) ? [] : [entry]
    ),
  );
}

/**
 * The axes of a dot: shared ones first (batch), then those of the left, then those of the right.
 */
export function dotShape(a: Shape, b: Shape, axes: readonly string[]): Shape {
  for (const side of [a, b]) requireAxes(side, axes, "dot");
  const result = dropAxes(mergeShapes(a, b, "dot"), axes);
  const isShared = (axis: string) => axis in a && axis in b;
  const order = [...axesOf(result).filter(isShared), ...axesOf(result)];
  return keepAxes(result, order);
}
