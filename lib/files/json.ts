/**
 * JSON whose errors name the file, the line and the column, and the one type guard that turns
 * `unknown` into a record.
 *
 * `JSON.parse` reads. `jsonc-parser` finds the place of an error, and is called only then.
 */
import { cannotRead } from "./cannot_read.ts";
import { inBoth, say, titled, type Words } from "../text/mod.ts";
import { findNodeAtLocation, parseTree } from "jsonc-parser";
import { PLAIN_JSON, syntaxFault } from "./json_syntax.ts";
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
  if (value === undefined) return say({ en: "missing", zh: "缺失" });
  if (value === null) return say({ en: "null", zh: " null" });
  if (Array.isArray(value)) return say({ en: "a list", zh: "列表" });
  if (typeof value === "object") return say({ en: "an object", zh: "对象" });
  return typeof value === "string"
    ? say({ en: "text", zh: "文本" })
    : say({ en: `the ${typeof value} ${value}`, zh: ` ${value}` });
}

const shown = (text: string): string =>
  text.trim() === ""
    ? say({ en: "nothing", zh: "空白" })
    : JSON.stringify(text.trim().slice(0, 40));

/** Whether a text begins like a JSON object, list or string. */
const beginsLikeJson = (text: string): boolean => /^\s*[{["]/.test(text);

/** A line of a file in errors: `data.json, line 7`; the file alone without a line. */
const placeOf = (where: string, line: number | undefined): string =>
  line === undefined ? where : say({ en: `${where}, line ${line}`, zh: `${where} 第 ${line} 行` });

/** The error for a text that is not JSON; its lines are counted from `firstLine`. */
function notJson(text: string, where: string, firstLine?: number): string {
  if (!beginsLikeJson(text)) {
    return cannotRead(placeOf(where, firstLine), {
      en: `it is not JSON (it begins with ${shown(text)})`,
      zh: `它不是 JSON（开头是 ${shown(text)}）`,
    });
  }
  const { line, column, kind, around } = syntaxFault(text);
  const place = placeOf(where, firstLine === undefined ? undefined : firstLine + line - 1);
  return say({
    en: `Cannot read ${place}, column ${column}: it is not JSON: ${kind} (here: ${around})`,
    zh: `无法读取 ${place}第 ${column} 列：它不是 JSON：${kind}（位置：${around}）`,
  });
}

/**
 * Parses `text`; `where` names the file in the error, and `line` the line at which the text begins
 * if it is part of one.
 *
 * @throws {Error} `Cannot read <where>, line <line>, column <column>: it is not JSON: <kind>`.
 */
export function parseJson(text: string, where: string, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(notJson(text, where, line), { cause });
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

/** Keys as they are written in code: `data[0].paragraphs[2]`; "" for no keys. */
export const dottedKeys = (keys: readonly (string | number)[]): string =>
  keys.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("").replace(/^\./, "");

/**
 * Makes a function that finds the line, from 1, of the part of a JSON text to which keys lead.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(jsonLines('{"data": [\n1,\n2]}')(["data", 1]), 3);
 * ```
 */
export function jsonLines(text: string): (keys: readonly (string | number)[]) => number {
  let tree: ReturnType<typeof parseTree>;
  return (keys) => {
    tree ??= parseTree(text, [], PLAIN_JSON);
    return lineAt(text, (tree && findNodeAtLocation(tree, [...keys])?.offset) ?? 0);
  };
}

/**
 * Reads a file as one JSON value and keeps the lines of its parts.
 *
 * @throws {Error} `Cannot read <file>, line <line>, column <column>: it is not JSON: <kind>`.
 */
export async function readJsonSource(path: string): Promise<JsonSource> {
  const text = await readText(path);
  refuseStandIn(text.slice(0, 256), path);
  const lineOf = jsonLines(text);
  return {
    value: parseJson(text, path, beginsLikeJson(text) ? 1 : undefined),
    where: (keys) =>
      keys.length === 0
        ? say({ en: `${path}: the file`, zh: `${path}：整个文件` })
        : titled(placeOf(path, lineOf(keys)), dottedKeys(keys)),
  };
}

/**
 * Returns a parsed value as a record.
 *
 * @param where the file, or its line
 * @param what the part of it that the value is (default: all)
 * @throws {TypeError} If it is not a record.
 */
export function expectRecord(
  value: unknown,
  where: string,
  what: Words = { en: "it", zh: "它" },
): JsonRecord {
  if (isRecord(value)) return value;
  const { en, zh } = inBoth(what), found = describeJson(value);
  throw new TypeError(cannotRead(where, {
    en: `${en} is ${found}, and an object is expected`,
    zh: `${zh}是${found}，应为对象`,
  }));
}

/** Reads a file as one JSON object. An error names the file. */
export const readJsonRecord = async (path: string): Promise<JsonRecord> =>
  expectRecord((await readJsonSource(path)).value, path);
