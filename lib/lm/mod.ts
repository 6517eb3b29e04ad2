/** The language model: GPT-2, its heads, files, tokenizer, sampling and generation. */
export * from "./config.ts";
export * from "./checkpoint.ts";
export { type Weight, weightShapes } from "./weights.ts";
export { makeTokenizer, type Tokenizer } from "./tokenizer.ts";
export { loadTokenizer } from "./tokenizer_files.ts";
export * from "./gpt2.ts";
export * from "./rows.ts";
export * from "./row_groups.ts";
export * from "./sampling.ts";
export * from "./sampling_row.ts";
export type { Answer } from "./decoding_state.ts";
export * from "./generate.ts";
export * from "./generator.ts";
export {
  columnsSpec,
  createLossProgram,
  type HostResults,
  type LossDefinition,
  type LossProgram,
  type LossProgramOptions,
  type LossResults,
  type RowFeeds,
} from "./loss_program.ts";
export * from "./parameters.ts";
export * from "./stored_parameters.ts";
export * from "./onnx_model.ts";
export * from "./transformers_folders.ts";
export { turnParameters } from "./turned_weights.ts";
export { type PassShape, rowsThatFit } from "./rows_that_fit.ts";
