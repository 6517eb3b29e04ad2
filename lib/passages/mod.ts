/** Data files: passages, questions, ranked lists. */
export * from "./examples.ts";
export * from "./model_lengths.ts";
export { formatOf, readNames } from "./passage_files.ts";
export type { AskedQuestion, PassageFormat, QuestionedPassage } from "./passage_files.ts";
export * from "./ranking_lists.ts";
export * from "./renaming.ts";
export * from "./split_passages.ts";
