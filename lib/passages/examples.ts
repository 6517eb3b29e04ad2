/**
 * Turns data files into token rows: questions about passages, as JSON lines or CMRC-2018 JSON, and
 * ranked lists of answers.
 *
 *   prompt = [CLS] passage [SEP]        answer = question [SEP]
 *
 * A long passage is cut to `max_len - query_len - 3` tokens, as in the tutorial. That leaves room
 * for the three special tokens and the longest answer. `passage_files.ts` detects the format of a
 * file.
 */
import type { RankedAnswer } from "../corpus/mod.ts";
import { isRecord, readJsonLines, readJsonValues, readLines } from "../files/mod.ts";
import type { PromptAndAnswer, Tokenizer, TokenRow } from "../lm/mod.ts";
import { cmrcPassages, formatOf, type QuestionedPassage, readParagraphs } from "./passage_files.ts";

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
 * Reads the questions of a file: JSON lines with `content` and `query`, or CMRC-2018 JSON.
 *
 * @throws {Error} If something is missing or empty (with file and line), or the file holds no
 * question.
 */
export async function readExamples(path: string): Promise<Example[]> {
  const examples = (await foundPassages(path)).flatMap(({ content, questions }) =>
    questions.map(({ text }) => ({ content, query: text }))
  );
  return someOf(examples, { path, what: "questions" });
}

/**
 * Reads the distinct passages of a file, in its order. PPO uses each once. The file holds JSON
 * lines with `content`, or CMRC-2018 JSON.
 *
 * @throws {Error} If something is missing or empty (with file and line), or the file holds no
 * passage.
 */
export async function readPassages(path: string): Promise<string[]> {
  const passages = await formatOf(path) === "cmrc"
    ? await readParagraphs(path)
    : await Array.fromAsync(readJsonLines(path, { strings: ["content"], filled: true }));
  const distinct = new Set(passages.map(({ content }) => content));
  return someOf([...distinct], { path, what: "passages" });
}

/**
 * Reads the passages of a file, in its order and with repetitions. Besides the formats of
 * `readPassages` the file may be plain text with one passage per line. Blank lines are skipped.
 *
 * @throws {Error} If something is missing or empty (with file and line), or the file holds no
 * passage.
 */
export async function readTexts(path: string): Promise<string[]> {
  if (await formatOf(path) !== "text") return await readPassages(path);
  const lines = await Array.fromAsync(readLines(path), ({ text }) => text.trim());
  return lines.filter((line) => line !== "");
}

/**
 * Reads the passages of a file with their questions. A passage without a question is skipped, and a
 * passage that occurs several times is returned once, with all of its questions. Only CMRC-2018
 * JSON has answers; JSON lines have `content` and `query`.
 *
 * @throws {Error} If something is missing or empty (with file and line), or the file holds no
 * question.
 */
export async function readQuestionedPassages(path: string): Promise<QuestionedPassage[]> {
  const found = await foundPassages(path);
  const passages = [...Map.groupBy(found, ({ content }) => content).values()].map((same) => ({
    ...same[0],
    questions: same.flatMap(({ questions }) => questions),
  }));
  const asked = passages.filter(({ questions }) => questions.length > 0);
  return someOf(asked, { path, what: "questions" });
}

/** The passages of a file, with repetitions, each with the questions at that place. */
const foundPassages = async (path: string): Promise<QuestionedPassage[]> =>
  await formatOf(path) === "cmrc" ? await cmrcPassages(path) : await linePassages(path);

const linePassages = (path: string): Promise<QuestionedPassage[]> =>
  Array.fromAsync(
    readJsonLines(path, { strings: ["content", "query"], filled: true }),
    ({ content, query }) => ({ name: content, content, questions: [{ text: query, answers: [] }] }),
  );

/**
 * Reads ranked lists, one per line, best answer first, all of the same length. An answer may be
 * empty, but not a passage.
 *
 * @throws {Error} If a line is not such a list (with file and line), or the file holds no list.
 */
export async function readRankedLists(path: string): Promise<RankedText[][]> {
  const lists: RankedText[][] = [];
  for await (const { line, value } of readJsonValues(path)) {
    const where = `Cannot read ${path}, line ${line}`;
    lists.push(rankedList(value, where));
    const found = lists[lists.length - 1].length, first = lists[0].length;
    if (found !== first) {
      throw new RangeError(`${where}: it has ${found} answers, and the first list has ${first}`);
    }
  }
  return someOf(lists, { path, what: "ranked lists" });
}

function someOf<T>(items: T[], { path, what }: { path: string; what: string }): T[] {
  if (items.length === 0) throw new RangeError(`Cannot use ${path}: it holds no ${what}`);
  return items;
}

function rankedList(value: unknown, where: string): RankedText[] {
  if (!Array.isArray(value) || value.length < 2) {
    throw new TypeError(`${where}: a list of at least two answers, best first, is expected`);
  }
  return value.map((item, rank) => {
    const { prompt, answer } = isRecord(item) ? item : {};
    const at = `${where}: answer ${rank + 1}`;
    if (typeof prompt !== "string") throw new TypeError(`${at} has no text "prompt"`);
    if (prompt.trim() === "") throw new TypeError(`${at} has an empty "prompt"`);
    if (typeof answer !== "string") throw new TypeError(`${at} has no text "answer"`);
    return { prompt, answer };
  });
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
    const found =
      `max_len ${maxLen} and query_len ${queryLen} leave ${room} tokens for the passage`;
    throw new RangeError(`Cannot make a prompt: ${found}`);
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
