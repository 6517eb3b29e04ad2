/** Arrays that are made and freed together. */
import { type DeviceArray, elements, type HostArray } from "./array.ts";
import type { Device } from "./device.ts";
import { zeros } from "./ort_arrays.ts";

/** Arrays, and a function that frees all of them. */
export interface JoinedArrays {
  /** Zeros with the given dimensions, in their order. */
  readonly arrays: readonly DeviceArray<"float32">[];
  /** Frees them; they must not be used again. */
  free(): void;
}

/** Floats in 64 bytes. Each array starts at a multiple, which suits vector registers. */
const LINE = 16;

/**
 * Makes several arrays of zeros. On the CPU they share one block of memory, which is on large
 * pages even if no single array is large enough for them. On a GPU each array has its own buffer.
 *
 * @example
 * ```ts
 * import { joinedZeros, openDevice } from "ppo/runtime/mod.ts";
 * import assert from "node:assert/strict";
 * const { arrays: [a, b], free } = await joinedZeros(await openDevice("cpu"), [[2, 3], [4]]);
 * assert.deepEqual([a.dims, b.dims], [[2, 3], [4]]);
 * free();
 * ```
 */
export async function joinedZeros(
  device: Device,
  dimensions: readonly (readonly number[])[],
): Promise<JoinedArrays> {
  if (device.kind !== "cpu") {
    const arrays = await Promise.all(dimensions.map((dims) => device.upload(zeros(dims))));
    return { arrays, free: () => arrays.forEach((array) => device.free(array)) };
  }
  const room = (dims: readonly number[]) => Math.ceil(elements(dims) / LINE) * LINE;
  const whole = zeros([dimensions.reduce((total, dims) => total + room(dims), 0)]);
  const data = await device.read(whole);
  let start = 0;
  const arrays = await Promise.all(dimensions.map((dims) => {
    const view: HostArray<"float32"> = { dims, data: data.subarray(start, start + elements(dims)) };
    start += room(dims);
    return device.upload(view);
  }));
  return { arrays, free: () => device.free(whole) };
}
