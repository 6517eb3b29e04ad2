/**
 * The device that a setting asks for.
 *
 * `auto` and `-1` are the CPU (a hardware GPU cannot yet be told from a slow software one, so it is taken only when asked for);
 * `webgpu` insists; a number, the tutorial's way, means the GPU, and the CPU with a warning where there is none.
 */
import type { Device } from "./device.ts";
import { openDevice } from "./open_device.ts";

/**
 * Opens the device for a setting: `auto`, `cpu`, `webgpu` or a number. `threads` is for the CPU; default: all.
 *
 * @throws Error when the setting is `webgpu` and there is no adapter.
 */
export async function chooseDevice(
  setting: string,
  { warn = console.warn, ...options }: { warn?: (text: string) => void; threads?: number } = {},
): Promise<Device> {
  if (setting === "webgpu") return openDevice("webgpu");
  if (!/^\d+$/.test(setting)) return openDevice("cpu", options);
  try {
    return await openDevice("webgpu");
  } catch {
    warn(`No GPU for device ${setting}: using the CPU`);
    return openDevice("cpu", options);
  }
}
