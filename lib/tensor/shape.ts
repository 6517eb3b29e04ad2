/**
 * Shapes: an axis has a name and a size, and a shape is a record of them, in memory order.
 *
 * The same record is a value (what the graph builder checks) and a type (what the compiler checks).
 * `number` in the type, and `UNKNOWN` in the value, mean "not known before the program runs".
 */
import { sizesDiffer } from "./sentences.ts";

/** Axis name -> size. The order of the keys is the order in memory. */
export type Shape = Readonly<Record<string, number>>;

/**
 * The element type of a tensor. Token ids and positions are int32, and conditions are bool. float16
 * is only for storage: such values are moved, looked up and cast, but not computed with.
 */
export type DType = "float32" | "float16" | "int32" | "bool";

/** The size of an axis that is only known when the program runs. In types it is `number`. */
export const UNKNOWN: number = -1;

/**
 * A shape as a type in which sizes written as -1 are `number`, like every size that is not known
 * yet.
 */
export type Open<S> = { [N in keyof S]: S[N] extends -1 ? number : S[N] };

/**
 * A shape from pairs of an axis name and a size.
 *
 * The type of every result is written this way, because pairs do not refer to the operands' types.
 * Otherwise a graph of n ops would have a type that is nested n times, and the compiler gives up
 * after a few dozen.
 */
export type Axes<Pair extends readonly [PropertyKey, number]> = {
  readonly [K in Pair[0] & string]: Extract<Pair, readonly [K, number]>[1];
};

/** The pairs of a shape. */
export type PairsOf<S extends Shape> = { [K in keyof S]: readonly [K, S[K]] }[keyof S];

/**
 * The axes of a broadcast result, which are those of both sides. A known size takes precedence over
 * `number`.
 */
export type Merge<A extends Shape, B extends Shape> = Axes<
  | Exclude<PairsOf<A>, readonly [keyof B, number]>
  | Exclude<PairsOf<B>, readonly [keyof A, number]>
  | { [K in keyof A & keyof B]: readonly [K, A[K] & B[K]] }[keyof A & keyof B]
>;

/** All axes of `A` but `K`. */
export type Without<A extends Shape, K> = Axes<Exclude<PairsOf<A>, readonly [K, number]>>;

/**
 * A shape as it is written in messages and printed graphs. Unknown sizes are left out.
 *
 * @example
 * ```ts
 * import { describeShape, UNKNOWN } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.equal(describeShape({ batch: UNKNOWN, embed: 768 }), "[batch, embed 768]");
 * ```
 */
export function describeShape(shape: Shape): string {
  const axes = Object.entries(shape).map(([name, size]) =>
    size === UNKNOWN ? name : `${name} ${size}`
  );
  return `[${axes.join(", ")}]`;
}

/**
 * The names of the axes in memory order.
 *
 * @example
 * ```ts
 * import { axesOf } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(axesOf({ time: 5, embed: 768 }), ["time", "embed"]);
 * ```
 */
export const axesOf = (shape: Shape): string[] => Object.keys(shape);

/**
 * Joins two shapes by name: the axes of `left` in its order, then those only `right` has.
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

/**
 * A shape without some of its axes.
 *
 * @example
 * ```ts
 * import { dropAxes } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(dropAxes({ time: 5, embed: 768 }, ["time"]), { embed: 768 });
 * ```
 */
export function dropAxes(shape: Shape, axes: readonly string[]): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !axes.includes(name)));
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

/**
 * The number of elements, or `UNKNOWN` when the size of an axis is unknown.
 *
 * @example
 * ```ts
 * import { sizeOf, UNKNOWN } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.equal(sizeOf({ time: 5, embed: 768 }), 5 * 768);
 * assert.equal(sizeOf({ batch: UNKNOWN, time: 5 }), UNKNOWN);
 * ```
 */
export function sizeOf(shape: Shape): number {
  const sizes = Object.values(shape);
  return sizes.includes(UNKNOWN) ? UNKNOWN : sizes.reduce((product, size) => product * size, 1);
}
