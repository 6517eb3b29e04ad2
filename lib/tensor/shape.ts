/**
 * Shapes: an axis has a name and a size, and a shape is a record of them, in memory order.
 *
 * The same record is a value (what the graph builder checks) and a type (what the compiler checks).
 * `number` in the type, and `UNKNOWN` in the value, mean "not known before the program runs".
 */

/** Axis name -> size; the order of the keys is the order in memory. */
export type Shape = Readonly<Record<string, number>>;

/**
 * What a tensor holds. Token ids and positions are int32; conditions are bool. float16 is for storage: such values are moved, looked up
 * and cast, and nothing is computed with them.
 */
export type DType = "float32" | "float16" | "int32" | "bool";

/** The size of an axis that is only known when the program runs; in types it is `number`. */
export const UNKNOWN: number = -1;

/** A shape as a type in which sizes written as -1 are `number`, like every size that is not known yet. */
export type Open<S> = { [N in keyof S]: S[N] extends -1 ? number : S[N] };

/** Writes an intersection of records as one record, so that error messages stay short. */
export type Flat<T> = { [K in keyof T]: T[K] };

/** The axes of a broadcast result: those of both sides; a known size wins over `number`. */
export type Merge<A, B> = Flat<A & B>;

/** All axes of `A` but `K`. */
export type Without<A, K> = { [N in keyof A as N extends K ? never : N]: A[N] };

/** The names of the axes that both sides have with two different known sizes. */
export type Clash<A, B> = {
  [K in keyof A & keyof B]: number extends A[K] ? never
    : number extends B[K] ? never
    : A[K] extends B[K] ? never
    : K;
}[keyof A & keyof B];

/** `unknown` where the two shapes agree, else a sentence that the compiler shows on the argument. */
export type Fits<A, B> = [Clash<A, B>] extends [never] ? unknown
  : `axis "${Clash<A, B> & string}" has size ${
    & A[Clash<A, B> & keyof A]
    & number} on the left and ${
    & B[Clash<A, B> & keyof B]
    & number} on the right`;

/** `[batch, time, embed 768]`: how a shape is written in messages and printed graphs. */
export function describeShape(shape: Shape): string {
  const axes = Object.entries(shape).map(([name, size]) =>
    size === UNKNOWN ? name : `${name} ${size}`
  );
  return `[${axes.join(", ")}]`;
}

/** The axis names in memory order. */
export const axesOf = (shape: Shape): string[] => Object.keys(shape);

/**
 * Joins two shapes by name: the axes of `left` in its order, then those only `right` has.
 *
 * @throws RangeError when an axis has two different known sizes.
 */
export function mergeShapes(left: Shape, right: Shape, action: string): Shape {
  const merged: Record<string, number> = { ...left };
  for (const [name, size] of Object.entries(right)) {
    merged[name] = name in left ? commonSize(name, left[name], size, action) : size;
  }
  return merged;
}

/** The size that two sides of one axis agree on; throws a sentence naming both where they do not. */
export function commonSize(name: string, left: number, right: number, action: string): number {
  if (left === UNKNOWN) return right;
  if (right === UNKNOWN || left === right) return left;
  throw new RangeError(
    `Cannot ${action}: axis "${name}" has size ${left} on the left and ${right} on the right`,
  );
}

/** A shape without some of its axes. */
export function dropAxes(shape: Shape, axes: readonly string[]): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([name]) => !axes.includes(name)));
}

/** Throws a sentence unless `shape` has each of `axes`. */
export function requireAxes(shape: Shape, axes: readonly string[], action: string): void {
  for (const axis of axes) {
    if (!(axis in shape)) {
      throw new RangeError(
        `Cannot ${action} over "${axis}": the tensor has axes ${describeShape(shape)}`,
      );
    }
  }
}

/** Number of elements; `UNKNOWN` when any axis is unknown. */
export function sizeOf(shape: Shape): number {
  const sizes = Object.values(shape);
  return sizes.includes(UNKNOWN) ? UNKNOWN : sizes.reduce((product, size) => product * size, 1);
}

/** The same axes in the same order, of the same sizes where they are known. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  axesOf(a).join() === axesOf(b).join() &&
  axesOf(a).every((axis) => a[axis] === b[axis] || a[axis] === UNKNOWN || b[axis] === UNKNOWN);
