/** Generation with key-value caches: prompts in, sampled answers out. */
export type { Answer } from "./decoding_state.ts";
export * from "./generate.ts";
export * from "./generator.ts";
export * from "./sample_answers.ts";
export { turnParameters } from "./turned_weights.ts";
