/**
 * Shapes: an axis has a name and a size, and a shape is a record of them, in memory order.
 *
 * The same record is a value (what the graph builder checks) and a type (what the compiler checks).
 * `number` in the type, and `UNKNOWN` in the value, mean "not known before the program runs".
 */

/** Axis name -> size. The order of the keys is the order in memory. */
export type Shape = Readonly<Record<string, number>>;

/**
 * The element type of a tensor. Token ids and positions are int32, and conditions are bool. float16
 * is only for storage: such values can be moved, looked up and cast, but not used in arithmetic.
 */
export type DType = "float32" | "float16" | "int32" | "bool";

/** A shape and an element type: what shape rules read from a tensor, and what they return. */
export interface Typed<S extends Shape = Shape, D extends DType = DType> {
  /** Axis name -> size, in memory order. */
  readonly shape: S;
  /** Element type. */
  readonly dtype: D;
}

/** The size of an axis that is only known when the program runs. In types it is `number`. */
export const UNKNOWN: number = -1;

/**
 * The type of a shape in which a size of -1 becomes `number`, like every size that is not known
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
 * The text of a shape in messages and printed graphs. Unknown sizes are omitted.
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

/**
 * A shape with only some of its axes, in the order in which they are named.
 *
 * @example
 * ```ts
 * import { keepAxes } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(keepAxes({ time: 5, embed: 768 }, ["embed"]), { embed: 768 });
 * ```
 */
export const keepAxes = (shape: Shape, axes: readonly string[]): Shape =>
  Object.fromEntries(axes.map((axis) => [axis, shape[axis]]));

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
