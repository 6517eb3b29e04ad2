/**
 * Opens devices: `openDevice("cpu")` or `openDevice("webgpu")`.
 *
 * Facts about the provider that shape them: a run is synchronous under its promise; `getData()` on a GPU tensor aborts the
 * process, so a download runs an Identity program; without `enableCpuMemArena: false` memory peaks at twice the size; each
 * session has threads of its own, which would spin for a while after a run and take the cores from the next session's (a PPO
 * timestep took 1.7 times as long); npm's binding copies every result, so the CPU device uses the library by itself
 * (`native_session.ts`) where it may.
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
  /** How a GPU's memory for intermediate results is used again; the first GPU that a process opens decides. Default: "buckets". */
  readonly buffers?: GpuBuffers;
}

/**
 * Opens a device.
 *
 * @throws Error when WebGPU is asked for and no adapter is found.
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
 * ONNX Runtime (on Linux and macOS since 1.29) keeps a number for this machine in the home folder and tells its maker of every
 * session, unless this variable is set before the first one. Nobody who runs a notebook has agreed to that; who wants it sets the
 * variable to 0.
 */
function disableTelemetry(): void {
  const name = "ORT_DISABLE_TELEMETRY";
  if (Deno.env.get(name) === undefined) Deno.env.set(name, "1");
}
