import type { AnyTensor } from "../../lib/tensor/mod.ts";

/** What it shows, the tensor, and the sizes and numbers it must have. */
export type Example = readonly [
  title: string,
  tensor: AnyTensor,
  dims: readonly number[],
  numbers: readonly number[],
];
