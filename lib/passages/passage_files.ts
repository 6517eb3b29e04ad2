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

/** A place in a JSON file. */
export interface JsonPlace {
  /** The file. */
  readonly source: JsonSource;
  /** The keys that lead to the place. */
  readonly keys: readonly (string | number)[];
}

/** One passage of a CMRC file. */
export interface Paragraph {
  /** The passage. */
  readonly content: string;
  /** Its place in the file. */
  readonly place: JsonPlace;
  /** The object that holds it and its questions. */
  readonly paragraph: unknown;
  /** The object with the title. */
  readonly article: unknown;
}

/**
 * The list under `key` of the value at `place`.
 *
 * @throws {TypeError} If there is none, with file and line.
 */
export function listAt(value: unknown, key: string, { source, keys }: JsonPlace): unknown[] {
  const list = isRecord(value) ? value[key] : undefined;
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot read ${source.where(keys)} has no list "${key}"`);
  }
  return list;
}

/**
 * The text under `key` of the value at `place`.
 *
 * @throws {TypeError} If there is none or it is blank, with file and line.
 */
export function textAt(
  value: unknown,
  key: string,
  { source, keys, mayBeBlank = false }: JsonPlace & { readonly mayBeBlank?: boolean },
): string {
  const text = isRecord(value) ? value[key] : undefined;
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read ${source.where(keys)} has no text "${key}"`);
  }
  if (text.trim() === "" && !mayBeBlank) {
    throw new TypeError(`Cannot read ${source.where(keys)} has an empty "${key}"`);
  }
  return text;
}

/**
 * The passages of a CMRC file in its order: data[].paragraphs[].context.
 *
 * @throws {Error} If something is missing or empty, with file and line.
 */
export async function readParagraphs(path: string): Promise<Paragraph[]> {
  const source = await readJsonSource(path);
  return listAt(source.value, "data", { source, keys: [] }).flatMap((article, i) => {
    const keys = ["data", i];
    return listAt(article, "paragraphs", { source, keys }).map((paragraph, j) => {
      const place = { source, keys: [...keys, "paragraphs", j] };
      return { content: textAt(paragraph, "context", place), place, paragraph, article };
    });
  });
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
export function questionsOf({ paragraph, place: { source, keys } }: Paragraph): AskedQuestion[] {
  return listAt(paragraph, "qas", { source, keys }).map((qa, k) => {
    const at = { source, keys: [...keys, "qas", k] };
    const answers = isRecord(qa) && "answers" in qa ? listAt(qa, "answers", at) : [];
    return {
      text: textAt(qa, "question", at),
      answers: answers.map((answer, n) =>
        textAt(answer, "text", { source, keys: [...at.keys, "answers", n], mayBeBlank: true })
      ),
    };
  });
}
