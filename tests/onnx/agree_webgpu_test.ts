import { testAgreement } from "../helpers/agree.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

/** WebGPU promises sin only to 2^-11 (WGSL specification, accuracy of built-in functions). */
const tolerance = (primitive: string): number => primitive === "sin" ? 2 ** -11 : 2e-5;

await onWebGpu("agreement", (device) => testAgreement(device, { tolerance }));
