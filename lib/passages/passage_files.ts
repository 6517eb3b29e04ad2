/**
 * The names of the passages in CMRC-2018 JSON, by which `renaming.ts` knows what to replace.
 *
 *   squad-style: {"data": [{"title", "paragraphs": [{"context", "qas"}]}]}
 *   list format: [{"title", "context_text", "qas"}]
 *
 * Cui et al. 2019, "A Span-Extraction Dataset for Chinese Machine Reading Comprehension" (CMRC).
 */
import { isRecord, type JsonSource, readJsonSource } from "../files/mod.ts";
import { say } from "../text/mod.ts";

/** A value in a JSON file and its place there. */
interface JsonPlace {
  /** The file. */
  readonly source: JsonSource;
  /** The keys that lead to the place. */
  readonly keys: readonly (string | number)[];
  /** The value. */
  readonly value: unknown;
}

/** The value under `key`; undefined if there is none. */
const valueAt = ({ value }: JsonPlace, key: string): unknown =>
  isRecord(value) ? value[key] : undefined;

/** The items of the list under `key`. @throws {TypeError} If there is none, with file and line. */
function listAt(place: JsonPlace, key: string): JsonPlace[] {
  const { source, keys } = place;
  const list = valueAt(place, key);
  if (!Array.isArray(list)) {
    const where = source.where(keys);
    throw new TypeError(say({
      en: `Cannot read ${where} has no list "${key}"`,
      zh: `无法读取 ${where}：没有列表“${key}”`,
    }));
  }
  return list.map((value, index) => ({ source, keys: [...keys, key, index], value }));
}

/**
 * The text under `key`.
 *
 * @throws {TypeError} If there is none or it is blank, with file and line.
 */
function textAt(place: JsonPlace, key: string): string {
  const text = valueAt(place, key);
  const isText = typeof text === "string";
  if (isText && text.trim() !== "") return text;
  const where = place.source.where(place.keys);
  throw new TypeError(say({
    en: `Cannot read ${where} has ${isText ? "an empty" : "no text"} "${key}"`,
    zh: `无法读取 ${where}：${isText ? `“${key}”是空的` : `没有文本“${key}”`}`,
  }));
}

/**
 * The passages of a CMRC file in its order: data[].paragraphs[].context, or [].context_text.
 *
 * @throws {Error} If something is missing or empty, with file and line.
 */
export async function readParagraphs(path: string) {
  const source = await readJsonSource(path);
  if (Array.isArray(source.value)) {
    return source.value.map((value, index) => {
      const paragraph = { source, keys: [index], value };
      return { content: textAt(paragraph, "context_text"), paragraph, article: paragraph };
    });
  }
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

/** A passage with all of its questions. */
export interface QuestionedPassage {
  /** The article's title, or the passage itself where there is none. */
  readonly name: string;
  /** The passage. */
  readonly content: string;
  /** Each with the texts of its answers. */
  readonly questions: readonly AskedQuestion[];
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
