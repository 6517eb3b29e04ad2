/** Rows as a table that shows itself in a notebook: HTML there, aligned text in a terminal. */

import { escapeHtml } from "./escape.ts";
import { displaySymbol } from "./figure.ts";
import type { MimeBundle } from "./specification.ts";
import type { Key } from "./rows.ts";

/** A table as a value. */
export interface Table {
  /** For notebooks and pages. */
  readonly html: string;
  /** For terminals. */
  readonly text: string;
  /** Both forms in one output. */
  [displaySymbol](): MimeBundle;
}

/** Options of `table`. */
export interface TableOptions {
  /** Stands above the table. */
  readonly title?: string;
}

const cellStyle =
  "text-align:left;vertical-align:top;padding:4px 10px;border-bottom:1px solid #ddd;white-space:pre-wrap";

/**
 * A table of the named columns, e.g. `table(samples, ["passage", "before", "after"])`. Numbers are shown with four
 * digits; HTML in the values is shown, not obeyed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { table } from "./table.ts";
 *
 * assert.equal(table([{ before: "?", after: "长江有多长？" }], ["before"]).text, "before\n?");
 * ```
 */
export function table<R extends object>(
  rows: readonly R[],
  columns: readonly Key<R>[],
  { title = "" }: TableOptions = {},
): Table {
  const cells = rows.map((row) => columns.map((name) => show(row[name])));
  const html = toHtml(columns, cells, title);
  const text = toText(columns, cells, title);
  return { html, text, [displaySymbol]: () => ({ "text/html": html, "text/plain": text }) };
}

function show(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") {
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function toHtml(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  title: string,
): string {
  const row = (tag: string, values: readonly string[]) =>
    `<tr>${
      values.map((value) => `<${tag} style="${cellStyle}">${escapeHtml(value)}</${tag}>`).join("")
    }</tr>`;
  const caption = title === ""
    ? ""
    : `<caption style="text-align:left">${escapeHtml(title)}</caption>`;
  const body = cells.map((values) => row("td", values)).join("\n");
  return `<table>${caption}<thead>${row("th", columns)}</thead><tbody>\n${body}\n</tbody></table>`;
}

function toText(
  columns: readonly string[],
  cells: readonly (readonly string[])[],
  title: string,
): string {
  const lines = [columns, ...cells].map((values) =>
    values.map((value) => value.replaceAll("\n", " "))
  );
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((values) => width(values[index] ?? "")))
  );
  const pad = (value: string, index: number) =>
    value + " ".repeat((widths[index] ?? 0) - width(value));
  const text = lines.map((values) => values.map(pad).join("  ").trimEnd());
  return (title === "" ? text : [title, ...text]).join("\n");
}

/** Columns of a terminal: a Chinese character takes two. */
function width(text: string): number {
  return Array.from(text).reduce(
    (sum, character) => sum + ((character.codePointAt(0) ?? 0) >= 0x2e80 ? 2 : 1),
    0,
  );
}
