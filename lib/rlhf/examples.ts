/**
 * From data files to token rows: questions about passages, as JSON lines or CMRC-2018 JSON, and ranked lists of answers.
 *
 *   prompt = [CLS] passage [SEP]        answer = question [SEP]
 *
 * A passage too long is cut so that `max_len - query_len - 3` of its tokens stay, as in the tutorial: room for the three special
 * tokens and the longest answer. Cui et al. 2019, "A Span-Extraction Dataset for Chinese Machine Reading Comprehension" (CMRC).
 */
import {
  isRecord,
  type JsonRecord,
  parseJson,
  readJsonLines,
  readJsonRecord,
  readJsonValues,
  readText,
} from "../files/mod.ts";
import type { Tokenizer, TokenRow } from "../lm/mod.ts";
import type { PromptAndAnswer } from "./answer_batch.ts";

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

/**
 * The questions of a file: JSON lines with `content` and `query`, or CMRC-2018 JSON.
 *
 * @throws {Error} A sentence with the file and the line (or the place in it) of what is missing; or that there is no question.
 */
export async function readExamples(path: string): Promise<Example[]> {
  const whole = wholeJson(await readText(path));
  const examples = whole === undefined ? await questionLines(path) : cmrcExamples(whole, path);
  return someOf(examples, { path, what: "questions" });
}

/** The distinct passages of a file of JSON lines with `content`, in its order: PPO uses each once. */
export async function readPassages(path: string): Promise<string[]> {
  const passages = new Set<string>();
  for await (const { content } of readJsonLines(path, { strings: ["content"] })) passages.add(content);
  return someOf([...passages], { path, what: "passages" });
}

/**
 * What each passage of a CMRC file is about: passage -> title.
 *
 * @throws {Error} A sentence with the file and the place in it of what is missing.
 */
export async function readNames(path: string): Promise<Map<string, string>> {
  const whole = await readJsonRecord(path);
  return new Map(
    paragraphsOf(whole, path).map(({ content, article, where }) => [
      content,
      textAt(article, "title", where),
    ]),
  );
}

/** A passage of a CMRC file with all that is asked about it. */
export interface QuestionedPassage {
  /** What it is about: the article's title. */
  readonly name: string;
  /** The passage. */
  readonly content: string;
  /** Each with the texts of its answers. */
  readonly questions: readonly { readonly text: string; readonly answers: readonly string[] }[];
}

/**
 * The passages of a CMRC file with their questions and answers; a passage without a question is left out.
 *
 * @throws {Error} A sentence with the file and the place in it of what is missing; or that there is no passage.
 */
export async function readQuestionedPassages(path: string): Promise<QuestionedPassage[]> {
  const passages = paragraphsOf(await readJsonRecord(path), path).map((found) => ({
    name: textAt(found.article, "title", found.where),
    content: found.content,
    questions: listAt(found.paragraph, "qas", found.where).map((qa, k) => {
      const where = `${found.where}.qas[${k}]`;
      const answers = listAt(qa, "answers", where).map((answer) => textAt(answer, "text", where));
      return { text: textAt(qa, "question", where), answers };
    }),
  }));
  return someOf(passages.filter(({ questions }) => questions.length > 0), { path, what: "questions" });
}

/**
 * Ranked lists, one a line, best answer first; all of one length.
 *
 * @throws {Error} A sentence with the file and the line of what is wrong; or that there is no list.
 */
export async function readRankedLists(path: string): Promise<RankedText[][]> {
  const lists: RankedText[][] = [];
  for await (const { line, value } of readJsonValues(path)) {
    lists.push(rankedList(value, `Cannot read ${path}, line ${line}`));
    if (lists.at(-1)?.length !== lists[0].length) {
      const found = `it has ${lists.at(-1)?.length} answers, and the first list has ${lists[0].length}`;
      throw new RangeError(`Cannot read ${path}, line ${line}: ${found}`);
    }
  }
  return someOf(lists, { path, what: "ranked lists" });
}

function someOf<T>(items: T[], { path, what }: { path: string; what: string }): T[] {
  if (items.length === 0) throw new RangeError(`Cannot use ${path}: it holds no ${what}`);
  return items;
}

/** The file as one JSON object with `data`, or nothing: then it is read line by line. */
function wholeJson(text: string): JsonRecord | undefined {
  try {
    const value = parseJson(text, "the file");
    return isRecord(value) && "data" in value ? value : undefined;
  } catch {
    return undefined; // JSON lines: the line-wise reader says what is wrong with which line
  }
}

async function questionLines(path: string): Promise<Example[]> {
  const examples: Example[] = [];
  for await (const { content, query } of readJsonLines(path, { strings: ["content", "query"] })) {
    examples.push({ content, query });
  }
  return examples;
}

/** One paragraph of a CMRC file; `where` begins the errors about it. */
interface Paragraph {
  readonly content: string;
  readonly paragraph: unknown;
  readonly article: unknown;
  readonly where: string;
}

/** data[].paragraphs[].context */
function paragraphsOf(whole: JsonRecord, path: string): Paragraph[] {
  return listAt(whole, "data", `Cannot read ${path}: the file`).flatMap((article, i) =>
    listAt(article, "paragraphs", `Cannot read ${path}: data[${i}]`).map((paragraph, j) => {
      const where = `Cannot read ${path}: data[${i}].paragraphs[${j}]`;
      return { content: textAt(paragraph, "context", where), paragraph, article, where };
    })
  );
}

/** qas[].question of every paragraph */
const cmrcExamples = (whole: JsonRecord, path: string): Example[] =>
  paragraphsOf(whole, path).flatMap(({ content, paragraph, where }) =>
    listAt(paragraph, "qas", where).map((qa, k) => ({
      content,
      query: textAt(qa, "question", `${where}.qas[${k}]`),
    }))
  );

function listAt(value: unknown, key: string, where: string): unknown[] {
  const list = isRecord(value) ? value[key] : undefined;
  if (!Array.isArray(list)) throw new TypeError(`${where} has no list "${key}"`);
  return list;
}

function textAt(value: unknown, key: string, where: string): string {
  const text = isRecord(value) ? value[key] : undefined;
  if (typeof text !== "string") throw new TypeError(`${where} has no text "${key}"`);
  return text;
}

function rankedList(value: unknown, where: string): RankedText[] {
  if (!Array.isArray(value) || value.length < 2) {
    throw new TypeError(`${where}: a list of at least two answers, best first, is expected`);
  }
  return value.map((item, rank) => ({
    prompt: textAt(item, "prompt", `${where}: answer ${rank + 1}`),
    answer: textAt(item, "answer", `${where}: answer ${rank + 1}`),
  }));
}

/**
 * `[CLS] passage [SEP]`, the passage cut to `maxLen - queryLen - 3` tokens.
 *
 * @throws {RangeError} If that leaves no token for the passage.
 */
export function promptRow(tokenizer: Tokenizer, content: string, { maxLen, queryLen }: Lengths): TokenRow {
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
