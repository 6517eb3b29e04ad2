/** Where a benchmark's own side computes: `--device cpu` or `--device webgpu`. */
import type { DeviceKind } from "../lib/runtime/mod.ts";

/** @throws RangeError when it is neither. */
export function deviceKind(text: string): DeviceKind {
  if (text === "cpu" || text === "webgpu") return text;
  throw new RangeError(`Cannot measure on "${text}": cpu and webgpu can be measured`);
}
