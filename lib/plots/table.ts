/** Rows as a table that shows itself in a notebook: HTML there, aligned text in a terminal. */

import { displaySymbol, escapeHtml, type MimeBundle, textWidth } from "../display/mod.ts";
import { columnName, say } from "../text/mod.ts";
import type { Key } from "./rows.ts";

/** A table as a value. */
export interface Table {
  /** For notebooks and pages. */
  readonly html: string;
  /** For terminals. */
  readonly text: string;
  /** Returns both forms in one output. */
  [displaySymbol](): MimeBundle;
}

const cellStyle =
  "text-align:left;vertical-align:top;padding:4px 10px;border-bottom:1px solid #ddd;white-space:pre-wrap";

/**
 * A table of the named columns, e.g. `table(samples, ["passage", "before", "after"])`. Numbers are
 * shown with four significant digits. HTML in the values is escaped. `title` stands above the
 * table. The heads are the columns' names in the language of the notebook.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { table } from "ppo/plots/mod.ts";
 *
 * const rows = [{ before: "?", after: "长江有多长？" }];
 * assert.equal(table(rows, ["before"]).text, "before\n?");
 * ```
 */
export function table<R extends object>(
  rows: readonly R[],
  columns: readonly Key<R>[],
  { title = "" }: { title?: string } = {},
): Table {
  const cells = rows.map((row) => columns.map((name) => show(row[name])));
  const heads = columns.map(columnName);
  const html = toHtml(heads, cells, title);
  const text = toText(heads, cells, title);
  return { html, text, [displaySymbol]: () => ({ "text/html": html, "text/plain": text }) };
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "boolean") return say({ en: String(value), zh: value ? "是" : "否" });
  if (typeof value === "number" && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(4)));
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

type Cells = readonly (readonly string[])[];

function toHtml(heads: readonly string[], cells: Cells, title: string): string {
  const row = (tag: string, values: readonly string[]) => {
    const parts = values.map((text) => `<${tag} style="${cellStyle}">${escapeHtml(text)}</${tag}>`);
    return `<tr>${parts.join("")}</tr>`;
  };
  const caption = `<caption style="text-align:left">${escapeHtml(title)}</caption>`;
  const body = cells.map((values) => row("td", values)).join("\n");
  return `<table>${title === "" ? "" : caption}<thead>${row("th", heads)}</thead>` +
    `<tbody>\n${body}\n</tbody></table>`;
}

function toText(heads: readonly string[], cells: Cells, title: string): string {
  const lines = [heads, ...cells]
    .map((values) => values.map((value) => value.replaceAll("\n", " ")));
  const widths = heads.map((_, index) => Math.max(...lines.map((row) => width(row[index]))));
  const pad = (text: string, index: number) => text + " ".repeat(widths[index] - width(text));
  const rows = lines.map((values) => values.map(pad).join("  ").trimEnd());
  return (title === "" ? rows : [title, ...rows]).join("\n");
}

/** Columns of a terminal, of which a Chinese character takes two. */
const width = (text: string): number => textWidth(text, { wide: 2, narrow: 1 });
