/**
 * The `lab` task: opens JupyterLab on `notebooks/`; Ctrl-C ends it with all its kernels.
 *
 *     deno task lab [--no-browser] [--lang zh] [arguments of JupyterLab]
 *
 * Installs JupyterLab into `.venv` the first time. It opens a browser where there is one, and
 * always prints the address. In Chinese it opens the Chinese edition. Jupyter's own arguments, such
 * as `--ip`, `--port` and `--notebook-dir`, replace ours.
 */

import { CHAPTER_FLAGS, ignoredVariables } from "../lib/settings/mod.ts";
import { say, spokenLanguage } from "../lib/text/mod.ts";
import { editionFolder } from "./chapters.ts";
import { runCommand } from "./command.ts";
import { languageArguments } from "./command_language.ts";
import { onlyPrints } from "./lab_arguments.ts";
import { printOfLab, startLab } from "./lab_server.ts";
import { requireLanguage } from "./read_flags.ts";
import { ensureNotebookTools } from "./setup.ts";

/** Runs until the server ends or is stopped; returns the exit code. */
async function main(allArgs: readonly string[]): Promise<number> {
  requireLanguage(allArgs);
  const { others: args } = languageArguments(allArgs);
  const note = ignoredVariables(Deno.env.toObject(), CHAPTER_FLAGS);
  if (note !== undefined) console.error(note);
  const tools = await ensureNotebookTools({ lab: true });
  if (onlyPrints(args)) return await printOfLab(tools, args);
  const stopped = stopRequest();
  const browser = hasBrowser() || args.includes("--no-browser") ? [] : ["--no-browser"];
  const lab = await startLab({
    tools,
    folder: editionFolder(tools.root, spokenLanguage()),
    trusted: editionFolder(tools.root, "en"), // the Chinese edition is below it
    args: [...browser, ...args],
  });
  console.log(say({
    en: `JupyterLab is at ${lab.address} (Ctrl-C ends it)`,
    zh: `JupyterLab 的地址是 ${lab.address}（按 Ctrl-C 结束）`,
  }));
  const code = await Promise.race([lab.ended, stopped]);
  if (code !== "stop") return code;
  console.log(say({
    en: "\nEnding JupyterLab and its kernels",
    zh: "\n正在结束 JupyterLab 及其内核",
  }));
  await lab.stop();
  return 0;
}

/**
 * Resolves when Ctrl-C is pressed or the terminal is closed. It must be called before the server
 * starts: a process that ignores SIGINT (a script's background job does) passes that on to the
 * server and its kernels, where the Stop button would do nothing. A process that listens does not.
 */
function stopRequest(): Promise<"stop"> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  const { promise, resolve } = Promise.withResolvers<"stop">();
  for (const signal of signals) Deno.addSignalListener(signal, () => resolve("stop"));
  return promise;
}

/**
 * Whether a browser can open: most browsers refuse to run as root, and on Linux they need a
 * display.
 */
function hasBrowser(): boolean {
  if (Deno.build.os !== "windows" && Deno.uid() === 0) return false;
  return Deno.build.os !== "linux" ||
    ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => Deno.env.get(name));
}

if (import.meta.main) await runCommand(async () => Deno.exit(await main(Deno.args)));
