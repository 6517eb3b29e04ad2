/** Tests on WebGPU: skipped with the reason where no adapter is found, a failure there when REQUIRE_WEBGPU=1. */
import { type Device, openDevice } from "../../lib/runtime/mod.ts";

/** Calls `define` with the GPU, or defines one test that is ignored (or fails) with the reason. */
export async function onWebGpu(name: string, define: (device: Device) => void): Promise<void> {
  const device: Device | Error = await openDevice("webgpu").catch((error: Error) => error);
  if (!(device instanceof Error)) return define(device);
  const required = Deno.env.get("REQUIRE_WEBGPU") === "1";
  const fn = () => {
    throw device;
  };
  Deno.test({ name: `${name} on WebGPU: ${device.message.split("\n")[0]}`, ignore: !required, fn });
}
