/** Values: typed numbers with dimensions, on the host or on a device. */
import type { DType } from "../tensor/mod.ts";

/** The host's storage for each element type. */
export interface Storage {
  /** 32-bit floats. */
  float32: Float32Array<ArrayBuffer>;
  /** 16-bit floats, for storage. */
  float16: Float16Array<ArrayBuffer>;
  /** 32-bit whole numbers. */
  int32: Int32Array<ArrayBuffer>;
  /** One byte for each value, 0 or 1. */
  bool: Uint8Array<ArrayBuffer>;
}

/** Numbers in the host's memory, in row-major order. */
export interface HostArray<D extends DType = DType> {
  /** Sizes of the axes, outermost first. */
  readonly dims: readonly number[];
  /** Values in row-major order. */
  readonly data: Storage[D];
}

/** Numbers in a device's memory. Only `lib/runtime` reads `handle`. */
export interface DeviceArray<D extends DType = DType> {
  /** Sizes of the axes, outermost first. */
  readonly dims: readonly number[];
  /** Element type. */
  readonly dtype: D;
  /** The device's own object. */
  readonly handle: object;
}

/** Either of both; a program accepts both and uploads host arrays itself. */
export type ArrayLike_<D extends DType = DType> = HostArray<D> | DeviceArray<D>;

function checked<D extends DType>(
  data: Storage[D],
  dims: readonly number[] = [data.length],
): HostArray<D> {
  const needed = elements(dims);
  if (needed === data.length) return { dims, data };
  const found = `${data.length} values, and ${needed} are needed`;
  throw new RangeError(`Cannot make an array of dimensions [${dims}] from ${found}`);
}

/**
 * Makes a float32 host array. Default dimensions: one axis.
 *
 * @throws {RangeError} if the dimensions do not match the number of values.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floats } from "ppo/runtime/mod.ts";
 *
 * const { dims, data } = floats([1, 2, 3, 4], [2, 2]);
 * assert.deepEqual([dims, data], [[2, 2], Float32Array.of(1, 2, 3, 4)]);
 * ```
 */
export const floats = (values: ArrayLike<number>, dims?: readonly number[]): HostArray<"float32"> =>
  checked(Float32Array.from(values), dims);

/**
 * Makes a float16 host array. Each value is rounded to the nearest 16-bit float; values beyond
 * 65,504 become infinite.
 *
 * @throws {RangeError} if the dimensions do not match the number of values.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { halves } from "ppo/runtime/mod.ts";
 *
 * assert.deepEqual([...halves([0.1, 1e5]).data], [0.0999755859375, Infinity]);
 * ```
 */
export const halves = (values: ArrayLike<number>, dims?: readonly number[]): HostArray<"float16"> =>
  checked(Float16Array.from(values), dims);

/**
 * Makes an int32 host array.
 *
 * @throws {RangeError} if the dimensions do not match the number of values.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ints } from "ppo/runtime/mod.ts";
 *
 * assert.deepEqual(ints([7, 8]).dims, [2]);
 * assert.throws(() => ints([7, 8], [3]), RangeError);
 * ```
 */
export const ints = (values: ArrayLike<number>, dims?: readonly number[]): HostArray<"int32"> =>
  checked(Int32Array.from(values), dims);

/**
 * Makes a bool host array from zeros and ones.
 *
 * @throws {RangeError} if the dimensions do not match the number of values.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bools } from "ppo/runtime/mod.ts";
 *
 * assert.deepEqual(bools([1, 0]).data, Uint8Array.of(1, 0));
 * ```
 */
export const bools = (values: ArrayLike<number>, dims?: readonly number[]): HostArray<"bool"> =>
  checked(Uint8Array.from(values), dims);

/**
 * Makes a float32 host array without axes that holds one number.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { number } from "ppo/runtime/mod.ts";
 *
 * assert.deepEqual(number(0.5), { dims: [], data: Float32Array.of(0.5) });
 * ```
 */
export const number = (value: number): HostArray<"float32"> => floats([value], []);

/**
 * Returns the element type of the host's numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { typeOf } from "ppo/runtime/mod.ts";
 *
 * assert.equal(typeOf(new Int32Array(3)), "int32");
 * ```
 */
export function typeOf(data: Storage[DType]): DType {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float16Array) return "float16";
  return data instanceof Int32Array ? "int32" : "bool";
}

/**
 * Returns the number of elements of an array with these dimensions.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { elements } from "ppo/runtime/mod.ts";
 *
 * assert.equal(elements([2, 3]), 6);
 * assert.equal(elements([]), 1);
 * ```
 */
export const elements = (dims: readonly number[]): number =>
  dims.reduce((product, size) => product * size, 1);
