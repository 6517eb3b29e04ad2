/**
 * Opens devices: `openDevice("cpu")` or `openDevice("webgpu")`.
 *
 * Facts about ONNX Runtime that determine how they are opened:
 * - A run is synchronous although it returns a promise.
 * - `getData()` on a GPU tensor aborts the process, so a download runs an Identity program.
 * - Without `enableCpuMemArena: false`, memory peaks at twice the size.
 * - Each session has its own threads, which would spin for a while after a run and take the cores
 *   from the next session's (a PPO timestep took 1.7 times as long).
 * - npm's binding copies every result, so the CPU device calls the library directly where it may
 *   (`native_session.ts`).
 */
import { findAdapter } from "./adapter.ts";
import type { Device, DeviceKind, OpenOptions } from "./device.ts";
import { gpuDevice, probe } from "./gpu_device.ts";
import { hostDevice } from "./host_device.ts";
import { keepLittleMemory } from "./host_memory.ts";

/**
 * Disables telemetry. ONNX Runtime (on Linux and macOS since 1.29) stores a number for this
 * machine in the home folder and reports every session to its maker, unless this variable is set
 * before the first one. Nobody who runs a notebook has agreed to that. To allow it, set the
 * variable to 0.
 */
const NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

/**
 * Opens a device.
 *
 * @throws {Error} if the kind is "webgpu" and no adapter is found.
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { floats, openDevice } from "ppo/runtime/mod.ts";
 *
 * const device = await openDevice("cpu", { threads: 1 });
 * const array = await device.upload(floats([1, 2]));
 * assert.deepEqual([...await device.read(array)], [1, 2]);
 * ```
 */
export async function openDevice(
  kind: DeviceKind,
  { threads = navigator.hardwareConcurrency, buffers = "buckets" }: OpenOptions = {},
): Promise<Device> {
  if (Deno.env.get(NO_TELEMETRY) === undefined) Deno.env.set(NO_TELEMETRY, "1");
  keepLittleMemory();
  if (kind === "cpu") return hostDevice(threads);
  const device = gpuDevice({ threads, buffers }, await findAdapter());
  await probe(device);
  return device;
}
