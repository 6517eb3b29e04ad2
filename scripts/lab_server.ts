/**
 * Starts JupyterLab on the project with our kernel, for the `lab` task and the browser tests.
 * Jupyter writes only into `.venv` and does not contact other machines for news or updates. The
 * notebooks are trusted, so that their sliders and quizzes work.
 */

import { join, relative, resolve } from "node:path";
import { say } from "../lib/text/mod.ts";
import { hasOwnFolder, labArguments } from "./lab_arguments.ts";
import type { NotebookTools } from "./setup.ts";

const JUPYTERLAB = "-I -X utf8 -m jupyterlab".split(" ");

/** The folder where the user stands: `deno task` itself moves to the project's folder. */
const userFolder = (): string => Deno.env.get("INIT_CWD") ?? Deno.cwd();

/** Lets JupyterLab print what its arguments ask for, such as `--version`; returns its exit code. */
export async function printOfLab(tools: NotebookTools, args: readonly string[]): Promise<number> {
  const command = { args: [...JUPYTERLAB, ...args], env: tools.env, cwd: tools.root };
  return (await new Deno.Command(tools.python, { ...command, stdin: "null" }).spawn().status).code;
}

/** Options of `startLab`. */
export interface LabOptions {
  /** The result of `ensureNotebookTools({ lab: true })`. */
  readonly tools: NotebookTools;
  /** The folder in which the file browser opens, inside the project. */
  readonly folder: string;
  /** The folder whose notebooks are trusted, with those below it (default: `folder`). */
  readonly trusted?: string;
  /** More arguments for JupyterLab. They replace ours (`lab_arguments.ts`). */
  readonly args?: readonly string[];
  /** Environment variables for the server and its kernels, beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running server. */
export interface Lab {
  /** The server's URL, `http://127.0.0.1:8888/`. */
  readonly base: string;
  /** The access token. */
  readonly token: string;
  /** The address to open in a browser. */
  readonly address: string;
  /** The server's exit code, once it ended. */
  readonly ended: Promise<number>;
  /** Ends the server and its kernels. */
  stop(): Promise<void>;
}

/**
 * Starts the server and waits until it answers.
 *
 * @throws {Error} If it ends before that; its messages are on standard error.
 */
export async function startLab(
  { tools, folder, trusted = folder, args = [], env = {} }: LabOptions,
): Promise<Lab> {
  const runtime = await ownRuntimeFolder(tools);
  const environment = {
    ...tools.env,
    ...env,
    JUPYTER_RUNTIME_DIR: runtime,
    JUPYTER_TOKEN: newToken(),
  };
  await writeDefaults(tools);
  await trustNotebooks(resolve(trusted), tools, environment);
  const child = new Deno.Command(tools.python, {
    args: [
      ...JUPYTERLAB,
      ...labArguments(args, { root: tools.root, folder, from: userFolder(), port: freePort }),
    ],
    env: environment,
    cwd: tools.root,
    stdin: "null",
    stdout: "null",
    detached: true, // so Ctrl-C reaches only us, and we shut the server down
  }).spawn();
  const ended = child.status.then(async ({ code }) => {
    await Deno.remove(runtime, { recursive: true }).catch(() => {});
    return code;
  });
  const server = await serverInfo(runtime, ended);
  const stop = async () => {
    // This request works on every system, and ends kernels first.
    const asked = await ask(server, "api/shutdown", { method: "POST" });
    if (!asked) child.kill("SIGTERM");
    await ended;
  };
  const tree = `lab/tree/${relative(tools.root, resolve(folder)).replaceAll("\\", "/")}`;
  const path = hasOwnFolder(args) ? "lab" : tree;
  const address = `${server.url}${path}?token=${server.token}`;
  return { base: server.url, token: server.token, address, ended, stop };
}

/**
 * A runtime folder of its own for each server, where we find its address. It is removed when the
 * server ends.
 */
async function ownRuntimeFolder(tools: NotebookTools): Promise<string> {
  const dir = join(tools.root, ".venv", "share", "jupyter", "runtime");
  await Deno.mkdir(dir, { recursive: true });
  return await Deno.makeTempDir({ dir, prefix: "lab_" });
}

const newToken = (): string => crypto.randomUUID().replaceAll("-", "");

/**
 * JupyterLab's defaults, which the reader's own settings win over: it asks nobody for news, and
 * does not offer to.
 */
async function writeDefaults(tools: NotebookTools): Promise<void> {
  const folder = join(tools.root, ".venv", "share", "jupyter", "lab", "settings");
  const defaults = {
    "@jupyterlab/apputils-extension:notification": { fetchNews: "false", checkForUpdates: false },
  };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    join(folder, "overrides.json"),
    JSON.stringify(defaults, null, 2) + "\n",
  );
}

/** The first free port from 8888 on. */
function freePort(): number {
  for (let port = 8888; port < 9888; port++) {
    try {
      using listener = Deno.listen({ hostname: "127.0.0.1", port });
      return listener.addr.port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
  throw new Error(say({
    en: "Cannot open JupyterLab: no port from 8888 to 9887 is free",
    zh: "无法打开 JupyterLab：8888 到 9887 没有空闲的端口",
  }));
}

/**
 * Trusts the notebooks. Trust depends on the content, so a re-executed notebook must be trusted
 * again. The files do not change.
 */
async function trustNotebooks(
  folder: string,
  tools: NotebookTools,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const paths = await notebooksBelow(folder);
  if (paths.length === 0) return;
  const { success, stderr } = await new Deno.Command(tools.python, {
    args: ["-I", "-X", "utf8", "-m", "nbformat.sign", ...paths],
    env,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) {
    const reason = new TextDecoder().decode(stderr);
    throw new Error(say({
      en: `Cannot trust the notebooks of ${folder}: ${reason}`,
      zh: `无法信任 ${folder} 中的笔记本：${reason}`,
    }));
  }
}

/** The notebooks in a folder and below it, without the copies in hidden folders. */
async function notebooksBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory && !name.startsWith(".")) {
      found.push(...await notebooksBelow(join(folder, name)));
    }
    if (name.endsWith(".ipynb")) found.push(join(folder, name));
  }
  return found;
}

/** The file that a running server writes into its runtime folder. */
interface ServerInfo {
  readonly url: string;
  readonly token: string;
  readonly port: number;
  readonly base_url: string;
  /** With a certificate, which `fetch` may not trust. */
  readonly secure: boolean;
  /** A socket instead of a port, "" without one. */
  readonly sock?: string;
}

/** Whether requests to the server work from here. */
const isAskable = ({ secure, sock = "" }: ServerInfo): boolean => !secure && sock === "";

/** The server's address on this machine, whatever addresses it listens to. */
const localUrl = ({ url, port, base_url }: ServerInfo): string =>
  /^http:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]/.test(url)
    ? url
    : `http://127.0.0.1:${port}${base_url}`;

async function serverInfo(runtime: string, ended: Promise<number>): Promise<ServerInfo> {
  let code: number | null = null;
  void ended.then((found) => code = found);
  while (code === null) {
    const info = await readServerInfo(runtime);
    if (info !== null && (!isAskable(info) || await ask(info, "api/status"))) return info;
    await new Promise((wake) => setTimeout(wake, 100));
  }
  throw new Error(say({
    en: `Cannot open JupyterLab: it ended with code ${code} before it answered`,
    zh: `无法打开 JupyterLab：它还没有应答就以退出码 ${code} 结束了`,
  }));
}

/** The file's content, or null while it is missing or incomplete. */
async function readServerInfo(runtime: string): Promise<ServerInfo | null> {
  try {
    const names = (await Array.fromAsync(Deno.readDir(runtime))).map(({ name }) => name);
    const name = names.find((name) => /^jpserver-\d+\.json$/.test(name));
    return name === undefined ? null : JSON.parse(await Deno.readTextFile(join(runtime, name)));
  } catch {
    return null;
  }
}

/** Whether the server answers a request successfully within 5 seconds. */
async function ask(
  server: ServerInfo,
  path: string,
  init: RequestInit = {},
): Promise<boolean> {
  if (!isAskable(server)) return false;
  const headers = { Authorization: `token ${server.token}` };
  try {
    const response = await fetch(`${localUrl(server)}${path}`, {
      ...init,
      headers,
      signal: AbortSignal.timeout(5000),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
