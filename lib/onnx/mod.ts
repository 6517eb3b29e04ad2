/** Writing graphs as ONNX models. */
export { type Lowering, plainLowering, type Target } from "./emitter.ts";
export { lower, type LoweredGraph, resultName } from "./lower.ts";
export {
  type ModelFile,
  modelFile,
  type ModelFileOptions,
  type PlacedWeight,
} from "./model_file.ts";
