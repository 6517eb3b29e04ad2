/** Data files: passages, questions, ranked lists. */
export * from "./examples.ts";
export * from "./model_lengths.ts";
export {
  type AskedQuestion,
  formatOf,
  type PassageFormat,
  type QuestionedPassage,
  readNames,
} from "./passage_files.ts";
export * from "./ranking_lists.ts";
export * from "./renaming.ts";
export * from "./split_passages.ts";
