/** Arrays that are made and freed together. */
import { type DeviceArray, elements, type HostArray } from "./array.ts";
import type { Device } from "./device.ts";
import { zeros } from "./ort_arrays.ts";

/** Arrays and the way to free them all. */
export interface JoinedArrays {
  /** Zeros of the wanted dimensions, in their order. */
  readonly arrays: readonly DeviceArray<"float32">[];
  /** Frees them; they must not be used again. */
  free(): void;
}

/** Floats in 64 bytes: each array starts at such a place, as vector registers like it. */
const LINE = 16;

/**
 * Zeros of several dimensions. On the CPU they lie in one piece of memory, which is on large pages where no single one would be; on a
 * GPU each is an array of its own.
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
  const views = dimensions.map((dims): HostArray<"float32"> => {
    const view = { dims, data: data.subarray(start, start + elements(dims)) };
    start += room(dims);
    return view;
  });
  const arrays = await Promise.all(views.map((view) => device.upload(view)));
  return { arrays, free: () => device.free(whole) };
}
