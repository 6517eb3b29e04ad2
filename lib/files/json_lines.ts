/**
 * JSON lines, streamed: one JSON value in each line. Errors have the file name and the line number.
 *
 * A byte order mark, CRLF line ends and blank lines are accepted (blank lines still count).
 */
import { cannotRead } from "./cannot_read.ts";
import { say } from "../text/mod.ts";
import { describeJson, expectRecord, type JsonRecord, parseJson } from "./json.ts";
import { readLines } from "./read.ts";

/** The keys that each line must have: `required` with any value, `strings` with text. */
export interface JsonLinesOptions<Key extends string, Text extends string> {
  /** Keys that each line must have, with any value. */
  required?: readonly Key[];
  /** Keys that each line must have with text. */
  strings?: readonly Text[];
}

/** A line's object, which has the required keys. */
export type JsonLine<Key extends string, Text extends string> =
  & JsonRecord
  & { [K in Key]: unknown }
  & { [K in Text]: string };

/**
 * Every JSON value of the file with its line number (from 1).
 *
 * @throws {Error} if a line is not JSON, or the file does not exist or is not UTF-8.
 */
export async function* readJsonValues(
  path: string,
): AsyncGenerator<{ line: number; value: unknown }> {
  for await (const { line, text } of readLines(path)) {
    if (text.trim() !== "") yield { line, value: parseJson(text, path, line) };
  }
}

/**
 * Every object of the file.
 *
 * @throws {Error} if a line is not JSON.
 * @throws {TypeError} if a line is not an object, or lacks a key.
 *
 * @example
 * ```ts no-run
 * import { readJsonLines } from "ppo/files/mod.ts";
 *
 * for await (const { content } of readJsonLines("data/ppo_train.json", { strings: ["content"] })) {
 *   console.log(content.length);
 * }
 * ```
 */
export async function* readJsonLines<Key extends string = never, Text extends string = never>(
  path: string,
  { required = [], strings = [] }: JsonLinesOptions<Key, Text> = {},
): AsyncGenerator<JsonLine<Key, Text>> {
  for await (const { line, value } of readJsonValues(path)) {
    const where = say({ en: `${path}, line ${line}`, zh: `${path} 第 ${line} 行` });
    const record = expectRecord(value, where);
    if (hasKeys(record, { required, strings, where })) yield record;
  }
}

function hasKeys<Key extends string, Text extends string>(
  value: JsonRecord,
  { required, strings, where }: Required<JsonLinesOptions<Key, Text>> & { where: string },
): value is JsonLine<Key, Text> {
  for (const key of [...required, ...strings]) {
    if (!Object.hasOwn(value, key)) {
      const found = Object.keys(value).map((name) => `"${name}"`).join(", ");
      throw new TypeError(cannotRead(where, {
        en: `it has no "${key}" (its keys: ${found || "none"})`,
        zh: `没有“${key}”（已有的键：${found || "无"}）`,
      }));
    }
  }
  for (const key of strings) {
    const text = value[key];
    if (typeof text !== "string") {
      throw new TypeError(cannotRead(where, {
        en: `"${key}" is ${describeJson(text)}, and text is expected`,
        zh: `“${key}”是${describeJson(text)}，应为文本`,
      }));
    }
  }
  return true;
}
