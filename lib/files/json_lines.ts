/**
 * JSON lines, streamed: one JSON value a line, errors with file name and line number.
 *
 * A byte order mark, CRLF line ends and blank lines are accepted (blank lines still count).
 */
import { describeJson, isRecord, type JsonRecord, parseJson } from "./json.ts";
import { readLines } from "./read.ts";

/** Which keys each line must have: `required` with any value, `strings` with text. */
export interface JsonLinesOptions<Key extends string, Text extends string> {
  /** Keys that each line must have, whatever their value. */
  required?: readonly Key[];
  /** Keys that each line must have with text. */
  strings?: readonly Text[];
  /** Whether the texts of `strings` must hold more than blanks (default: no). */
  filled?: boolean;
}

/** A line's object: the keys asked for are there, and those asked for as text are text. */
export type JsonLine<Key extends string, Text extends string> =
  & JsonRecord
  & { [K in Key]: unknown }
  & { [K in Text]: string };

/**
 * Every JSON value of the file with its line number (from 1), whatever the value is.
 *
 * @throws {Error} If a line is not JSON, or the file is not there or not UTF-8.
 */
export async function* readJsonValues(
  path: string,
): AsyncGenerator<{ line: number; value: unknown }> {
  for await (const { line, text } of readLines(path)) {
    if (text.trim() !== "") yield { line, value: parseJson(text, `${path}, line ${line}`) };
  }
}

/**
 * Every object of the file.
 *
 * @throws {Error} If a line is not JSON. @throws {TypeError} If it is no object, or lacks a key.
 *
 * @example
 * ```ts no-run
 * for await (const { content } of readJsonLines("data/ppo_train.json", { strings: ["content"] })) {
 *   console.log(content.length);
 * }
 * ```
 */
export async function* readJsonLines<Key extends string = never, Text extends string = never>(
  path: string,
  { required = [], strings = [], filled = false }: JsonLinesOptions<Key, Text> = {},
): AsyncGenerator<JsonLine<Key, Text>> {
  for await (const { line, value } of readJsonValues(path)) {
    const where = `Cannot read ${path}, line ${line}`;
    if (!isRecord(value)) {
      throw new TypeError(`${where}: it is ${describeJson(value)}, and an object is expected`);
    }
    if (hasKeys(value, { required, strings, filled, where })) yield value;
  }
}

function hasKeys<Key extends string, Text extends string>(
  value: JsonRecord,
  { required, strings, filled, where }: Required<JsonLinesOptions<Key, Text>> & { where: string },
): value is JsonLine<Key, Text> {
  for (const key of [...required, ...strings]) {
    if (!Object.hasOwn(value, key)) {
      const found = Object.keys(value).map((name) => `"${name}"`).join(", ");
      throw new TypeError(`${where}: it has no "${key}" (its keys: ${found || "none"})`);
    }
  }
  for (const key of strings) {
    const text = value[key];
    if (typeof text !== "string") {
      throw new TypeError(`${where}: "${key}" is ${describeJson(text)}, and text is expected`);
    }
    if (filled && text.trim() === "") throw new TypeError(`${where}: "${key}" is empty`);
  }
  return true;
}
