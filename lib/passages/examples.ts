/**
 * From data files to token rows: questions about passages, as JSON lines or CMRC-2018 JSON, and ranked lists of answers.
 *
 *   prompt = [CLS] passage [SEP]        answer = question [SEP]
 *
 * A passage too long is cut so that `max_len - query_len - 3` of its tokens stay, as in the tutorial: room for the three special
 * tokens and the longest answer. The formats, and how they are told apart, are in `passage_files.ts`.
 */
import { isRecord, readJsonLines, readJsonValues, readLines } from "../files/mod.ts";
import type { Tokenizer, TokenRow } from "../lm/mod.ts";
import type { PromptAndAnswer } from "../lm/mod.ts";
import {
  type AskedQuestion,
  formatOf,
  questionsOf,
  readParagraphs,
  textAt,
} from "./passage_files.ts";

/** A question about a passage. */
export interface Example {
  /** The passage. */
  readonly content: string;
  /** The question. */
  readonly query: string;
}

/** One answer of a ranked list, in the tutorial's words. */
export interface RankedText {
  /** The passage. */
  readonly prompt: string;
  /** The question asked about it. */
  readonly answer: string;
}

/** How long texts may be, in tokens. */
export interface Lengths {
  /** The whole row. */
  readonly maxLen: number;
  /** The answer, [SEP] not counted. */
  readonly queryLen: number;
}

/** A passage with all that is asked about it. */
export interface QuestionedPassage {
  /** What it is about: the article's title; the passage itself where there is none. */
  readonly name: string;
  /** The passage. */
  readonly content: string;
  /** Each with the texts of its answers. */
  readonly questions: readonly AskedQuestion[];
}

/**
 * The questions of a file: JSON lines with `content` and `query`, or CMRC-2018 JSON.
 *
 * @throws {Error} A sentence with the file and the line of what is missing or empty; or that there is no question.
 */
export async function readExamples(path: string): Promise<Example[]> {
  const examples = await formatOf(path) === "cmrc"
    ? (await readParagraphs(path)).flatMap((paragraph) =>
      questionsOf(paragraph).map(({ text }) => ({ content: paragraph.content, query: text }))
    )
    : await questionLines(path);
  return someOf(examples, { path, what: "questions" });
}

async function questionLines(path: string): Promise<Example[]> {
  const lines = readJsonLines(path, { strings: ["content", "query"], filled: true });
  return await Array.fromAsync(lines, ({ content, query }) => ({ content, query }));
}

/**
 * The distinct passages of a file in its order: PPO uses each once. JSON lines with `content`, or CMRC-2018 JSON.
 *
 * @throws {Error} A sentence with the file and the line of what is missing or empty; or that there is no passage.
 */
export async function readPassages(path: string): Promise<string[]> {
  const passages = await formatOf(path) === "cmrc"
    ? await readParagraphs(path)
    : await contentLines(path);
  const distinct = new Set(passages.map(({ content }) => content));
  return someOf([...distinct], { path, what: "passages" });
}

const contentLines = (path: string): Promise<{ content: string }[]> =>
  Array.fromAsync(readJsonLines(path, { strings: ["content"], filled: true }));

/**
 * The passages of a file in its order, each as often as it stands there: as `readPassages`, or plain text with a passage a line,
 * blank lines left out.
 *
 * @throws {Error} A sentence with the file and the line of what is missing or empty; or that there is no passage.
 */
export async function readTexts(path: string): Promise<string[]> {
  const format = await formatOf(path);
  if (format !== "text") return await readPassages(path);
  const lines = await Array.fromAsync(readLines(path), ({ text }) => text.trim());
  return lines.filter((line) => line !== "");
}

/**
 * What each passage of a CMRC file is about: passage -> title.
 *
 * @throws {Error} A sentence with the file and the line of what is missing or empty.
 */
export async function readNames(path: string): Promise<Map<string, string>> {
  const paragraphs = await readParagraphs(path);
  return new Map(paragraphs.map(({ content, article, place: { source, keys } }) => [
    content,
    textAt(article, "title", { source, keys: keys.slice(0, 2) }),
  ]));
}

/**
 * The passages of a file with their questions; a passage without a question is left out, and one that stands in several places is
 * one passage with all its questions. CMRC-2018 JSON, or JSON lines with `content` and `query`, which know no answers.
 *
 * @throws {Error} A sentence with the file and the line of what is missing or empty; or that there is no question.
 */
export async function readQuestionedPassages(path: string): Promise<QuestionedPassage[]> {
  const found = await formatOf(path) === "cmrc"
    ? await cmrcPassages(path)
    : await linePassages(path);
  const passages = [...Map.groupBy(found, ({ content }) => content).values()].map((same) => ({
    ...same[0],
    questions: same.flatMap(({ questions }) => questions),
  }));
  return someOf(passages.filter(({ questions }) => questions.length > 0), {
    path,
    what: "questions",
  });
}

async function cmrcPassages(path: string): Promise<QuestionedPassage[]> {
  return (await readParagraphs(path)).map((paragraph) => {
    const { article, content } = paragraph;
    const title = isRecord(article) ? article.title : undefined;
    const name = typeof title === "string" && title.trim() !== "" ? title : content;
    return { name, content, questions: questionsOf(paragraph) };
  });
}

const linePassages = async (path: string): Promise<QuestionedPassage[]> =>
  (await questionLines(path)).map(({ content, query }) => ({
    name: content,
    content,
    questions: [{ text: query, answers: [] }],
  }));

/**
 * Ranked lists, one a line, best answer first; all of one length. An answer may be empty, a passage not.
 *
 * @throws {Error} A sentence with the file and the line of what is wrong; or that there is no list.
 */
export async function readRankedLists(path: string): Promise<RankedText[][]> {
  const lists: RankedText[][] = [];
  for await (const { line, value } of readJsonValues(path)) {
    lists.push(rankedList(value, `Cannot read ${path}, line ${line}`));
    if (lists.at(-1)?.length !== lists[0].length) {
      const found = `it has ${lists.at(-1)?.length} answers, and the first list has ${
        lists[0].length
      }`;
      throw new RangeError(`Cannot read ${path}, line ${line}: ${found}`);
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
 * `[CLS] passage [SEP]`, the passage cut to `maxLen - queryLen - 3` tokens.
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
    throw new RangeError(
      `Cannot make a prompt: max_len ${maxLen} and query_len ${queryLen} leave ${room} tokens for the passage`,
    );
  }
  return [tokenizer.clsId, ...tokenizer.encode(content).slice(0, room), tokenizer.sepId];
}

/** `question [SEP]`, the question cut to `queryLen` tokens. */
export const answerRow = (tokenizer: Tokenizer, query: string, { queryLen }: Lengths): TokenRow => [
  ...tokenizer.encode(query).slice(0, queryLen),
  tokenizer.sepId,
];

/** The prompt and the answer of an example: together at most `maxLen` tokens. */
export const exampleRows = (
  tokenizer: Tokenizer,
  { content, query }: Example,
  lengths: Lengths,
): PromptAndAnswer => ({
  prompt: promptRow(tokenizer, content, lengths),
  answer: answerRow(tokenizer, query, lengths),
});
