/**
 * JupyterLab in a real browser, for tests and pictures: the server that `deno task lab` starts, on a copy of the
 * notebooks, and a page for each notebook that is opened.
 *
 *     await using lab = await openLab(await copyNotebooks());
 *     const notebook = await lab.open("06_ppo");
 *     await notebook.runAll();
 *     const plot = notebook.cell(await notebook.find("await rollout(")).locator(".js-plotly-plot");
 *
 * Cells are counted from 0, prose included.
 */

import { join, relative } from "node:path";
import type { Locator, Page } from "playwright-core";
import { type Lab, startLab } from "../../scripts/lab_server.ts";
import { ensureNotebookTools } from "../../scripts/setup.ts";
import { type Browser, type BrowserOptions, openBrowser } from "./browser.ts";

/** A running JupyterLab with a browser before it. */
export interface OpenLab extends AsyncDisposable {
  /** Opens `NAME.ipynb` in a page and waits for its kernel. */
  open(name: string): Promise<LabNotebook>;
  /** Addresses on other machines that any page asked for. */
  readonly outside: readonly string[];
  /** Errors that the pages' scripts threw. */
  readonly errors: readonly string[];
  /** Closes the browser, ends server and kernels, removes the folder; `await using` does it, too. */
  close(): Promise<void>;
}

/** A notebook in a page, with its kernel. */
export interface LabNotebook {
  readonly page: Page;
  /** Runs all cells and waits until they are done. */
  runAll(): Promise<void>;
  /** Presses Ctrl-Enter in cell `index` and waits until it is done. */
  runCell(index: number): Promise<void>;
  /** Presses Ctrl-Enter in cell `index` and does not wait. */
  startCell(index: number): Promise<void>;
  /** Waits until no cell is running. */
  settled(): Promise<void>;
  /** Cell `index`: prompt, editor and outputs (`.jp-OutputArea-output`). */
  cell(index: number): Locator;
  /** The number of the first code cell that contains `text`. */
  find(text: string): Promise<number>;
  /** Presses the Stop button. */
  stop(): Promise<void>;
  /** Ends the kernel and closes the page, without saving. */
  close(): Promise<void>;
}

/** Options of `openLab`. */
export interface OpenLabOptions extends BrowserOptions {
  /** Environment variables of the kernels: settings of a small run. */
  readonly env?: Readonly<Record<string, string>>;
  /** Default: light. */
  readonly theme?: "light" | "dark";
}

const patience = 300_000; // milliseconds; other tests run on the same two cores

const root = new URL("../..", import.meta.url).pathname;

/** A copy of the English notebooks in a folder of its own inside out/. */
export async function copyNotebooks(): Promise<string> {
  const source = join(root, "notebooks");
  const folder = await newLabFolder();
  for await (const { name, isFile } of Deno.readDir(source)) {
    if (isFile) await Deno.copyFile(join(source, name), join(folder, name));
  }
  return folder;
}

/** An empty folder inside out/, two steps below the project: its cells import `../../lib/ROOM/mod.ts`. */
export async function newLabFolder(): Promise<string> {
  await Deno.mkdir(join(root, "out"), { recursive: true });
  return await Deno.makeTempDir({ dir: join(root, "out"), prefix: "lab_" });
}

/** Starts JupyterLab on `folder`, which is removed at the end, and a browser. */
export async function openLab(
  folder: string,
  { env = {}, theme = "light", ...browserOptions }: OpenLabOptions = {},
): Promise<OpenLab> {
  const tools = await ensureNotebookTools({ lab: true });
  const own = await writeLabSettings(folder, theme);
  const anyPort = "--port=0"; // servers that start at the same moment find the same one free
  const args = ["--no-browser", "--LabApp.expose_app_in_browser=True", anyPort];
  const lab = await startLab({ tools, folder, args, env: { ...env, ...own } });
  const browser = await openBrowser(browserOptions);
  const close = async () => {
    await browser[Symbol.asyncDispose]();
    await lab.stop();
    await Deno.remove(folder, { recursive: true });
  };
  return {
    open: (name) => openNotebook(lab, browser, relative(tools.root, join(folder, `${name}.ipynb`))),
    outside: browser.outside,
    errors: browser.errors,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** JupyterLab's own settings for this folder alone: the theme, and every cell in the page, seen or not. */
async function writeLabSettings(
  folder: string,
  theme: "light" | "dark",
): Promise<Record<string, string>> {
  const settings = join(folder, ".settings", "@jupyterlab");
  const write = async (path: string, value: Record<string, string>) => {
    await Deno.mkdir(join(settings, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(settings, path), JSON.stringify(value));
  };
  await write("apputils-extension/themes.jupyterlab-settings", {
    theme: theme === "dark" ? "JupyterLab Dark" : "JupyterLab Light",
  });
  await write("notebook-extension/tracker.jupyterlab-settings", { windowingMode: "none" });
  return {
    JUPYTERLAB_SETTINGS_DIR: join(folder, ".settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, ".workspaces"),
  };
}

async function openNotebook(lab: Lab, { context }: Browser, path: string): Promise<LabNotebook> {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  await page.goto(`${lab.base}doc/tree/${path.replaceAll("\\", "/")}?token=${lab.token}`);
  await page.waitForFunction(kernelIsReady);
  const cell = (index: number) => page.locator(".jp-Notebook .jp-Cell").nth(index);
  const settled = async () => void await page.waitForFunction(nothingRuns);
  const startCell = async (index: number) => {
    await cell(index).locator(".cm-content").click();
    await page.keyboard.press("Control+Enter");
  };
  return {
    page,
    cell,
    settled,
    startCell,
    runCell: async (index) => {
      await startCell(index);
      await settled();
    },
    runAll: async () => {
      await page.evaluate(startAllCells);
      await page.waitForFunction("allCellsRan");
      await settled();
    },
    find: async (text) => {
      const sources = await page.evaluate<string[]>(codeSources);
      const index = sources.findIndex((source) => source.includes(text));
      if (index < 0) throw new Error(`Cannot find "${text}": no code cell of ${path} contains it`);
      return index;
    },
    stop: () => page.locator('[data-jp-item-name="interrupt"] >> visible=true').click(),
    close: async () => {
      await page.evaluate("jupyterapp.shell.currentWidget.sessionContext.shutdown()");
      await page.close();
    },
  };
}

// Sentences for JupyterLab's page, where `jupyterapp` is the application.

/** The visible indicator says idle too early. */
const kernelIsReady = `(() => {
  const context = globalThis.jupyterapp?.shell.currentWidget?.sessionContext;
  return context?.session?.kernel?.connectionStatus === "connected" && context.kernelDisplayStatus === "idle";
})()`;

const nothingRuns = `![...document.querySelectorAll(".jp-InputPrompt")]
  .some((prompt) => prompt.textContent.includes("*"))`;

const startAllCells = `globalThis.allCellsRan = false;
jupyterapp.commands.execute("notebook:run-all-cells").finally(() => globalThis.allCellsRan = true);
undefined`;

/** The text of each code cell, and nothing for prose. */
const codeSources = `[...jupyterapp.shell.currentWidget.content.model.cells]
  .map((cell) => cell.type === "code" ? cell.sharedModel.source : "")`;
