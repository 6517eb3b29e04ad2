/** What is to be computed: graphs of primitives over tensors with named axes. */
export * from "./shape.ts";
export * from "./primitives.ts";
export { type AnyTensor, apply, type NodeOf, type Tensor, topologicalOrder } from "./tensor.ts";
export { constant, input, iota, type Operand, type Scalar, scalar } from "./ops_leaves.ts";
export * from "./ops_elementwise.ts";
export * from "./ops.ts";
export { printGraph } from "./print.ts";
export * from "./evaluate.ts";
