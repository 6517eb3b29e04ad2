/**
 * Sets up the tools for notebooks, inside the project folder only: `.venv` (Python packages that
 * execute and export notebooks, and the description of the Deno kernel) and `.tools/deno` (a copy
 * of the running Deno, so that the kernel has the same version).
 *
 * A stamp with the versions is written last. If it matches, nothing is done. If it is missing or
 * differs, the set-up is repeated, so an unfinished one repairs itself. Python itself is not
 * installed.
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SETUP_FLAGS } from "../lib/settings/mod.ts";
import { say } from "../lib/text/mod.ts";
import { runCommand } from "./command.ts";
import { readFlags } from "./read_flags.ts";
import { findPython } from "./setup_python.ts";
import { firstLine, runQuietly } from "./setup_process.ts";

/** Options of `ensureNotebookTools`. */
export interface SetupOptions {
  /**
   * Also install JupyterLab (300 MB more) for the `lab` task. Headless runs do not need it.
   * Default: false.
   */
  readonly lab?: boolean;
  /** The project folder; default: the folder above this script. */
  readonly root?: string;
  /**
   * Receives one sentence per step. Default: standard error, so that standard output has only the
   * task's results.
   */
  readonly onStep?: (sentence: string) => void;
}

/** The absolute paths of the tools, and the environment in which to start them. */
export interface NotebookTools {
  readonly root: string;
  readonly python: string;
  readonly deno: string;
  /** Keeps Jupyter's files inside `.venv` instead of the home folder. */
  readonly env: Record<string, string>;
  /** Whether this call had to set something up. */
  readonly changed: boolean;
}

/** Exact versions of the packages that our runner calls or that write our files. */
const packages = [
  "nbclient==0.11.0",
  "nbconvert==7.17.2",
  "nbformat==5.11.1",
  "jupyter_client==8.10.0",
  "mistune==3.4.0",
];
/** Only plotly's JupyterLab extension is used. It draws our figures without a network. */
const labPackages = ["jupyterlab==4.6.6", "plotly==7.1.0"];

/**
 * Makes sure that notebooks can be run. It returns at once if they already can.
 *
 * @throws {Error} If Python is missing or older than 3.10, has no venv module, or the package
 * registry cannot be reached. The sentence names what to install.
 */
export async function ensureNotebookTools(options: SetupOptions = {}): Promise<NotebookTools> {
  const root = options.root ?? fileURLToPath(new URL("..", import.meta.url));
  const step = options.onStep ?? ((sentence: string) => console.error(sentence));
  const tools = describeTools(root);
  await Deno.mkdir(join(root, ".tools"), { recursive: true });
  const lock = await Deno.open(join(root, ".tools", "setup.lock"), { create: true, write: true });
  try {
    await lock.lock(true); // if two commands start together, the second waits and finds everything done
    const installed = await readStamp(tools);
    const lab = options.lab === true || installed?.lab === true;
    if (installed !== null && sameStamp(installed, stamp(lab))) return { ...tools, changed: false };
    await setUp(tools, { lab, keepVenv: installed !== null, step });
    return { ...tools, changed: true };
  } finally {
    lock.close();
  }
}

/** The paths and the environment, whether or not they exist yet. */
function describeTools(root: string): NotebookTools {
  const windows = Deno.build.os === "windows";
  const venv = join(root, ".venv");
  return {
    root,
    python: windows ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python"),
    deno: join(root, ".tools", windows ? "deno.exe" : "deno"),
    env: {
      JUPYTER_CONFIG_DIR: join(venv, "etc", "jupyter"),
      JUPYTER_DATA_DIR: join(venv, "share", "jupyter"),
      JUPYTER_RUNTIME_DIR: join(venv, "share", "jupyter", "runtime"),
      JUPYTER_PREFER_ENV_PATH: "1",
      IPYTHONDIR: join(venv, "share", "ipython"),
    },
    changed: false,
  };
}

interface Stamp {
  readonly deno: string;
  readonly packages: readonly string[];
  readonly lab: boolean;
}

function stamp(lab: boolean): Stamp {
  return { deno: Deno.version.deno, packages: lab ? [...packages, ...labPackages] : packages, lab };
}

function sameStamp(left: Stamp, right: Stamp): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

/** The installed versions, or null if the set-up is missing, unfinished or broken. */
async function readStamp(tools: NotebookTools): Promise<Stamp | null> {
  try {
    await Promise.all([Deno.stat(tools.python), Deno.stat(tools.deno)]); // a removed Python leaves a dangling link
    const found: Partial<Stamp> = JSON.parse(await Deno.readTextFile(stampPath(tools)));
    return { deno: found.deno ?? "", packages: found.packages ?? [], lab: found.lab === true };
  } catch {
    return null;
  }
}

function stampPath(tools: NotebookTools): string {
  return join(tools.root, ".venv", "setup.json");
}

interface SetUpOptions {
  readonly lab: boolean;
  readonly keepVenv: boolean;
  readonly step: (sentence: string) => void;
}

async function setUp(tools: NotebookTools, { lab, keepVenv, step }: SetUpOptions): Promise<void> {
  const wanted = stamp(lab);
  if (!keepVenv) {
    step(say({
      en: "Setting up the notebook tools in .venv and .tools (once, about 15 seconds)",
      zh: "正在 .venv 和 .tools 中准备笔记本工具（只需一次，约 15 秒）",
    }));
    await makeVenv(tools);
  }
  await Deno.remove(stampPath(tools)).catch(() => {}); // until it is written again, the set-up counts as unfinished
  const names = wanted.packages.join(", ");
  step(say({ en: `Installing ${names}`, zh: `正在安装 ${names}` }));
  await installPackages(tools, wanted.packages);
  await copyDeno(tools);
  await writeKernelSpec(tools);
  await writeJupyterConfig(tools);
  await Deno.writeTextFile(stampPath(tools), JSON.stringify(wanted, null, 2) + "\n");
  step(say({ en: "The notebook tools are ready", zh: "笔记本工具已就绪" }));
}

async function makeVenv(tools: NotebookTools): Promise<void> {
  const python = await findPython();
  const made = await runQuietly([...python, "-m", "venv", "--clear", join(tools.root, ".venv")]);
  if (made.success) return;
  const reason = firstLine(made.errors || made.output);
  throw new Error(say({
    en: `Cannot make the Python environment .venv: ${python.join(" ")} has no working venv ` +
      `module (${reason}) - install it (Debian, Ubuntu: apt-get install python3-venv) ` +
      "and run this again",
    zh: `无法创建 Python 环境 .venv：${python.join(" ")} 没有可用的 venv 模块（${reason}）。` +
      "请安装它（Debian、Ubuntu：apt-get install python3-venv），然后重新运行",
  }));
}

const UNREACHABLE = {
  en: "Cannot install the Jupyter packages: the Python package registry (pypi.org, or the one " +
    "that pip is configured for) cannot be reached - connect to the network or set pip's proxy " +
    "or index-url, and run this again",
  zh: "无法安装 Jupyter 的软件包：连不上 Python 软件源（pypi.org，或 pip 所配置的源）。" +
    "请连接网络，或设置 pip 的代理或 index-url（国内镜像），然后重新运行",
};

async function installPackages(tools: NotebookTools, wanted: readonly string[]): Promise<void> {
  const pip = [
    tools.python,
    "-I",
    "-m",
    "pip",
    "install",
    "--quiet",
    "--no-input",
    "--no-cache-dir",
  ];
  const installed = await runQuietly([
    ...pip,
    "--disable-pip-version-check",
    "--retries",
    "2",
    ...wanted,
  ]);
  if (installed.success) return;
  const said = installed.errors.split("\n").findLast((line) => line.startsWith("ERROR")) ??
    installed.errors;
  const unreachable =
    /connection|resolve|timed out|unreachable|No matching distribution|SSL|proxy/i;
  throw new Error(say(
    unreachable.test(installed.errors) ? UNREACHABLE : {
      en: `Cannot install the Jupyter packages: pip says "${firstLine(said)}" - ` +
        "fix that and run this again",
      zh: `无法安装 Jupyter 的软件包：pip 报告“${firstLine(said)}”。请解决后重新运行`,
    },
  ));
}

/**
 * Copies the running Deno into the project. `npx deno` keeps its binary in a cache that may be
 * cleared, and an absolute path in the kernel's description would break if the folder moves. A copy
 * avoids both.
 */
async function copyDeno(tools: NotebookTools): Promise<void> {
  const unfinished = `${tools.deno}.new`;
  await Deno.copyFile(Deno.execPath(), unfinished);
  await Deno.rename(unfinished, tools.deno);
}

/**
 * Describes the kernel, with a path relative to the description, so that the project folder can be
 * moved.
 */
async function writeKernelSpec(tools: NotebookTools): Promise<void> {
  const folder = join(tools.root, ".venv", "share", "jupyter", "kernels", "deno");
  const program = Deno.build.os === "windows" ? "deno.exe" : "deno";
  const spec = {
    argv: [
      `{resource_dir}/../../../../../.tools/${program}`,
      "jupyter",
      "--kernel",
      "--conn",
      "{connection_file}",
    ],
    display_name: "Deno",
    language: "typescript",
    env: { NO_COLOR: "1" }, // no colour codes in outputs that are committed
  };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "kernel.json"), JSON.stringify(spec, null, 2) + "\n");
}

/** Keeps notebook trust (which outputs may run scripts) in the project, not in the home folder. */
async function writeJupyterConfig(tools: NotebookTools): Promise<void> {
  const folder = join(tools.root, ".venv", "etc", "jupyter");
  const config = [
    "import os",
    "here = os.path.dirname(os.path.abspath(__file__))",
    'c.NotebookNotary.db_file = os.path.join(here, "nbsignatures.db")',
    'c.NotebookNotary.secret_file = os.path.join(here, "notebook_secret")',
  ];
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(join(folder, "jupyter_config.py"), config.join("\n") + "\n");
}

const ABOUT = {
  command: "deno run -A scripts/setup.ts",
  does: {
    en: "Sets up the tools for notebooks in .venv and .tools; other tasks do it when needed.",
    zh: "在 .venv 和 .tools 中准备笔记本工具；其他任务在需要时会自动准备。",
  },
  usesEnvironment: false,
};

if (import.meta.main) {
  await runCommand(async ({ terminal }) => {
    const flags = readFlags(SETUP_FLAGS, ABOUT, { args: Deno.args, terminal });
    if (flags !== undefined) await ensureNotebookTools({ lab: flags.values.lab });
  });
}
