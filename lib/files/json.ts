/**
 * JSON whose errors name the file and the line, and the one type guard that turns `unknown` into a record.
 *
 * `JSON.parse` reads; `jsonc-parser` is asked for the place of what is wrong, and only then.
 */
import { findNodeAtLocation, type ParseError, parseTree } from "jsonc-parser";
import { lineAt } from "./lines.ts";
import { refuseStandIn } from "./random_access.ts";
import { readText } from "./read.ts";

/** A JSON object whose values are still to be looked at. */
export type JsonRecord = { [key: string]: unknown };

/** Whether a parsed value is an object, neither a list nor null. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a parsed value is, in words: for errors that say what was found. */
export function describeJson(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "text" : `the ${typeof value} ${value}`;
}

const shown = (text: string): string => {
  const begin = text.trim().slice(0, 40);
  return begin === "" ? "nothing" : JSON.stringify(begin);
};

/**
 * Parses `text`; `where` names the file (and line) in the error.
 *
 * @throws {Error} `Cannot read <where>: it is not JSON (...)`.
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`Cannot read ${where}: it is not JSON (it begins with ${shown(text)})`, {
      cause,
    });
  }
}

/** A file's JSON value, and where each part of it stands. */
export interface JsonSource {
  /** The parsed value. */
  readonly value: unknown;
  /** `<file>, line 7: data[0].paragraphs[2]`: for errors about the part that these keys lead to. */
  where(keys: readonly (string | number)[]): string;
}

const PLAIN_JSON = { disallowComments: true };

/** Where a text that is no JSON goes wrong, as `, line 7: it is not JSON (there: "...")`. */
function syntaxError(text: string): string {
  const errors: ParseError[] = [];
  parseTree(text, errors, PLAIN_JSON);
  const offset = Math.min(...errors.map((error) => error.offset), text.length);
  if (text.slice(0, offset).trim() === "") {
    return `: it is not JSON (it begins with ${shown(text)})`;
  }
  const rest = text.slice(offset);
  const found = rest.trim() === "" ? "it breaks off" : `there: ${shown(rest.split("\n")[0])}`;
  return `, line ${lineAt(text, offset)}: it is not JSON (${found})`;
}

const dotted = (keys: readonly (string | number)[]): string =>
  keys.map((key, index) => typeof key === "number" ? `[${key}]` : index === 0 ? key : `.${key}`)
    .join("");

/**
 * The file as one JSON value that knows its lines.
 *
 * @throws {Error} `Cannot read <file>, line <line>: it is not JSON (...)`.
 */
export async function readJsonSource(path: string): Promise<JsonSource> {
  const text = await readText(path);
  refuseStandIn(text.slice(0, 256), path);
  const where = (keys: readonly (string | number)[]): string => {
    if (keys.length === 0) return `${path}: the file`;
    const tree = parseTree(text, [], PLAIN_JSON);
    const offset = tree === undefined ? 0 : findNodeAtLocation(tree, [...keys])?.offset ?? 0;
    return `${path}, line ${lineAt(text, offset)}: ${dotted(keys)}`;
  };
  try {
    return { value: JSON.parse(text), where };
  } catch (cause) {
    throw new Error(`Cannot read ${path}${syntaxError(text)}`, { cause });
  }
}

/** The file as one JSON value. Throws a sentence that names the file and the line. */
export const readJson = async (path: string): Promise<unknown> =>
  (await readJsonSource(path)).value;

/** The file as one JSON object. Throws a sentence that names the file. */
export async function readJsonRecord(path: string): Promise<JsonRecord> {
  const value = await readJson(path);
  if (!isRecord(value)) {
    throw new TypeError(
      `Cannot read ${path}: it is ${describeJson(value)}, and an object is expected`,
    );
  }
  return value;
}
