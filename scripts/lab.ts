/**
 * The `lab` task: opens JupyterLab on `notebooks/`; Ctrl-C ends it with all its kernels.
 *
 *     deno task lab [--no-browser] [arguments of JupyterLab]
 *
 * Installs JupyterLab into `.venv` the first time. The browser is opened where there is one; the address is printed in
 * any case.
 */

import { join } from "node:path";
import { startLab } from "./lab_server.ts";
import { ensureNotebookTools } from "./setup.ts";

/** Runs until the server ends or somebody ends it; returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const tools = await ensureNotebookTools({ lab: true });
  const stopped = stopRequest();
  const browser = hasBrowser() ? [] : ["--no-browser"];
  const lab = await startLab({
    tools,
    folder: join(tools.root, "notebooks"),
    args: [...browser, ...args],
  });
  console.log(`JupyterLab is at ${lab.address} (Ctrl-C ends it)`);
  const code = await Promise.race([lab.ended, stopped]);
  if (code !== "stop") return code;
  console.log("\nEnding JupyterLab and its kernels");
  await lab.stop();
  return 0;
}

/**
 * Answers "stop" when Ctrl-C is pressed or the terminal is closed. It listens before the server is started, for
 * another reason, too: a process that ignores SIGINT (a script's background job does) hands that on to the server and
 * its kernels, where the Stop button would do nothing; one that listens does not.
 */
function stopRequest(): Promise<"stop"> {
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  const { promise, resolve } = Promise.withResolvers<"stop">();
  for (const signal of signals) Deno.addSignalListener(signal, () => resolve("stop"));
  return promise;
}

/** Whether a browser can be shown: root's is refused by most browsers, and on Linux it needs a display. */
function hasBrowser(): boolean {
  if (Deno.build.os !== "windows" && Deno.uid() === 0) return false;
  return Deno.build.os !== "linux" ||
    ["DISPLAY", "WAYLAND_DISPLAY"].some((name) => Deno.env.get(name));
}

if (import.meta.main) {
  try {
    Deno.exit(await main(Deno.args));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
