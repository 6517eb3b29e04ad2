/**
 * The chapters as files: `notebooks/source/NAME.txt` is the source, `notebooks/NAME.ipynb` the
 * English edition and `notebooks/zh/NAME.ipynb` the Chinese one.
 */

import { basename, join } from "node:path";
import { fileExists, makeFolder, writeAtomically } from "../lib/files/mod.ts";
import { type Language, LANGUAGES, say } from "../lib/text/mod.ts";
import { cellText, type NotebookFile, notebookOf } from "./chapter_notebook.ts";
import { type ChapterCell, readChapter } from "./chapter_source.ts";

/** One edition of a chapter. */
export interface Edition {
  /** The project's folder. */
  readonly root: string;
  /** The chapter's file name without its ending. */
  readonly name: string;
  readonly language: Language;
}

/** The folder of the notebooks in one language. */
export const editionFolder = (root: string, language: Language): string =>
  join(root, "notebooks", language === "en" ? "" : language);

/** The path of a notebook. */
export const notebookPath = ({ root, name, language }: Edition): string =>
  join(editionFolder(root, language), `${name}.ipynb`);

/** The path of a chapter's source below the project's folder. */
export const sourcePath = (name: string): string => `notebooks/source/${name}.txt`;

/**
 * The chapters whose names begin with one of `names`, or all of them.
 *
 * @throws {Error} If a name fits no chapter.
 */
export async function chapterNames(root: string, names: readonly string[] = []): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(join(root, "notebooks", "source")));
  const chapters = files.filter(({ name }) => name.endsWith(".txt"))
    .map(({ name }) => name.slice(0, -".txt".length)).sort();
  const wanted = names.map((name) => basename(name).replace(/\.(ipynb|txt)$/, ""));
  for (const name of wanted) {
    if (!chapters.some((chapter) => chapter.startsWith(name))) {
      throw new Error(say({
        en: `Cannot run ${name}: notebooks/ has ${chapters.join(", ") || "no chapter"}`,
        zh: `无法运行 ${name}：notebooks/ 中有 ${chapters.join("、") || "零个章节"}`,
      }));
    }
  }
  return chapters.filter((chapter) =>
    wanted.length === 0 || wanted.some((name) => chapter.startsWith(name))
  );
}

/** The editions of the chapters of these names (default: all) in these languages, by chapter. */
export async function editionsOf(
  root: string,
  { names = [], languages = LANGUAGES }: {
    readonly names?: readonly string[];
    readonly languages?: readonly Language[];
  } = {},
): Promise<Edition[]> {
  const chapters = await chapterNames(root, names);
  return chapters.flatMap((name) => languages.map((language) => ({ root, name, language })));
}

/** The cells of a chapter, from its source. */
export async function chapterCells(root: string, name: string): Promise<ChapterCell[]> {
  const path = sourcePath(name);
  return readChapter(await Deno.readTextFile(join(root, path)), path);
}

/** Writes one edition from the source if it differs; returns whether it did. */
export async function buildEdition(edition: Edition): Promise<boolean> {
  const { root, name, language } = edition;
  const path = notebookPath(edition);
  const previous = await readNotebook(path);
  const made = notebookOf(await chapterCells(root, name), { name, language, previous });
  if (JSON.stringify(previous) === JSON.stringify(JSON.parse(made))) return false;
  await makeFolder(editionFolder(root, language));
  await writeAtomically(path, made);
  return true;
}

/** What a notebook has that its source does not give; undefined if they agree. */
export async function editionFault(edition: Edition): Promise<string | undefined> {
  const { root, name, language } = edition;
  const path = notebookPath(edition).slice(join(root, "/").length);
  const build = `Change the source, and run: deno task notebooks --build ${name}`;
  const cells = await chapterCells(root, name);
  const found = await readNotebook(notebookPath(edition));
  if (found === undefined) return `${path} is missing. Run: deno task notebooks --build ${name}`;
  const { cells: wanted }: NotebookFile = JSON.parse(notebookOf(cells, { name, language }));
  const at = wanted.findIndex((cell, index) => !sameCell(cell, found.cells[index]));
  if (at >= 0) {
    const place = `${sourcePath(name)}, line ${cells[at].line}`;
    return `${path}, cell ${at + 1} differs from ${place}. ${build}`;
  }
  if (found.cells.length === wanted.length) return undefined;
  return `${path} has ${found.cells.length} cells, ${
    sourcePath(name)
  } has ${wanted.length}. ${build}`;
}

const sameCell = (one: NotebookFile["cells"][number], other: typeof one | undefined): boolean =>
  other !== undefined && one.cell_type === other.cell_type && one.id === other.id &&
  cellText(one) === cellText(other);

async function readNotebook(path: string): Promise<NotebookFile | undefined> {
  return await fileExists(path) ? JSON.parse(await Deno.readTextFile(path)) : undefined;
}
