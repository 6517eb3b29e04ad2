/**
 * Makes a notebook from a chapter's cells. Outputs of an earlier notebook stay with the cells whose
 * code is the same apart from comments, so that a change of prose needs no execution.
 *
 * A cell's id is a hash of its English source: inserting a cell changes no other cell's id, and
 * both editions have the same ids.
 */

import { createHash } from "node:crypto";
import type { Language } from "../lib/text/mod.ts";
import type { ChapterCell } from "./chapter_source.ts";
import { withoutComments } from "./code_pairs.ts";

/** A cell of a notebook file: the parts that are read here. */
export interface CellOfFile {
  readonly cell_type: string;
  readonly id?: string;
  readonly source: string | readonly string[];
  readonly execution_count?: number | null;
  readonly outputs?: readonly unknown[];
}

/** A notebook file. */
export interface NotebookFile {
  readonly cells: readonly CellOfFile[];
  readonly metadata?: unknown;
}

/** Options of `notebookOf`. */
export interface NotebookOptions {
  /** The chapter's file name without its ending, for the link to the other edition. */
  readonly name: string;
  readonly language: Language;
  /** The notebook that the new one replaces, whose outputs and metadata are kept. */
  readonly previous?: NotebookFile | undefined;
}

/** The text of a cell, which nbformat stores whole or by lines. */
export const cellText = ({ source }: Pick<CellOfFile, "source">): string =>
  typeof source === "string" ? source : source.join("");

/** The notebook of one edition as the text of its file. */
export function notebookOf(
  cells: readonly ChapterCell[],
  { name, language, previous }: NotebookOptions,
): string {
  const outputs = outputsOf(previous);
  const ids = idsOf(cells);
  const made = cells.map((cell, index) => {
    const text = textOf(cell, language);
    const shown = index === 0 ? `${editionSwitch(name, language)}\n\n${text}` : text;
    const common = { id: ids[index], metadata: {}, source: shown.split(/(?<=\n)/) };
    if (cell.kind !== "code") return { cell_type: "markdown", ...common };
    const { execution_count = null, outputs: kept = [] } =
      outputs.get(withoutComments(text))?.shift() ?? {};
    return {
      cell_type: "code",
      execution_count,
      id: common.id,
      metadata: {},
      outputs: kept,
      source: common.source,
    };
  });
  const file = {
    cells: made,
    metadata: previous?.metadata ?? METADATA,
    nbformat: 4,
    nbformat_minor: 5,
  };
  return JSON.stringify(file, null, 1) + "\n";
}

/** The line that leads to the other edition, the first of the notebook. */
export const editionSwitch = (name: string, language: Language): string =>
  language === "en"
    ? `**English** · [中文](zh/${name}.ipynb)`
    : `[English](../${name}.ipynb) · **中文**`;

/** The heading of a folded solution. */
export const SOLUTION = { en: "Solution", zh: "参考答案" };

function textOf(cell: ChapterCell, language: Language): string {
  const text = cell.text[language];
  if (cell.kind !== "solution") return text;
  const code = `\`\`\`ts\n${cell.code[language]}\n\`\`\``;
  return `<details><summary>${SOLUTION[language]}</summary>\n\n${code}\n\n${text}\n\n</details>`;
}

/** The first eight digits of a hash; a cell that repeats another one gets a number behind it. */
function idsOf(cells: readonly ChapterCell[]): string[] {
  const seen = new Map<string, number>();
  return cells.map((cell) => {
    const hash = createHash("sha256").update(`${cell.kind}\n${textOf(cell, "en")}`).digest("hex");
    const id = hash.slice(0, 8), count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}-${count}`;
  });
}

/** The executed cells of a notebook by their code without comments; equal ones in their order. */
function outputsOf(notebook: NotebookFile | undefined): Map<string, CellOfFile[]> {
  const code = notebook?.cells.filter(({ cell_type }) => cell_type === "code") ?? [];
  return Map.groupBy(code, (cell) => withoutComments(cellText(cell)));
}

/**
 * What the kernel writes. An incomplete `language_info` makes a notebook unsaved when it is opened.
 */
const METADATA = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: {
    codemirror_mode: "typescript",
    file_extension: ".ts",
    mimetype: "text/x.typescript",
    name: "typescript",
    nbconvert_exporter: "script",
    pygments_lexer: "typescript",
    version: "6.0.3",
  },
};
