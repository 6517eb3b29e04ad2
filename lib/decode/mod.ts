/** Generation with key-value caches: prompts in, sampled answers out. */
export * from "./generate.ts";
export type * from "./generator.ts";
export * from "./sample_answers.ts";
export { transposeParameters } from "./transposed_weights.ts";
