/** Results of a program in host memory. */
import type { DeviceArray } from "./array.ts";
import type { Device } from "./device.ts";

/**
 * Reads float32 arrays by name, as copies.
 *
 * @example
 * ```ts
 * import { floats, openDevice, readFloats } from "ppo/runtime/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 * const device = await openDevice("cpu");
 * const { loss } = await readFloats(device, { loss: await device.upload(floats([0.5])) });
 * deepEqual([...loss], [0.5]);
 * ```
 */
export async function readFloats<T extends Readonly<Record<string, DeviceArray<"float32">>>>(
  device: Device,
  arrays: T,
): Promise<{ readonly [K in keyof T]: Float32Array }> {
  const read: Record<string, Float32Array> = {};
  for (const [name, array] of Object.entries(arrays)) {
    read[name] = (await device.read(array)).slice();
  }
  return read as { readonly [K in keyof T]: Float32Array }; // the same names
}
