import { type Device, openDevice } from "../../lib/runtime/mod.ts";
import { testAgreement } from "../helpers/agree.ts";

/** A machine without a graphics adapter is no fault of ours. */
const device: Device | string = await openDevice("webgpu").catch((error: Error) => error.message);

/** WebGPU promises sin only to 2^-11 (WGSL specification, accuracy of built-in functions). */
const tolerance = (primitive: string): number => primitive === "sin" ? 2 ** -11 : 2e-5;

if (typeof device !== "string") testAgreement(device, { tolerance });
else Deno.test({ name: `agreement on webgpu: ${device}`, ignore: true, fn: () => {} });
