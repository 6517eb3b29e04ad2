/**
 * Passages and questions from files: which format a file has, and the walk through CMRC-2018 JSON.
 *
 *   CMRC-2018:  {"data": [{"title", "paragraphs": [{"context", "qas": [QUESTION]}]}]},
 *               where QUESTION is {"question", "answers": [{"text"}]}
 *   JSON lines: {"content": passage, "query": question} per line
 *   lists:      a JSON list per line
 *   text:       a passage per line
 *
 * Passages are identified by their text. Ids (`id`, `content_id`) are not read, so they may repeat.
 * Cui et al. 2019, "A Span-Extraction Dataset for Chinese Machine Reading Comprehension" (CMRC).
 */
import { isRecord, type JsonSource, readJsonSource, readLines } from "../files/mod.ts";

/** The format of a file. */
export type PassageFormat = "cmrc" | "json lines" | "lists" | "text" | "empty";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON, or the first line of a longer value
  }
}

/**
 * Detects the format from the first line that is not blank. The reader of that format reports
 * errors in the rest.
 */
export async function formatOf(path: string): Promise<PassageFormat> {
  for await (const { text } of readLines(path)) {
    const first = text.trim();
    if (first === "") continue;
    if (/^\[\s*[[{]|^\[\s*\]?$/.test(first)) return "lists";
    if (!first.startsWith("{")) return "text";
    const value = parsed(first);
    if (value !== undefined) return isRecord(value) && "data" in value ? "cmrc" : "json lines";
    const isBrokenLine = /"(content|query)"\s*:/.test(first); // else JSON over several lines
    return isBrokenLine ? "json lines" : "cmrc";
  }
  return "empty";
}

/** A value in a JSON file and its place there. */
interface JsonPlace {
  /** The file. */
  readonly source: JsonSource;
  /** The keys that lead to the place. */
  readonly keys: readonly (string | number)[];
  /** The value. */
  readonly value: unknown;
}

/** One passage of a CMRC file, the object with its questions, and the object with its title. */
type Paragraph = Awaited<ReturnType<typeof readParagraphs>>[number];

/** The value under `key`; undefined if there is none. */
const valueAt = ({ value }: JsonPlace, key: string): unknown =>
  isRecord(value) ? value[key] : undefined;

/** The items of the list under `key`. @throws {TypeError} If there is none, with file and line. */
function listAt(place: JsonPlace, key: string): JsonPlace[] {
  const { source, keys } = place;
  const list = valueAt(place, key);
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot read ${source.where(keys)} has no list "${key}"`);
  }
  return list.map((value, index) => ({ source, keys: [...keys, key, index], value }));
}

/**
 * The text under `key`.
 *
 * @throws {TypeError} If there is none or it is blank, with file and line.
 */
function textAt(place: JsonPlace, key: string, { mayBeBlank = false } = {}): string {
  const text = valueAt(place, key);
  const isText = typeof text === "string";
  if (isText && (mayBeBlank || text.trim() !== "")) return text;
  const state = isText ? "an empty" : "no text";
  throw new TypeError(`Cannot read ${place.source.where(place.keys)} has ${state} "${key}"`);
}

/**
 * The passages of a CMRC file in its order: data[].paragraphs[].context.
 *
 * @throws {Error} If something is missing or empty, with file and line.
 */
export async function readParagraphs(path: string) {
  const source = await readJsonSource(path);
  return listAt({ source, keys: [], value: source.value }, "data").flatMap((article) =>
    listAt(article, "paragraphs").map((paragraph) => ({
      content: textAt(paragraph, "context"),
      paragraph,
      article,
    }))
  );
}

/** A question of a passage with the texts of its answers. */
export interface AskedQuestion {
  /** The question. */
  readonly text: string;
  /** The accepted answers; empty where the file has none. */
  readonly answers: readonly string[];
}

/**
 * qas[].question of a paragraph, with answers[].text where there are answers. An answer's text may
 * be empty, as in CMRC's test files and in SQuAD's unanswerable questions.
 */
const questionsOf = ({ paragraph }: Paragraph): AskedQuestion[] =>
  listAt(paragraph, "qas").map((qa) => {
    const answers = valueAt(qa, "answers") === undefined ? [] : listAt(qa, "answers");
    return {
      text: textAt(qa, "question"),
      answers: answers.map((answer) => textAt(answer, "text", { mayBeBlank: true })),
    };
  });

/** A passage with all of its questions. */
export interface QuestionedPassage {
  /** The article's title, or the passage itself where there is none. */
  readonly name: string;
  /** The passage. */
  readonly content: string;
  /** Each with the texts of its answers. */
  readonly questions: readonly AskedQuestion[];
}

/** The passages of a CMRC file, with repetitions, each with the questions at that place. */
export async function cmrcPassages(path: string): Promise<QuestionedPassage[]> {
  return (await readParagraphs(path)).map((paragraph) => {
    const { article, content } = paragraph;
    const title = valueAt(article, "title");
    const name = typeof title === "string" && title.trim() !== "" ? title : content;
    return { name, content, questions: questionsOf(paragraph) };
  });
}

/**
 * Reads the title of each passage of a CMRC file: passage -> title.
 *
 * @throws {Error} If something is missing or empty, with file and line.
 */
export async function readNames(path: string): Promise<Map<string, string>> {
  const paragraphs = await readParagraphs(path);
  return new Map(paragraphs.map(({ content, article }) => [content, textAt(article, "title")]));
}
