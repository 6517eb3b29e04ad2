import { testAgreement } from "../helpers/agree.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

await onWebGpu("agreement", (device) => testAgreement(device, { tolerance: () => 2e-5 }));
