/**
 * Layout: brings the axes of a value into the order and grouping that an ONNX operator needs.
 *
 * Shapes with unknown sizes are written with Reshape's 0 (copy this dimension) and -1 (the
 * remaining elements). This keeps shape arithmetic, whose nodes have no GPU kernel, out of the
 * graph.
 */
import { axesOf, type DType, type Shape, UNKNOWN } from "../tensor/mod.ts";
import { elementType, type Emitter } from "./emitter.ts";

/** A named value of the ONNX graph with its axes in memory order. */
export interface Value {
  readonly name: string;
  readonly shape: Shape;
  readonly dtype: DType;
  /**
   * The float16 value that it is a cast of. Moving and looking up are done on that one, in half the
   * memory, and cast afterwards.
   */
  readonly stored?: string;
}

/** A float16 value in float32. */
export const toFloat32 = (emitter: Emitter, name: string): string =>
  emitter.emit("Cast", [name], { attributes: { to: elementType.float32 } });

/** `value` with its axes in `order`. */
export function ordered(emitter: Emitter, value: Value, order: readonly string[]): Value {
  const axes = axesOf(value.shape);
  if (axes.join() === order.join()) return value;
  return {
    name: transposed(emitter, value, order.map((axis) => axes.indexOf(axis))),
    shape: Object.fromEntries(order.map((axis) => [axis, value.shape[axis]])),
    dtype: value.dtype,
  };
}

/** Bools are transposed as integers, because WebGPU has no kernel that transposes bools. */
function transposed(
  emitter: Emitter,
  { name, dtype, stored }: Value,
  perm: readonly number[],
): string {
  const transpose = (value: string) => emitter.emit("Transpose", [value], { attributes: { perm } });
  if (stored !== undefined) return toFloat32(emitter, transpose(stored));
  if (dtype !== "bool") return transpose(name);
  const numbers = emitter.emit("Cast", [name], { attributes: { to: elementType.int32 } });
  return emitter.emit("Cast", [transpose(numbers)], { attributes: { to: elementType.bool } });
}

/**
 * `value` in the axis order of `target`, with a dimension of 1 for each axis it lacks, so that ONNX
 * broadcasts it.
 */
export function aligned(emitter: Emitter, value: Value, target: Shape): string {
  const axes = axesOf(target);
  const { name } = ordered(emitter, value, axes.filter((axis) => axis in value.shape));
  const first = axes.findIndex((axis) => axis in value.shape);
  const missing = axes.flatMap((axis, index) =>
    axis in value.shape || index < first ? [] : [index - first]
  );
  if (first < 0 || missing.length === 0) return name;
  return emitter.emit("Unsqueeze", [name, emitter.constant(missing, [missing.length], "int64")]);
}

/** Reshape with 0 and -1 where sizes are unknown. */
export function reshaped(emitter: Emitter, value: Value, target: Shape): Value {
  const before = Object.entries(value.shape);
  const dims = Object.entries(target).map(([axis, size], index) => {
    if (size !== UNKNOWN) return size;
    return before[index]?.[0] === axis && before[index][1] === UNKNOWN ? 0 : -1;
  });
  if (dims.filter((size) => size === -1).length > 1) {
    throw new RangeError(
      `Cannot reshape: more than one of the axes ${axesOf(target).join(", ")} is unknown and moves`,
    );
  }
  return {
    name: emitter.emit("Reshape", [value.name, emitter.constant(dims, [dims.length], "int64")]),
    shape: target,
    dtype: value.dtype,
  };
}

/**
 * Merges neighbouring axes group by group. A group of one axis keeps its name, and others are named
 * "a x b".
 */
export function grouped(
  emitter: Emitter,
  value: Value,
  groups: readonly (readonly string[])[],
): Value {
  const sorted = ordered(emitter, value, groups.flat());
  if (groups.every((group) => group.length === 1)) return sorted;
  const entries = groups.map((group): [string, number] => {
    const sizes = group.map((axis) => value.shape[axis]);
    const size = sizes.includes(UNKNOWN) ? UNKNOWN : sizes.reduce((a, b) => a * b, 1);
    return [group.join(" x ") || "one", size];
  });
  return reshaped(emitter, sorted, Object.fromEntries(entries));
}
