/**
 * The leaves of the trees that programs take and return: specs, tensors and arrays. For `flatten`
 * and `mapTree`.
 */
import type { AnyTensor, DType, Shape } from "../tensor/mod.ts";
import type { ArrayLike_, DeviceArray } from "./array.ts";

/** The axes (-1: any size) and the element type of a program's input. */
export interface Spec<S extends Shape = Shape, D extends DType = DType> {
  /** Axis name -> size, in memory order. */
  readonly shape: S;
  /** Element type. */
  readonly dtype: D;
}

function spec<S extends Shape, D extends DType>(shape: S, dtype: D): Spec<S, D> {
  return { shape, dtype };
}

/**
 * Describes a float32 input.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { float } from "ppo/runtime/mod.ts";
 *
 * const shape = { batch: -1, embed: 8 };
 * assert.deepEqual(float(shape), { shape, dtype: "float32" });
 * ```
 */
export const float = <const S extends Shape>(shape: S): Spec<S, "float32"> =>
  spec(shape, "float32");

/**
 * Describes a float16 input.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { half } from "ppo/runtime/mod.ts";
 *
 * assert.equal(half({ batch: -1 }).dtype, "float16");
 * ```
 */
export const half = <const S extends Shape>(shape: S): Spec<S, "float16"> => spec(shape, "float16");

/**
 * Describes an int32 input.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { int } from "ppo/runtime/mod.ts";
 *
 * assert.equal(int({ batch: -1 }).dtype, "int32");
 * ```
 */
export const int = <const S extends Shape>(shape: S): Spec<S, "int32"> => spec(shape, "int32");

/**
 * Describes a bool input.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { bool } from "ppo/runtime/mod.ts";
 *
 * assert.equal(bool({ batch: -1 }).dtype, "bool");
 * ```
 */
export const bool = <const S extends Shape>(shape: S): Spec<S, "bool"> => spec(shape, "bool");

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;

/**
 * Whether a value is the spec of an input.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { float, isSpec } from "ppo/runtime/mod.ts";
 *
 * assert.ok(isSpec(float({ time: -1 })));
 * ```
 */
export const isSpec = (value: unknown): value is Spec => isRecord(value) && "dtype" in value;

/**
 * Whether a value is a node of a graph.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isTensor } from "ppo/runtime/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 *
 * assert.ok(isTensor(input("x", { time: 3 })));
 * ```
 */
export const isTensor = (value: unknown): value is AnyTensor =>
  isRecord(value) && "primitive" in value;

/**
 * Whether a value is an array, on the host or on a device.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floats, isArray } from "ppo/runtime/mod.ts";
 *
 * assert.ok(isArray(floats([1, 2])));
 * ```
 */
export const isArray = (value: unknown): value is ArrayLike_ => isRecord(value) && "dims" in value;

/**
 * Whether a value is an array on a device.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floats, isDeviceArray, zeros } from "ppo/runtime/mod.ts";
 *
 * assert.ok(isDeviceArray(zeros([2])));
 * assert.ok(!isDeviceArray(floats([1, 2])));
 * ```
 */
export const isDeviceArray = (value: unknown): value is DeviceArray =>
  isArray(value) && "handle" in value;

/**
 * Whether a value is a float32 array on a device: parameters, moments, gradients.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isFloatArray, zeros } from "ppo/runtime/mod.ts";
 *
 * assert.ok(isFloatArray(zeros([2])));
 * assert.ok(!isFloatArray(zeros([2], "int32")));
 * ```
 */
export const isFloatArray = (value: unknown): value is DeviceArray<"float32"> =>
  isDeviceArray(value) && value.dtype === "float32";
