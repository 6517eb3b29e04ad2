/**
 * Finds the rows of a data file: which kind of file it is, decided by all of its lines.
 *
 *   JSON        one value over any number of lines: a list, an object that wraps one, or one row
 *   JSON lines  most lines are JSON objects or lists; the others are faults
 *   table       CSV or TSV whose first line names known columns
 *   text        everything else: a passage per line
 *
 * A file that is none of them, such as JSON with a syntax error, is refused. Brackets alone do not
 * make a text JSON: `[[黄河]]` and `{{stub}}` begin lines of wikis.
 */
import {
  cannotRead,
  dottedKeys,
  foreignFormat,
  isRecord,
  jsonLines,
  type JsonRecord,
  parseJson,
  readLines,
  refuseStandIn,
  syntaxFault,
  type TextLine,
} from "../files/mod.ts";
import { say } from "../text/mod.ts";
import { isMessage } from "./chat_rows.ts";
import type { DataRow, DataRows, Fault } from "./found_row.ts";
import { hasOnePrompt, isRankedList } from "./ranked_rows.ts";
import { isKnownKey, type Keys } from "./row_fields.ts";
import { hasForm } from "./row_forms.ts";
import { tableRows } from "./table_rows.ts";

/** Text that was meant to be JSON, even if it is not. */
const MEANT_AS_JSON = /^\s*(?:\{\s*(?:["'“}]|\w+\s*:)|\[\s*(?:\{\s*["'“}]|\[\s*[{["]|"|\]|$))/;

const MAX_CHARACTERS = 400_000_000; // the longest JavaScript string is a little longer

/**
 * Reads the rows of a data file.
 *
 * @throws {Error} If the file cannot be read or its format cannot be told, with the reason.
 */
export async function readDataRows(path: string): Promise<DataRows> {
  const lines = await textLines(path);
  const filled = lines.filter(({ text }) => text.trim() !== "");
  if (filled.length === 0) return { container: "an empty file", rows: [] };
  refuseStandIn(filled[0].text.slice(0, 256), path);
  return wholeJson(lines, path) ?? linesOfJson(filled, lines, path) ?? tableRows(path, lines) ?? {
    container: "plain text with one passage per line",
    rows: filled.map(({ line, text }) => rowAt(text.trim(), [], { path, lineOf: () => line })),
  };
}

/** The lines of a file; the error for a file of another encoding says which it is. */
async function textLines(path: string): Promise<TextLine[]> {
  try {
    return await Array.fromAsync(readLines(path));
  } catch (cause) {
    const format = cause instanceof TypeError ? await foreignFormat(path) : undefined;
    if (format === undefined) throw cause;
    const found = {
      en: `it is not UTF-8 text but ${format}`,
      zh: `它不是 UTF-8 文本，而是${format}`,
    };
    throw new TypeError(cannotRead(path, found), { cause });
  }
}

const joined = (lines: readonly TextLine[]): string => lines.map(({ text }) => text).join("\n");

/** The value of a text that is JSON; undefined for any other text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The rows of a file that is one JSON object or list; undefined if it is not. */
function wholeJson(lines: readonly TextLine[], path: string): DataRows | undefined {
  const isTooLong = lines.reduce((sum, { text }) => sum + text.length, 0) > MAX_CHARACTERS;
  const text = isTooLong ? "" : joined(lines);
  const value = /^\s*[[{]/.test(text) ? jsonOf(text) : undefined;
  if (value === undefined || isNumbers(value)) return undefined;
  return { container: "JSON", rows: rowsIn(value, [], { path, lineOf: jsonLines(text) }) };
}

/** Whether a value is a list of numbers, such as the reference `[1]` at the beginning of a text. */
const isNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === "number") && value.length > 0;

/** Whether a value is an object or a list that may hold data. */
const isStructured = (value: unknown): boolean => typeof value === "object" && !isNumbers(value);

/**
 * Whether a line is a row of JSON lines, and no plain text.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const lines = ['{"content": "长江"}', '["黄河"]', "[[黄河]]发源于青海省。", "[1]"];
 * deepEqual(lines.map(isJsonRow), [true, true, false, false]);
 * ```
 */
export const isJsonRow = (text: string): boolean =>
  /^\s*[[{]/.test(text) && isStructured(jsonOf(text));

/** The rows of JSON lines; undefined for a file of other lines. */
function linesOfJson(
  filled: readonly TextLine[],
  lines: readonly TextLine[],
  path: string,
): DataRows | undefined {
  const values = filled.map(({ text }) => /^\s*[[{"]/.test(text) ? jsonOf(text) : undefined);
  const structured = values.filter(isStructured);
  const isAllTexts = values.every((value) => typeof value === "string");
  if (structured.length * 2 < filled.length && !isAllTexts) {
    if (MEANT_AS_JSON.test(joined(lines.slice(0, 100)))) {
      refuseBrokenValue(filled[0], lines, path);
    } else {
      if (structured.length * 10 < filled.length) return undefined;
      throw new Error(mixture(filled, values, path));
    }
  }
  return {
    container: "JSON lines",
    rows: filled.flatMap(({ line, text }, index): (DataRow | Fault)[] =>
      values[index] === undefined
        ? [brokenLine(text, line)]
        : rowsOfLine(values[index], { path, lineOf: () => line })
    ),
  };
}

/** Refuses JSON over several lines: its first line breaks off. */
function refuseBrokenValue(first: TextLine, lines: readonly TextLine[], path: string): void {
  if (syntaxFault(first.text).breaksOff) parseJson(joined(lines), path, 1);
}

function mixture(lines: readonly TextLine[], values: readonly unknown[], path: string): string {
  const [json, other] = [true, false].map((isJson) =>
    lines[values.findIndex((value) => (value !== undefined) === isJson)].line
  );
  return cannotRead(path, {
    en: `line ${json} is JSON and line ${other} is not; ` +
      "a file is either JSON lines or plain text with one passage per line",
    zh: `第 ${json} 行是 JSON，而第 ${other} 行不是；` +
      "文件要么是 JSON Lines，要么是每行一段短文的纯文本",
  });
}

/** A line of JSON lines is one row, or an article with several passages. */
const rowsOfLine = (value: unknown, source: Source): DataRow[] =>
  isRecord(value) ? rowsIn(value, [], source) : [rowAt(value, [], source)];

const brokenLine = (text: string, line: number): Fault => ({
  unit: "row",
  sentence() {
    if (!/^\s*[[{"]/.test(text)) {
      const start = JSON.stringify(text.trim().slice(0, 40));
      return say({
        en: `line ${line}: it is not a JSON object: ${start}`,
        zh: `第 ${line} 行不是 JSON 对象：${start}`,
      });
    }
    const { column, kind, around } = syntaxFault(text);
    return say({
      en: `line ${line}, column ${column}: it is not JSON: ${kind} (here: ${around})`,
      zh: `第 ${line} 行第 ${column} 列不是 JSON：${kind}（位置：${around}）`,
    });
  },
});

/** Where the rows of a file stand. */
interface Source {
  /** The file. */
  readonly path: string;
  /** The line of the part to which keys lead. */
  readonly lineOf: (keys: Keys) => number;
  /** The title of the article that holds the row. */
  readonly title?: string | undefined;
}

const rowAt = (value: unknown, keys: Keys, { lineOf, title }: Source): DataRow => ({
  value,
  title,
  place(more = []) {
    const all = [...keys, ...more];
    const [line, part] = [lineOf(all), dottedKeys(all)];
    return say({
      en: `line ${line}: ${part || "it"}`,
      zh: part === "" ? `第 ${line} 行` : `第 ${line} 行的 ${part} `,
    });
  },
});

/** The rows in a JSON value: of a list, of an object around a list, or the value itself. */
function rowsIn(value: unknown, keys: Keys, source: Source): DataRow[] {
  if (Array.isArray(value)) {
    const isRow = value.length > 0 &&
      (value.every(isMessage) || isRankedList(value) && hasOnePrompt(value) && value.length > 1);
    if (isRow) return [rowAt(value, keys, source)];
    return value.flatMap((item, index) =>
      isRecord(item)
        ? articleRows(item, [...keys, index], source)
        : [rowAt(item, [...keys, index], source)]
    );
  }
  if (!isRecord(value)) return [rowAt(value, keys, source)];
  const columns = columnRows(value, keys, source);
  if (columns !== undefined) return columns;
  if (hasForm(value) || isOneRow(value)) return [rowAt(value, keys, source)];
  const wrapper = wrapperOf(value, source);
  if (wrapper !== undefined) return rowsIn(value[wrapper], [...keys, wrapper], source);
  const items = Object.entries(value);
  const isMap = items.length > 0 && items.every(([, item]) => isRecord(item) && hasForm(item));
  if (isMap) return items.map(([key, item]) => rowAt(item, [...keys, key], source));
  return articleRows(value, keys, source);
}

/** Whether an object without a form has keys of a row, so that no list in it holds the rows. */
const isOneRow = (value: JsonRecord): boolean =>
  Object.keys(value).some((key) => key !== "paragraphs" && isKnownKey(key));

/**
 * The key of an object under which its list of rows is.
 *
 * @throws {Error} If it has several lists, such as the splits of a data set, and none is `data`.
 */
function wrapperOf(value: JsonRecord, { path }: Source): string | undefined {
  const lists = Object.keys(value).filter((key) => Array.isArray(value[key]));
  if (lists.length < 2 || lists.includes("data")) {
    return lists.includes("data") ? "data" : lists.find((key) => key !== "paragraphs");
  }
  const names = lists.map((name) => `"${name}"`);
  throw new Error(cannotRead(path, {
    en: `it has the lists ${names.join(", ")}; put the one that is needed into its own file`,
    zh: `其中有几个列表 ${names.join("、")}；请把需要的那个单独存成一个文件`,
  }));
}

/**
 * The rows of an object of columns: lists of the same length, or pandas' objects by row number.
 * Undefined for any other object.
 */
function columnRows(value: JsonRecord, keys: Keys, source: Source): DataRow[] | undefined {
  const names = Object.keys(value);
  const columns = names.map((name) => cellsOf(value[name]));
  const isTable = names.some(isKnownKey) &&
    columns.every((cells) => cells !== undefined && cells.length === columns[0]?.length);
  if (!isTable) return undefined;
  return (columns[0] ?? []).map((_, row) => ({
    value: Object.fromEntries(names.map((name, column) => [name, columns[column]?.[row]])),
    place() {
      const line = source.lineOf([...keys, names[0], row]);
      return say({ en: `line ${line}: row ${row + 1}`, zh: `第 ${line} 行的第 ${row + 1} 条` });
    },
  }));
}

/** The cells of a column; undefined for a value that is no column. */
function cellsOf(value: unknown): readonly unknown[] | undefined {
  const isNumbered = isRecord(value) && Object.keys(value).every((key) => /^\d+$/.test(key));
  const cells = isNumbered ? Object.values(value) : Array.isArray(value) ? value : [];
  const isColumn = cells.length > 0 && cells.every((cell) => typeof cell !== "object");
  return isColumn ? cells : undefined;
}

/** The paragraphs of an article with their title; any other object is one row. */
function articleRows(item: JsonRecord, keys: Keys, source: Source): DataRow[] {
  const { paragraphs, title } = item;
  if (!Array.isArray(paragraphs)) return [rowAt(item, keys, source)];
  const named = { ...source, title: typeof title === "string" ? title : undefined };
  return paragraphs.map((paragraph, index) =>
    rowAt(paragraph, [...keys, "paragraphs", index], named)
  );
}
