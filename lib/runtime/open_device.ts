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
import type { Device, DeviceKind } from "./device.ts";
import { type GpuBuffers, gpuDevice, probe } from "./gpu_device.ts";
import { hostDevice } from "./host_device.ts";
import { keepLittleMemory } from "./host_memory.ts";

/** How to open a device. */
export interface OpenOptions {
  /** Threads of the CPU; default: all. */
  readonly threads?: number;
  /**
   * How a GPU's memory for intermediate results is reused; the first GPU that a process opens
   * decides. Default: "buckets".
   */
  readonly buffers?: GpuBuffers;
}

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
  disableTelemetry();
  keepLittleMemory();
  if (kind === "cpu") return hostDevice(threads);
  const device = gpuDevice({ threads, buffers }, await findAdapter());
  await probe(device);
  return device;
}

/**
 * Disables telemetry. ONNX Runtime (on Linux and macOS since 1.29) stores a number for this
 * machine in the home folder and reports every session to its maker, unless this variable is set
 * before the first one. Nobody who runs a notebook has agreed to that. To allow it, set the
 * variable to 0.
 */
function disableTelemetry(): void {
  const name = "ORT_DISABLE_TELEMETRY";
  if (Deno.env.get(name) === undefined) Deno.env.set(name, "1");
}
