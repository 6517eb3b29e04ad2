/**
 * Checks that the notebooks are what their sources give, and type-checks and lints their code,
 * because `deno check` and `deno lint` cannot read notebooks and the kernel only transpiles.
 *
 *     deno run -A scripts/check_notebooks.ts [path ...]
 *
 * The code cells of a notebook are joined into one file beside it, so that their imports resolve.
 * That file is checked and removed. Errors in a chapter name the line in its source. Without paths
 * it checks all chapters in both languages. The exit code is 1 if there is an error.
 */

import { basename, join, resolve } from "node:path";
import { cellText } from "./chapter_notebook.ts";
import {
  chapterCells,
  type Edition,
  editionFault,
  editionsOf,
  notebookPath,
  sourcePath,
} from "./chapters.ts";

const root = join(import.meta.dirname ?? ".", "..");

/** A notebook's code as one text, and the place of each line. */
export interface JoinedCells {
  readonly text: string;
  /** `01_policy.ipynb, cell 3, line 2`, counted from 1 and including text cells. */
  readonly places: readonly string[];
}

/** Joins texts; `place` names a line of a text, counted from 0. */
function joinTexts(
  texts: readonly { text: string; place: (line: number) => string }[],
): JoinedCells {
  const lines = texts.flatMap(({ text, place }) =>
    text.split("\n").map((line, at) => ({ line, place: place(at) }))
  );
  return {
    text: lines.map(({ line }) => line + "\n").join(""),
    places: lines.map(({ place }) => place),
  };
}

/**
 * Joins the code cells of a notebook (its file's text), which is called `name` in errors.
 *
 * @throws {SyntaxError} If the text is not JSON. @throws {TypeError} If it holds no cells.
 */
export function joinCells(notebook: string, name: string): JoinedCells {
  const { cells }: { cells?: unknown } = JSON.parse(notebook);
  if (!Array.isArray(cells)) {
    throw new TypeError("Cannot join the cells of a notebook: the file has none");
  }
  return joinTexts(cells.flatMap((cell, index) => {
    const place = (line: number) => `${name}, cell ${index + 1}, line ${line + 1}`;
    return cell.cell_type === "code" ? [{ text: cellText(cell), place }] : [];
  }));
}

/** Joins the code of a chapter in one language; its places are lines of the source. */
export async function joinChapter({ root, name, language }: Edition): Promise<JoinedCells> {
  const cells = await chapterCells(root, name);
  return joinTexts(
    cells.filter(({ kind }) => kind === "code").map(({ text, line }) => ({
      text: text[language],
      place: (at) => `${sourcePath(name)}, line ${line + at}`,
    })),
  );
}

/** Code to check, and the notebook beside which its file stands for that time. */
export interface CodeOfNotebook extends JoinedCells {
  readonly path: string;
}

/**
 * The errors of the compiler and the linter in the code of several notebooks; "" if there are none.
 */
export async function checkCode(notebooks: readonly CodeOfNotebook[]): Promise<string> {
  const files = notebooks.map(({ path }) => `${path}.ts`);
  try {
    for (const { path, text } of notebooks) await Deno.writeTextFile(`${path}.ts`, text);
    const found = [await complaints("check", files), await complaints("lint", files)].join("\n");
    return notebooks.reduce(withPlaces, found.trim());
  } finally {
    for (const file of files) await Deno.remove(file).catch(() => {}); // not written
  }
}

/** Replaces the lines of the file beside a notebook by their places. */
function withPlaces(errors: string, { path, places }: CodeOfNotebook): string {
  const file = RegExp.escape(resolve(`${path}.ts`).replaceAll("\\", "/"));
  const location = new RegExp(`(?:file://)?${file}:(\\d+):(\\d+)`, "g");
  return errors.replaceAll(location, (_, line: string, column: string) => {
    return `${places[Number(line) - 1]}, column ${column}`;
  });
}

/** The errors of a deno command about files; "" if there are none. */
async function complaints(command: "check" | "lint", files: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [command, "--quiet", "--config", join(root, "deno.json"), ...files],
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return "";
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim() + "\n";
}

/** The errors in notebooks of one's own. */
async function checkOwn(paths: readonly string[]): Promise<string> {
  const notebooks = paths.map(async (path) => {
    return { path, ...joinCells(await Deno.readTextFile(path), basename(path)) };
  });
  return await checkCode(await Promise.all(notebooks));
}

/** The errors in editions of chapters; "" if there are none. */
export async function checkEditions(editions: readonly Edition[]): Promise<string> {
  const faults: string[] = [];
  const notebooks: CodeOfNotebook[] = [];
  for (const edition of editions) {
    faults.push(await editionFault(edition) ?? "");
    notebooks.push({ path: notebookPath(edition), ...await joinChapter(edition) });
  }
  const found = [...faults, await checkCode(notebooks)];
  return found.filter((errors) => errors !== "").join("\n");
}

if (import.meta.main) {
  const found =
    await (Deno.args.length > 0 ? checkOwn(Deno.args) : checkEditions(await editionsOf(root)));
  console.log(found === "" ? "The notebooks pass" : found);
  if (found !== "") Deno.exit(1);
}
