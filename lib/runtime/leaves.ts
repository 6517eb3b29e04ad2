/** What the leaves of the trees are: specs, tensors, arrays. For `flatten` and `mapTree`. */
import type { AnyTensor } from "../tensor/mod.ts";
import type { ArrayLike_, DeviceArray } from "./array.ts";
import type { Spec } from "./jit.ts";

const isRecord = (value: unknown): value is object => typeof value === "object" && value !== null;

/** What an input will be. */
export const isSpec = (value: unknown): value is Spec => isRecord(value) && "dtype" in value;

/** A node of a graph. */
export const isTensor = (value: unknown): value is AnyTensor =>
  isRecord(value) && "primitive" in value;

/** Numbers, on the host or on a device. */
export const isArray = (value: unknown): value is ArrayLike_ => isRecord(value) && "dims" in value;

/** Numbers on a device. */
export const isDeviceArray = (value: unknown): value is DeviceArray =>
  isArray(value) && "handle" in value;

/** Float32 numbers on a device: parameters, moments, gradients. */
export const isFloatArray = (value: unknown): value is DeviceArray<"float32"> =>
  isDeviceArray(value) && value.dtype === "float32";
