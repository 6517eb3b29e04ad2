/**
 * Passages and questions from files: which format a file has, and the walk through CMRC-2018 JSON.
 *
 *   CMRC-2018: {"data": [{"title", "paragraphs": [{"context", "qas": [{"question", "answers": [{"text"}]}]}]}]}
 *   JSON lines: {"content": passage, "query": question} a line          lists: a JSON list a line          text: a passage a line
 *
 * A passage is its text: ids (`id`, `content_id`) are not read, so that it does not matter whether they repeat.
 * Cui et al. 2019, "A Span-Extraction Dataset for Chinese Machine Reading Comprehension" (CMRC).
 */
import { isRecord, type JsonSource, readJsonSource, readLines } from "../files/mod.ts";

/** How a file holds what it holds. */
export type PassageFormat = "cmrc" | "json lines" | "lists" | "text" | "empty";

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON, or the first of several lines
  }
}

/** The format of the first line that is not blank; what is wrong with the rest its reader says. */
export async function formatOf(path: string): Promise<PassageFormat> {
  for await (const { text } of readLines(path)) {
    const first = text.trim();
    if (first === "") continue;
    if (/^\[\s*[[{]|^\[\s*\]?$/.test(first)) return "lists";
    if (!first.startsWith("{")) return "text";
    const value = parsed(first);
    if (value !== undefined) return isRecord(value) && "data" in value ? "cmrc" : "json lines";
    return /"(content|query)"\s*:/.test(first) ? "json lines" : "cmrc"; // a broken line, or JSON over several lines
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
  /** Where it stands. */
  readonly place: JsonPlace;
  /** The object that holds it and its questions. */
  readonly paragraph: unknown;
  /** The object with the title. */
  readonly article: unknown;
}

/** The list under `key` of the value at `place`. Throws a sentence with file and line. */
export function listAt(value: unknown, key: string, { source, keys }: JsonPlace): unknown[] {
  const list = isRecord(value) ? value[key] : undefined;
  if (!Array.isArray(list)) {
    throw new TypeError(`Cannot read ${source.where(keys)} has no list "${key}"`);
  }
  return list;
}

/** The text under `key` of the value at `place`, not blank. Throws a sentence with file and line. */
export function textAt(value: unknown, key: string, { source, keys }: JsonPlace): string {
  const text = isRecord(value) ? value[key] : undefined;
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read ${source.where(keys)} has no text "${key}"`);
  }
  if (text.trim() === "") {
    throw new TypeError(`Cannot read ${source.where(keys)} has an empty "${key}"`);
  }
  return text;
}

/**
 * The passages of a CMRC file in its order: data[].paragraphs[].context.
 *
 * @throws {Error} A sentence with the file and the line of what is missing or empty.
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
  /** What may be answered; empty where the file does not say. */
  readonly answers: readonly string[];
}

/** qas[].question of a paragraph, with answers[].text where there are answers. */
export function questionsOf({ paragraph, place }: Paragraph): AskedQuestion[] {
  return listAt(paragraph, "qas", place).map((qa, k) => {
    const at = { source: place.source, keys: [...place.keys, "qas", k] };
    const answers = isRecord(qa) && "answers" in qa ? listAt(qa, "answers", at) : [];
    return {
      text: textAt(qa, "question", at),
      answers: answers.map((answer, n) =>
        answerText(answer, { ...at, keys: [...at.keys, "answers", n] })
      ),
    };
  });
}

/** CMRC's test files and SQuAD's unanswerable questions have answers without text: they may be empty. */
function answerText(answer: unknown, { source, keys }: JsonPlace): string {
  const text = isRecord(answer) ? answer.text : undefined;
  if (typeof text !== "string") {
    throw new TypeError(`Cannot read ${source.where(keys)} has no text "text"`);
  }
  return text;
}
