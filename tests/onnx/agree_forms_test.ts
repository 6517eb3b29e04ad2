/** The forms that primitives take for GPUs, attention and sums in pieces among them, on the CPU: they are what was meant wherever they run. */
import { type Device, openDevice } from "../../lib/runtime/mod.ts";
import { testAgreement } from "../helpers/agree.ts";

const cpu = await openDevice("cpu");
const asForGpu: Device = {
  ...cpu,
  lowering: () => Promise.resolve({ target: "webgpu", attentionInParts: true, bindingBytes: 100 }),
};

testAgreement(asForGpu, { tolerance: () => 1e-5, name: "the CPU in a GPU's forms" });
