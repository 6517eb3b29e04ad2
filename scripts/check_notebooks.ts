/**
 * Type-checks and lints the notebooks, because `deno check` and `deno lint` cannot read them and
 * the kernel only transpiles.
 *
 *     deno run -A scripts/check_notebooks.ts [path ...]
 *
 * The code cells of a notebook are joined into one file beside it, so that their imports resolve.
 * That file is checked and removed. Without paths it checks all of `notebooks/`. The exit code is 1
 * if there is an error.
 */

import { basename, join } from "node:path";

const root = join(import.meta.dirname ?? ".", "..");

/** A notebook's code as one text, and the place of each line in the notebook. */
export interface JoinedCells {
  readonly text: string;
  /** Both are counted from 1, including text cells. */
  readonly places: readonly { readonly cell: number; readonly line: number }[];
}

/**
 * Joins the code cells of a notebook (its file's text).
 *
 * @throws {SyntaxError} If the text is not JSON. @throws {TypeError} If it holds no cells.
 */
export function joinCells(notebook: string): JoinedCells {
  const { cells }: { cells?: unknown } = JSON.parse(notebook);
  if (!Array.isArray(cells)) {
    throw new TypeError("Cannot join the cells of a notebook: the file has none");
  }
  const lines = cells.flatMap(({ cell_type, source }, index) => {
    if (cell_type !== "code") return [];
    const code = Array.isArray(source) ? source.join("") : String(source); // nbformat allows both
    return code.split("\n").map((text, at) => ({ text, cell: index + 1, line: at + 1 }));
  });
  return { text: lines.map(({ text }) => text + "\n").join(""), places: lines };
}

/**
 * The errors of the compiler and the linter in the notebook at `path`, by cell and line; "" if
 * there are none.
 */
export async function checkNotebook(path: string): Promise<string> {
  const { text, places } = joinCells(await Deno.readTextFile(path));
  const joined = `${path}.ts`;
  await Deno.writeTextFile(joined, text);
  try {
    const found = [await complaints("check", joined), await complaints("lint", joined)].join("\n")
      .trim();
    const location = new RegExp(`\\S*${RegExp.escape(basename(joined))}:(\\d+):(\\d+)`, "g");
    return found.replaceAll(location, (_, line: string, column: string) => {
      const place = places[Number(line) - 1];
      return `${basename(path)}, cell ${place?.cell}, line ${place?.line}, column ${column}`;
    });
  } finally {
    await Deno.remove(joined);
  }
}

/** The errors of a deno command about a file; "" if there are none. */
async function complaints(command: "check" | "lint", path: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [command, "--quiet", "--config", join(root, "deno.json"), path],
    env: { NO_COLOR: "1" },
  }).output();
  if (success) return "";
  return [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("").trim() + "\n";
}

async function allNotebooks(): Promise<string[]> {
  const folder = join(root, "notebooks");
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  return names.filter((name) => name.endsWith(".ipynb")).sort().map((name) => join(folder, name));
}

if (import.meta.main) {
  const paths = Deno.args.length > 0 ? Deno.args : await allNotebooks();
  let failed = 0;
  for (const path of paths) {
    const found = await checkNotebook(path);
    if (found === "") continue;
    failed += 1;
    console.error(`${basename(path)}\n\n${found}\n`);
  }
  console.log(`${paths.length - failed} of ${paths.length} notebooks pass`);
  if (failed > 0) Deno.exit(1);
}
