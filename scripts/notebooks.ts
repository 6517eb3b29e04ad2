/**
 * Executes notebooks headless, through the real Deno kernel.
 *
 *     deno task notebooks [--build | --check | --write | --pages] [--lang en] [--kl_coef 0.2 ...]
 *       [name ...]
 *
 * runs both editions of every chapter, or of those whose file name begins with a given name;
 * `--lang` chooses one edition, and the language of messages. It writes each executed notebook and
 * its page to `out/` (the Chinese ones to `out/zh/`) and reports the time.
 *
 * `--build` executes nothing and makes the notebooks from `notebooks/source/`; outputs stay with
 * the cells whose code is the same. `--check` compares them with their sources and checks the types
 * of their code. `--write` makes them too, executes them, and keeps them with their new outputs, in
 * the form that JupyterLab writes. `--pages` executes nothing and makes pages of the committed
 * outputs. It does not load ONNX Runtime, and drops the permission to load it once Python has
 * exported the pages.
 */

import { basename, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { readJsonRecord, writeAtomically } from "../lib/files/mod.ts";
import {
  type CHAPTER_FLAGS,
  NOTEBOOKS_FLAGS,
  type SettingValues,
  variablesOf,
} from "../lib/settings/mod.ts";
import { type Language, LANGUAGES, say } from "../lib/text/mod.ts";
import { buildEdition, type Edition, editionFolder, editionsOf, notebookPath } from "./chapters.ts";
import { checkEditions } from "./check_notebooks.ts";
import { type CommandContext, runCommand, showStart, type Terminal } from "./command.ts";
import { readFlags } from "./read_flags.ts";
import { writeFigure } from "./notebook_figure.ts";
import { keepFilePermissions } from "./permissions.ts";
import { ensureNotebookTools, type NotebookTools } from "./setup.ts";

/** Options of `runNotebook`. */
export interface RunNotebookOptions {
  /** The folder for the executed notebook and its page, created if it is missing. */
  readonly outputDirectory: string;
  /** Environment variables for the cells, besides those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives each line that the cells print, as they print it. Default: dropped. */
  readonly onLine?: (line: string) => void;
  /** The result of `ensureNotebookTools`; default: it is called. */
  readonly tools?: NotebookTools;
}

/** The options of a page. */
export type PageOptions = Pick<RunNotebookOptions, "outputDirectory" | "tools">;

/** The results of a run. */
export interface NotebookRun {
  readonly notebook: string;
  readonly page: string;
  readonly seconds: number;
}

/**
 * Executes the notebook at `path` in its own folder.
 *
 * @throws {Error} If a cell fails. The message shows the cell and its error, and both files hold
 * the outputs so far.
 */
export async function runNotebook(path: string, options: RunNotebookOptions): Promise<NotebookRun> {
  const started = performance.now();
  const { page, errors } = await exportPage(path, [], options);
  await makeStandAlone(page);
  if (errors !== undefined) throw new Error(errors);
  const seconds = (performance.now() - started) / 1000;
  return { notebook: join(options.outputDirectory, basename(path)), page, seconds };
}

/**
 * Writes the page of the notebook at `path` with its current outputs; returns the page's path.
 *
 * @throws {Error} If there is no such notebook or it cannot be read.
 */
export async function writePage(path: string, options: PageOptions): Promise<string> {
  const { page } = await exportPage(path, ["--page-only"], options);
  await makeStandAlone(page);
  return page;
}

/** Embeds in an exported page what it would otherwise load from a network. */
async function makeStandAlone(page: string): Promise<void> {
  const { standAlonePage } = await import("./notebook_page.ts"); // loads KaTeX
  await Deno.writeTextFile(page, standAlonePage(await Deno.readTextFile(page)));
}

/** A page that still refers to scripts on the web. */
interface ExportedPage {
  readonly page: string;
  /** Why not all cells ran. */
  readonly errors?: string;
}

/**
 * Runs `notebook_runner.py` on the notebook.
 *
 * @throws {Error} If it has not written a page.
 */
async function exportPage(
  path: string,
  args: readonly string[],
  options: RunNotebookOptions,
): Promise<ExportedPage> {
  const tools = options.tools ?? await ensureNotebookTools();
  await Deno.stat(path).catch(() => {
    throw new Error(say({
      en: `Cannot run ${path}: there is no such notebook`,
      zh: `无法运行 ${path}：没有这个笔记本`,
    }));
  });
  const files = [resolve(path), resolve(options.outputDirectory)];
  const child = new Deno.Command(tools.python, {
    args: ["-I", "-u", "-X", "utf8", runner, ...files, ...args],
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
  if (code === 0) return { page };
  const reason = withoutKernelWarning(errors);
  const message = say({
    en: `Cannot finish ${path}: ${reason}`,
    zh: `${path} 没有运行完：${reason}`,
  });
  if (code !== cellFailed) throw new Error(message);
  return { page, errors: message };
}

/**
 * The runner's exit code if a cell failed and the files were written. With any other error, nothing
 * was written.
 */
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

/**
 * Checks a chapter's settings together with those of the embedded model, before anything is set up.
 *
 * @throws {RangeError} For values that exclude each other.
 */
export async function checkChapterSettings(
  { held_out: _, threads: _threads, ...given }: Partial<SettingValues<typeof CHAPTER_FLAGS>>,
): Promise<void> {
  const { pathOf, trialSettings } = await import("../lib/course/mod.ts"); // loads ONNX Runtime
  trialSettings(given, await readJsonRecord(pathOf("models/sft_model/settings.json")));
}

async function notebooks(args: string[], { terminal }: CommandContext): Promise<void> {
  const flags = readFlags(NOTEBOOKS_FLAGS, ABOUT, { args, terminal });
  if (flags === undefined) return;
  const { build = false, check = false, write = false, pages = false, ...others } = flags.given;
  const { lang = "both", ...given } = others;
  const ways = Object.entries({ build, check, write, pages }).filter(([, chosen]) => chosen);
  if (ways.length > 1) {
    const [first, second] = ways.map(([name]) => `--${name}`);
    throw new RangeError(say({
      en: `Cannot use ${first} together with ${second}: choose one of them`,
      zh: `不能同时使用 ${first} 和 ${second}：请只选一个`,
    }));
  }
  if (!pages) await checkChapterSettings(given);
  const languages = LANGUAGES.filter((language) => lang === "both" || lang === language);
  const editions = await editionsOf(root, { names: flags.names, languages });
  if (check) return await checkAll(editions, terminal);
  if (build || write) await buildAll(editions, terminal);
  if (build) return;
  const tools = await ensureNotebookTools();
  if (pages) return await makePages(editions, { tools, terminal });
  await runAll(editions, { env: variablesOf(given), tools, write, terminal });
}

/**
 * Makes the pages of the committed outputs: first what needs Python, then what needs only files.
 */
async function makePages(
  editions: readonly Edition[],
  { tools, terminal }: { tools: NotebookTools; terminal: Terminal },
): Promise<void> {
  const pages: string[] = [];
  for (const edition of editions) {
    const path = notebookPath(edition);
    showStart(say({ en: "exporting ", zh: "正在导出 " }) + basename(path));
    const options = { outputDirectory: outputFolder(edition.language), tools };
    pages.push((await exportPage(path, ["--page-only"], options)).page);
  }
  keepFilePermissions();
  for (const page of pages) {
    await makeStandAlone(page);
    terminal.print(page);
  }
}

const ABOUT = {
  command: "deno task notebooks",
  does: {
    en: "Executes all notebooks, or those with a given name prefix, and writes to out/.",
    zh: "执行全部笔记本，或文件名以给定前缀开头的笔记本，结果写入 out/。",
  },
  names: { en: " [name ...]", zh: " [名称 ...]" },
  takesNames: true,
};

const root = join(import.meta.dirname ?? ".", "..");

/**
 * Where the executed notebook and the page of an edition go: beside each other as in `notebooks/`.
 */
export const outputFolder = (language: Language): string =>
  join(root, "out", relative(editionFolder(root, "en"), editionFolder(root, language)));

async function checkAll(editions: readonly Edition[], terminal: Terminal): Promise<void> {
  const found = await checkEditions(editions);
  if (found !== "") throw new Error(found);
  const count = editions.length;
  terminal.print(say({ en: `${count} notebooks pass`, zh: `${count} 个笔记本通过检查` }));
}

async function buildAll(editions: readonly Edition[], terminal: Terminal): Promise<void> {
  for (const edition of editions) {
    const path = relative(root, notebookPath(edition));
    const result = await buildEdition(edition)
      ? { en: "written", zh: "已写出" }
      : { en: "unchanged", zh: "没有变化" };
    terminal.print(`${path}  ${say(result)}`);
  }
}

/**
 * Runs each notebook and prints how it went; a failure lets the others run and fails the command.
 */
async function runAll(
  editions: readonly Edition[],
  { write, terminal, ...options }:
    & Omit<RunNotebookOptions, "outputDirectory">
    & { write: boolean; terminal: Terminal },
): Promise<void> {
  let failed = 0;
  for (const edition of editions) {
    const path = notebookPath(edition), name = relative(root, path);
    const onLine = (line: string) => terminal.print(`    ${line}`);
    try {
      const outputDirectory = outputFolder(edition.language);
      const { notebook, seconds } = await runNotebook(path, {
        ...options,
        outputDirectory,
        onLine,
      });
      if (write) await writeAtomically(path, committedForm(await Deno.readTextFile(notebook)));
      if (write) await writeFigure(path);
      terminal.print(`${name}  ${seconds.toFixed(1)} ${say({ en: "s", zh: "秒" })}`);
    } catch (error) {
      failed += 1;
      const state = say({ en: "failed", zh: "失败" });
      console.error(`${name}  ${state}\n${error instanceof Error ? error.message : error}`);
    }
  }
  const ran = editions.length - failed;
  terminal.print(say({
    en: `${ran} of ${editions.length} notebooks ran`,
    zh: `${editions.length} 个笔记本中有 ${ran} 个运行成功`,
  }));
  if (failed > 0) Deno.exit(1);
}

/**
 * The committed form of an executed notebook: without the times in its progress lines, and with
 * numbers as `--build` writes them, so that running or building it again gives the same file.
 */
export function committedForm(notebook: string): string {
  const untimed = notebook.replaceAll(/(?:, \d+ s left|，还需 \d+ 秒)(?=\\n|")/g, "");
  return JSON.stringify(JSON.parse(untimed), null, 1) + "\n";
}

if (import.meta.main) await runCommand((context) => notebooks(Deno.args, context));
