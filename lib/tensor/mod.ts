/** Graphs of primitives over tensors with named axes: building, printing and evaluating them. */
export {
  type Axes,
  axesOf,
  describeShape,
  dropAxes,
  type DType,
  type Merge,
  type Open,
  type PairsOf,
  type Shape,
  sizeOf,
  UNKNOWN,
  type Without,
} from "./shape.ts";
export { requireSameAxes } from "./shape_changes.ts";
export type * from "./fits.ts";
export type { Product } from "./size_arithmetic.ts";
export * from "./primitives.ts";
export * from "./tensor.ts";
export { apply } from "./apply.ts";
export { constant, input, iota, type Operand, type Scalar, scalar } from "./ops_leaves.ts";
export * from "./ops_unary.ts";
export * from "./ops_elementwise.ts";
export * from "./ops_conditions.ts";
export * from "./ops_reduce.ts";
export * from "./ops_axes.ts";
export * from "./ops_lookup.ts";
export * from "./ops_products.ts";
export { printGraph } from "./print.ts";
export * from "./evaluate.ts";
