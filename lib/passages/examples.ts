/**
 * What the stages take from data files, and their token rows: questions about passages, passages
 * alone, and ranked lists of answers.
 *
 *   prompt = [CLS] passage [SEP]        answer = question [SEP]
 *
 * A long passage is cut to `max_len - query_len - 3` tokens, as in the tutorial. That leaves room
 * for the three special tokens and the longest answer. `data_file.ts` reads files of any format.
 */
import type { RankedAnswer } from "../corpus/mod.ts";
import type { PromptAndAnswer, Tokenizer, TokenRow } from "../lm/mod.ts";
import { say } from "../text/mod.ts";
import { type DataFileOptions, holdsLists, readDataFile, takeFrom } from "./data_file.ts";
import type { FoundPassage } from "./found_row.ts";
import type { QuestionedPassage } from "./passage_files.ts";

/** A question about a passage. */
export interface Example {
  /** The passage. */
  readonly content: string;
  /** The question. */
  readonly query: string;
}

/** One answer of a ranked list, with the tutorial's field names. */
export type RankedText = Readonly<RankedAnswer>;

/** The maximum lengths of texts, in tokens. */
export interface Lengths {
  /** The whole row. */
  readonly maxLen: number;
  /** The answer without its [SEP]. */
  readonly queryLen: number;
}

/**
 * Reads the questions of a file in any format that has questions.
 *
 * @throws {Error} If the file cannot be read, holds no question, or has too many rows that cannot
 * be used (with line and reason).
 */
export async function readExamples(path: string, options?: DataFileOptions): Promise<Example[]> {
  const passages = takeFrom(await readDataFile(path), "questions", options);
  return passages.flatMap(({ content, questions }) =>
    questions.map(({ text }) => ({ content, query: text }))
  );
}

/**
 * Reads the passages of a file in any format, in its order and with repetitions.
 *
 * @throws {Error} If the file cannot be read, holds no passage, or has too many rows that cannot be
 * used (with line and reason).
 */
export async function readTexts(path: string, options?: DataFileOptions): Promise<string[]> {
  return takeFrom(await readDataFile(path), "passages", options).map(({ content }) => content);
}

/**
 * Reads the distinct passages of a file in any format, in its order. PPO uses each once.
 *
 * @throws {Error} See `readTexts`.
 */
export const readPassages = async (path: string, options?: DataFileOptions): Promise<string[]> => [
  ...new Set(await readTexts(path, options)),
];

/**
 * Reads the passages of a file with their questions. A passage without a question is skipped, and a
 * passage that occurs several times is returned once, with all of its questions. Only CMRC-2018
 * files have answers.
 *
 * @throws {Error} See `readExamples`.
 */
export const readQuestionedPassages = async (
  path: string,
  options?: DataFileOptions,
): Promise<QuestionedPassage[]> =>
  questionedPassages(takeFrom(await readDataFile(path), "questions", options));

const questionedPassages = (found: readonly FoundPassage[]): QuestionedPassage[] =>
  [...Map.groupBy(found, ({ content }) => content).values()].map((same) => ({
    name: same[0].title ?? same[0].content,
    content: same[0].content,
    questions: same.flatMap(({ questions }) => questions),
  }));

/**
 * Reads the ranked lists of a file, best answer first, of two answers or more each. A preference
 * pair is a list of two. An answer may be empty.
 *
 * @throws {Error} If the file cannot be read, holds no list, or has too many rows that cannot be
 * used (with line and reason).
 */
export const readRankedLists = async (
  path: string,
  options?: DataFileOptions,
): Promise<RankedText[][]> =>
  rankedTexts(takeFrom(await readDataFile(path), "ranked lists", options));

const rankedTexts = (found: readonly FoundPassage[]): RankedText[][] =>
  found.flatMap(({ content, lists }) =>
    lists.map((answers) => answers.map((answer) => ({ prompt: content, answer })))
  );

/**
 * The lists in which at least two answers have different tokens, so that they can be compared.
 * Answers may differ only after `queryLen` tokens, or in characters that are all [UNK].
 */
export const comparableLists = (
  tokenizer: Tokenizer,
  lists: readonly RankedText[][],
  lengths: Lengths,
): RankedText[][] =>
  lists.filter((list) =>
    new Set(list.map(({ answer }) => answerRow(tokenizer, answer, lengths).join())).size > 1
  );

/** What the reward stage makes its lists from. */
export type RewardData =
  | { readonly lists: RankedText[][]; readonly passages?: undefined }
  | { readonly lists?: undefined; readonly passages: QuestionedPassage[] };

/**
 * Reads the ranked lists of a file, or its questions if it has no list.
 *
 * @throws {Error} See `readRankedLists` and `readExamples`.
 */
export async function readRewardData(
  path: string,
  options?: DataFileOptions,
): Promise<RewardData> {
  const file = await readDataFile(path);
  return holdsLists(file)
    ? { lists: rankedTexts(takeFrom(file, "ranked lists", options)) }
    : { passages: questionedPassages(takeFrom(file, "questions", options)) };
}

/**
 * Encodes `[CLS] passage [SEP]`, with the passage cut to `maxLen - queryLen - 3` tokens.
 *
 * @throws {RangeError} If that leaves no token for the passage.
 */
export function promptRow(
  tokenizer: Tokenizer,
  content: string,
  { maxLen, queryLen }: Lengths,
): TokenRow {
  const room = maxLen - queryLen - 3;
  if (room < 1) {
    throw new RangeError(say({
      en: "Cannot make a prompt: " +
        `max_len ${maxLen} and query_len ${queryLen} leave ${room} tokens for the passage`,
      zh: `无法组成提示：max_len ${maxLen} 和 query_len ${queryLen} 只给短文留下 ${room} 个词元`,
    }));
  }
  return [tokenizer.clsId, ...tokenizer.encode(content).slice(0, room), tokenizer.sepId];
}

/** Encodes the question and the end token ([SEP]); the question is cut to `queryLen` tokens. */
export const answerRow = (tokenizer: Tokenizer, query: string, { queryLen }: Lengths): TokenRow => [
  ...tokenizer.encode(query).slice(0, queryLen),
  tokenizer.endId,
];

/** Encodes the prompt and the answer of an example, together at most `maxLen` tokens. */
export const exampleRows = (
  tokenizer: Tokenizer,
  { content, query }: Example,
  lengths: Lengths,
): PromptAndAnswer => ({
  prompt: promptRow(tokenizer, content, lengths),
  answer: answerRow(tokenizer, query, lengths),
});
