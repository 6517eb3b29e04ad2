/** Graphs written as ONNX models. */
export { lower, type LoweredGraph, resultName } from "./lower.ts";
