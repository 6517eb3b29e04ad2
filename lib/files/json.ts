/**
 * JSON whose errors name the file and the line, and the one type guard that turns `unknown` into a
 * record.
 *
 * `JSON.parse` reads. `jsonc-parser` finds the place of an error, and is called only then.
 */
import { findNodeAtLocation, type ParseError, parseTree } from "jsonc-parser";
import { lineAt } from "./lines.ts";
import { refuseStandIn } from "./random_access.ts";
import { readText } from "./read.ts";

/** A JSON object whose values have not been checked. */
export type JsonRecord = { [key: string]: unknown };

/** Whether a parsed value is an object, and not a list or null. */
export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Describes a parsed value in words, for errors. */
export function describeJson(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "text" : `the ${typeof value} ${value}`;
}

const shown = (text: string): string =>
  text.trim() === "" ? "nothing" : JSON.stringify(text.trim().slice(0, 40));

const beginning = (text: string): string => `it is not JSON (it begins with ${shown(text)})`;

/**
 * Parses `text`; `where` names the file (and line) in the error.
 *
 * @throws {Error} `Cannot read <where>: it is not JSON (...)`.
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`Cannot read ${where}: ${beginning(text)}`, { cause });
  }
}

/** A file's JSON value, and the line of each of its parts. */
export interface JsonSource {
  /** The parsed value. */
  readonly value: unknown;
  /**
   * Returns `<file>, line 7: data[0].paragraphs[2]` for the part that these keys lead to, for
   * errors about it.
   */
  where(keys: readonly (string | number)[]): string;
}

const PLAIN_JSON = { disallowComments: true };

/** Where a text that is not JSON goes wrong, as `, line 7: it is not JSON (there: "...")`. */
function syntaxError(text: string): string {
  const errors: ParseError[] = [];
  parseTree(text, errors, PLAIN_JSON);
  const offset = Math.min(...errors.map((error) => error.offset), text.length);
  if (text.slice(0, offset).trim() === "") return `: ${beginning(text)}`;
  const [rest] = text.slice(offset).trimEnd().split("\n");
  const found = rest === "" ? "it breaks off" : `there: ${shown(rest)}`;
  return `, line ${lineAt(text, offset)}: it is not JSON (${found})`;
}

const dotted = (keys: readonly (string | number)[]): string =>
  keys.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("").replace(/^\./, "");

/**
 * Reads a file as one JSON value and keeps the lines of its parts.
 *
 * @throws {Error} `Cannot read <file>, line <line>: it is not JSON (...)`.
 */
export async function readJsonSource(path: string): Promise<JsonSource> {
  const text = await readText(path);
  refuseStandIn(text.slice(0, 256), path);
  const where = (keys: readonly (string | number)[]): string => {
    if (keys.length === 0) return `${path}: the file`;
    const tree = parseTree(text, [], PLAIN_JSON);
    const offset = tree && findNodeAtLocation(tree, [...keys])?.offset;
    return `${path}, line ${lineAt(text, offset ?? 0)}: ${dotted(keys)}`;
  };
  try {
    return { value: JSON.parse(text), where };
  } catch (cause) {
    throw new Error(`Cannot read ${path}${syntaxError(text)}`, { cause });
  }
}

/** Returns a parsed value as a record, or throws a TypeError that begins with `what`. */
export function expectRecord(value: unknown, what: string): JsonRecord {
  if (isRecord(value)) return value;
  throw new TypeError(`${what} is ${describeJson(value)}, and an object is expected`);
}

/** Reads a file as one JSON object. An error names the file. */
export const readJsonRecord = async (path: string): Promise<JsonRecord> =>
  expectRecord((await readJsonSource(path)).value, `Cannot read ${path}: it`);
