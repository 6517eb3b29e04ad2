/**
 * Executes notebooks headless, through the real Deno kernel.
 *
 *     deno run -A scripts/notebooks.ts [--write | --pages] [name ...]
 *
 * runs every notebook in `notebooks/` (or those whose file name begins with a given name), writes each, executed and
 * as a page, to `out/`, and reports its time; with `--write` the committed notebook is replaced by the executed one,
 * in the normal form that JupyterLab writes too. With `--pages` nothing is executed: the committed outputs become pages.
 * Settings come from the environment, as for `start`.
 */

import { basename, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { writeAtomically } from "../lib/files/mod.ts";
import { standAlonePage } from "./notebook_page.ts";
import { writeFigure } from "./notebook_figure.ts";
import { ensureNotebookTools, type NotebookTools } from "./setup.ts";

/** Options of `runNotebook`. */
export interface RunNotebookOptions {
  /** Receives the executed notebook and its page; made if it is missing. */
  readonly outputDirectory: string;
  /** Environment variables for the cells, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives each line that the cells print, when they print it. Default: dropped. */
  readonly onLine?: (line: string) => void;
  /** What `ensureNotebookTools` returned; default: it is called. */
  readonly tools?: NotebookTools;
}

/** Where a page goes, and with which tools it is made. */
export type PageOptions = Pick<RunNotebookOptions, "outputDirectory" | "tools">;

/** What a run made. */
export interface NotebookRun {
  readonly notebook: string;
  readonly page: string;
  readonly seconds: number;
}

/**
 * Executes the notebook at `path` in its own folder.
 *
 * @throws {Error} when a cell fails; the message shows the cell and its error, and both files hold what was done.
 */
export async function runNotebook(path: string, options: RunNotebookOptions): Promise<NotebookRun> {
  const started = performance.now();
  const page = await convert(path, [], options);
  const seconds = (performance.now() - started) / 1000;
  return { notebook: join(options.outputDirectory, basename(path)), page, seconds };
}

/**
 * Writes the page of the notebook at `path` as it stands, with the outputs that it holds; returns the page's path.
 *
 * @throws {Error} when there is no such notebook or it cannot be read.
 */
export function writePage(path: string, options: PageOptions): Promise<string> {
  return convert(path, ["--page-only"], options);
}

/** Hands the notebook to the runner, and makes the page stand on its own. */
async function convert(
  path: string,
  args: readonly string[],
  options: RunNotebookOptions,
): Promise<string> {
  const tools = options.tools ?? await ensureNotebookTools();
  await Deno.stat(path).catch(() => {
    throw new Error(`Cannot run ${path}: there is no such notebook`);
  });
  const child = new Deno.Command(tools.python, {
    args: [
      "-I",
      "-u",
      "-X",
      "utf8",
      runner,
      resolve(path),
      resolve(options.outputDirectory),
      ...args,
    ],
    env: { ...tools.env, ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [errors] = await Promise.all([
    new Response(child.stderr).text(),
    eachLine(child.stdout, options.onLine ?? (() => {})),
  ]);
  const { code } = await child.status;
  const page = join(options.outputDirectory, basename(path).replace(/\.ipynb$/, ".html"));
  if (code === 0 || code === cellFailed) {
    await Deno.writeTextFile(page, standAlonePage(await Deno.readTextFile(page)));
  }
  if (code !== 0) throw new Error(`Cannot finish ${path}: ${withoutKernelWarning(errors)}`);
  return page;
}

/** The runner's exit code when it has written what it could; with any other, nothing was written. */
const cellFailed = 3;

const runner = join(import.meta.dirname ?? ".", "notebook_runner.py");

async function eachLine(
  stream: ReadableStream<Uint8Array>,
  onLine: (line: string) => void,
): Promise<void> {
  const chunks = Readable.from(stream.pipeThrough(new TextDecoderStream()));
  for await (const line of createInterface({ input: chunks })) onLine(line);
}

function withoutKernelWarning(errors: string): string {
  return errors.split("\n").filter((line) => !line.includes('"deno jupyter" is unstable')).join(
    "\n",
  ).trim();
}

/** Runs the command; returns its exit code. */
async function main(args: readonly string[]): Promise<number> {
  const flags = args.filter((arg) => arg.startsWith("-"));
  const unknown = flags.find((flag) => flag !== "--write" && flag !== "--pages");
  if (unknown !== undefined) {
    throw new Error(
      `Cannot run the notebooks: there is no flag ${unknown} (only --write and --pages)`,
    );
  }
  if (flags.length > 1) {
    throw new Error(
      "Cannot run the notebooks with --write and --pages: the one executes, the other does not",
    );
  }
  const tools = await ensureNotebookTools();
  const paths = await findNotebooks(tools.root, args.filter((arg) => !arg.startsWith("-")));
  if (flags.includes("--pages")) {
    for (const path of paths) {
      console.log(await writePage(path, { outputDirectory: join(tools.root, "out"), tools }));
    }
    return 0;
  }
  return await runAll(paths, tools, { write: flags.includes("--write") });
}

/** Runs each notebook and says how it went; returns the exit code. */
async function runAll(
  paths: readonly string[],
  tools: NotebookTools,
  { write }: { write: boolean },
): Promise<number> {
  let failed = 0;
  for (const path of paths) {
    const outcome = await runNotebook(path, {
      outputDirectory: join(tools.root, "out"),
      onLine: (line) => console.log(`    ${line}`),
      tools,
    }).catch((error: unknown) => error instanceof Error ? error : new Error(String(error)));
    if (outcome instanceof Error) {
      failed += 1;
      console.error(`${basename(path)}  failed\n${outcome.message}`);
    } else {
      if (write) await writeAtomically(path, normalForm(await Deno.readTextFile(outcome.notebook)));
      if (write) await writeFigure(path);
      console.log(`${basename(path)}  ${outcome.seconds.toFixed(1)} s`);
    }
  }
  console.log(`${paths.length - failed} of ${paths.length} notebooks ran`);
  return failed === 0 ? 0 : 1;
}

/**
 * What is committed: the executed notebook without the times in its progress lines, so that a re-run without a change gives
 * the same file.
 */
export function normalForm(notebook: string): string {
  return notebook.replaceAll(/, \d+ s left(?=\\n|")/g, "");
}

/** The notebooks whose names begin with one of `names`; all of them when none is given. */
async function findNotebooks(root: string, names: readonly string[]): Promise<string[]> {
  const folder = join(root, "notebooks");
  const found = (await Array.fromAsync(Deno.readDir(folder))).map((entry) => entry.name)
    .filter((name) => name.endsWith(".ipynb")).sort();
  for (const name of names) {
    if (!found.some((file) => file.startsWith(basename(name)))) {
      throw new Error(`Cannot run ${name}: notebooks/ has ${found.join(", ") || "no notebook"}`);
    }
  }
  const wanted = names.map((name) => basename(name));
  return found.filter((file) => wanted.length === 0 || wanted.some((name) => file.startsWith(name)))
    .map((file) => join(folder, file));
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
