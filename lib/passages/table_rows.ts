/**
 * Tables: CSV and TSV whose first line names the columns. Papa Parse reads them.
 *
 * A file that ends in .csv or .tsv must name its columns. In any other file the names are what
 * distinguishes a table from a text.
 */
// @ts-types="npm:@types/papaparse@5.5.2"
import papa from "papaparse";
import { cannotRead, lineAt, textAround, type TextLine } from "../files/mod.ts";
import { say, type Text } from "../text/mod.ts";
import type { DataRow, DataRows, Fault } from "./found_row.ts";
import { isKnownKey } from "./row_fields.ts";

const DELIMITERS = [",", "\t", ";"];

/** A longer line is a passage and names no columns. */
const LONGEST_HEADER = 2000;

/** A record of a table with the line at which it begins. */
interface TableRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Splits a text into records. Blank lines are skipped.
 *
 * @throws {Error} If the quotes of a cell are not in order, with line and column.
 */
function recordsOf(text: string, delimiter: string, path: string): TableRecord[] {
  const records: TableRecord[] = [];
  let start = 0, line = 1; // of the next record
  let broken: papa.ParseError | undefined;
  papa.parse<string[]>(text, {
    delimiter,
    newline: "\n",
    step({ data: cells, errors, meta: { cursor } }, parser) {
      [broken] = errors;
      if (broken !== undefined) return parser.abort();
      if (cells.length > 1 || cells[0].trim() !== "") records.push({ line, cells });
      line += text.slice(start, cursor).split("\n").length - 1;
      start = cursor;
    },
  });
  if (broken !== undefined) throw new Error(say(quoteFault(text, path, broken)));
  return records;
}

function quoteFault(text: string, path: string, { code, index = 1 }: papa.ParseError): Text {
  const offset = index - 1; // of the quote that opens the cell
  const column = offset - text.lastIndexOf("\n", offset - 1);
  const kind = code === "MissingQuotes"
    ? { en: "the quote that opens a cell is never closed", zh: "单元格开头的引号没有配对" }
    : {
      en: 'text follows the closing quote of a cell; write "" for a quote inside it',
      zh: '单元格的右引号后面还有文字；其中的引号请写成 ""',
    };
  const [line, around] = [lineAt(text, offset), textAround(text, offset)];
  return {
    en: `Cannot read ${path}, line ${line}, column ${column}: ${kind.en} (here: ${around})`,
    zh: `无法读取 ${path} 第 ${line} 行第 ${column} 列：${kind.zh}（位置：${around}）`,
  };
}

/** The columns that the first line names. */
interface Header {
  readonly delimiter: string;
  readonly columns: readonly string[];
}

/** The names of the columns in a line. */
const columnsOf = (text: string, delimiter: string): string[] =>
  text.length > LONGEST_HEADER
    ? []
    : (papa.parse<string[]>(text, { delimiter }).data[0] ?? []).map((cell) => cell.trim());

function headerOf(first: TextLine, path: string): Header | undefined {
  const isTable = /\.(csv|tsv)$/i.test(path);
  return DELIMITERS.map((delimiter) => ({
    delimiter,
    columns: columnsOf(first.text, delimiter),
  })).find(({ columns }) => columns.some(isKnownKey) && (isTable || columns.length > 1));
}

/** Refuses a table that does not name its columns. A text returns undefined. */
function withoutHeader(filled: readonly TextLine[], path: string): undefined {
  const tabs = new Set(filled.map(({ text }) => text.split("\t").length));
  const hasColumns = filled.length > 1 && tabs.size === 1 && !tabs.has(1);
  if (!hasColumns && !/\.(csv|tsv)$/i.test(path)) return undefined;
  const [{ text, line }] = filled;
  const start = JSON.stringify(text.slice(0, 40));
  throw new Error(cannotRead(path, {
    en:
      `it looks like a table, and line ${line} names no known column (it begins with ${start}). ` +
      "Put the names of the columns into the first line, such as content and query, " +
      "prompt, chosen and rejected, or instruction, input and output.",
    zh: `它看起来是表格，但第 ${line} 行没有认识的列名（开头是 ${start}）。` +
      "请在第一行写上列名，例如 content 和 query，" +
      "prompt、chosen 和 rejected，或 instruction、input 和 output。",
  }));
}

/**
 * The rows of a table; undefined if the file is a text.
 *
 * @throws {Error} If the columns have no known names, or a quote is not closed.
 */
export function tableRows(path: string, lines: readonly TextLine[]): DataRows | undefined {
  const filled = lines.filter(({ text }) => text.trim() !== "");
  const header = headerOf(filled[0], path);
  if (header === undefined) return withoutHeader(filled, path);
  const { delimiter, columns } = header;
  const twice = columns.find((column, index) =>
    isKnownKey(column) && columns.indexOf(column) < index
  );
  if (twice !== undefined) {
    throw new Error(cannotRead(path, {
      en: `line ${filled[0].line} names the column "${twice}" twice`,
      zh: `第 ${filled[0].line} 行有两个名为“${twice}”的列`,
    }));
  }
  const text = lines.map((line) => line.text).join("\n");
  const [, ...records] = recordsOf(text, delimiter, path);
  const fits = ({ cells }: TableRecord) => cells.length === columns.length;
  const isTable = /\.(csv|tsv)$/i.test(path) || records.filter(fits).length * 2 > records.length;
  if (!isTable) return undefined;
  return {
    container: delimiter === "\t" ? "TSV" : "CSV",
    rows: records.map((record) =>
      fits(record) ? tableRow(record, columns) : cellFault(record, columns)
    ),
  };
}

const tableRow = ({ line, cells }: TableRecord, columns: readonly string[]): DataRow => ({
  value: Object.fromEntries(columns.map((column, index) => [column, cells[index]])),
  place: () => say({ en: `line ${line}: it`, zh: `第 ${line} 行` }),
});

const cellFault = ({ line, cells }: TableRecord, columns: readonly string[]): Fault => ({
  unit: "row",
  sentence: () =>
    say({
      en: `line ${line}: its number of cells is ${cells.length}, ` +
        `and there are ${columns.length} columns`,
      zh: `第 ${line} 行有 ${cells.length} 个单元格，而列数是 ${columns.length}`,
    }),
});
