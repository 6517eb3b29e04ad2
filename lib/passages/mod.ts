/** Data files: passages, questions, ranked lists. */
export type { DataFileOptions } from "./data_file.ts";
export { isJsonRow } from "./data_rows.ts";
export * from "./examples.ts";
export * from "./model_lengths.ts";
export { readNames } from "./passage_files.ts";
export type { AskedQuestion, QuestionedPassage } from "./passage_files.ts";
export * from "./ranking_lists.ts";
export * from "./renaming.ts";
export * from "./split_passages.ts";
