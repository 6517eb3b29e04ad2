/**
 * JSON lines, streamed: one JSON value a line, errors with file name and line number.
 *
 * A byte order mark, CRLF line ends and blank lines are accepted (blank lines still count).
 */
import { describeJson, isRecord, type JsonRecord, parseJson } from "./json.ts";
import { readError } from "./read.ts";

/** Which keys each line must have: `required` with any value, `strings` with text. */
export interface JsonLinesOptions<Key extends string, Text extends string> {
  /** Keys that each line must have, whatever their value. */
  required?: readonly Key[];
  /** Keys that each line must have with text. */
  strings?: readonly Text[];
}

/** A line's object: the keys asked for are there, and those asked for as text are text. */
export type JsonLine<Key extends string, Text extends string> =
  & JsonRecord
  & { [K in Key]: unknown }
  & { [K in Text]: string };

async function* readLines(path: string): AsyncGenerator<string> {
  const file = await Deno.open(path);
  let rest = "";
  for await (const chunk of file.readable.pipeThrough(new TextDecoderStream("utf-8", { fatal: true }))) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  yield rest;
}

/**
 * Every JSON value of the file with its line number (from 1), whatever the value is.
 *
 * @throws {Error} If a line is not JSON, or the file is not there or not UTF-8.
 */
export async function* readJsonValues(path: string): AsyncGenerator<{ line: number; value: unknown }> {
  const lines = readLines(path);
  for (let line = 1;; line++) {
    const next = await lines.next().catch((cause: unknown) => {
      throw readError(path, cause);
    });
    if (next.done) return;
    const text = next.value.trim();
    if (text.length > 0) yield { line, value: parseJson(text, `${path}, line ${line}`) };
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
  { required = [], strings = [] }: JsonLinesOptions<Key, Text> = {},
): AsyncGenerator<JsonLine<Key, Text>> {
  for await (const { line, value } of readJsonValues(path)) {
    const where = `Cannot read ${path}, line ${line}`;
    if (!isRecord(value)) {
      throw new TypeError(`${where}: it is ${describeJson(value)}, and an object is expected`);
    }
    if (hasKeys(value, { required, strings, where })) yield value;
  }
}

function hasKeys<Key extends string, Text extends string>(
  value: JsonRecord,
  { required, strings, where }: { required: readonly Key[]; strings: readonly Text[]; where: string },
): value is JsonLine<Key, Text> {
  for (const key of [...required, ...strings]) {
    if (!Object.hasOwn(value, key)) {
      const found = Object.keys(value).map((name) => `"${name}"`).join(", ");
      throw new TypeError(`${where}: it has no "${key}" (its keys: ${found || "none"})`);
    }
  }
  for (const key of strings) {
    if (typeof value[key] !== "string") {
      throw new TypeError(`${where}: "${key}" is ${describeJson(value[key])}, and text is expected`);
    }
  }
  return true;
}
