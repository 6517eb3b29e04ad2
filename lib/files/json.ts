/**
 * JSON whose errors name the file, and the one type guard that turns `unknown` into a record.
 */
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

/**
 * Parses `text`; `where` names the file (and line) in the error.
 *
 * @throws {Error} `Cannot read <where>: it is not JSON (...)`.
 */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const shown = text.trim().length === 0 ? "nothing" : JSON.stringify(text.trim().slice(0, 40));
    throw new Error(`Cannot read ${where}: it is not JSON (it begins with ${shown})`, { cause });
  }
}

/** The file as one JSON value. Throws a sentence that names the file. */
export async function readJson(path: string): Promise<unknown> {
  const text = await readText(path);
  refuseStandIn(text.slice(0, 256), path);
  return parseJson(text, path);
}

/** The file as one JSON object. Throws a sentence that names the file. */
export async function readJsonRecord(path: string): Promise<JsonRecord> {
  const value = await readJson(path);
  if (!isRecord(value)) {
    throw new TypeError(`Cannot read ${path}: it is ${describeJson(value)}, and an object is expected`);
  }
  return value;
}
