import * as ort from "onnxruntime-node";
import { lower } from "./onnx/mod.ts";
import { primitiveCases } from "../tests/helpers/primitive_cases.ts";
import { weightedLoss } from "../tests/helpers/check_grads.ts";
import { grad } from "./autodiff/mod.ts";
const [prim, title, mode] = Deno.args;
const use = (primitiveCases as any)[prim].find((u: any) => u.title === title);
const { result, inputs, feeds } = use.graph();
let outs: any = { result };
if (mode === "grad") {
  const w = weightedLoss(result, feeds);
  const names = Object.keys(inputs).filter((n) => inputs[n].dtype === "float32");
  grad(w.loss, names.map((n) => inputs[n])).forEach((g, i) => outs["d" + i] = g);
}
const { bytes } = lower(outs);
const opts: any = { executionProviders: JSON.parse(Deno.env.get("EP") ?? "[\"webgpu\"]"), logSeverityLevel: 0, logVerbosityLevel: 0, graphOptimizationLevel: Deno.env.get("LEVEL") ?? "all", extra: JSON.parse(Deno.env.get("EXTRA") ?? "{}") };
await ort.InferenceSession.create(bytes, opts);
