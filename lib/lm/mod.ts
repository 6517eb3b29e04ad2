/** The language model: GPT-2, its heads, files, tokenizer, rows and the sampling distribution. */
export * from "./answers.ts";
export * from "./checkpoint.ts";
export { type Gpt2Config, innerWidth, parseGpt2Config } from "./config.ts";
export * from "./gpt2.ts";
export * from "./gpt2_blocks.ts";
export * from "./gpt2_parameters.ts";
export * from "./parameters.ts";
export * from "./policy_scorers.ts";
export * from "./row_groups.ts";
export * from "./rows.ts";
export * from "./rows_that_fit.ts";
export * from "./sampling.ts";
export * from "./sampling_row.ts";
export { makeTokenizer, type Tokenizer } from "./tokenizer.ts";
export * from "./tokenizer_files.ts";
export * from "./value_scorers.ts";
export { type Weight, weightShapes } from "./weights.ts";
