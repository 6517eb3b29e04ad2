/** `deno task lab` as a command: one line with the address, nothing in the home folder, and Ctrl-C ends everything. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { ensureNotebookTools } from "../../scripts/setup.ts";
import { denoCache } from "../helpers/deno_cache.ts";
import { browserTest } from "./browser.ts";

const script = new URL("../../scripts/lab.ts", import.meta.url).pathname;

browserTest(
  "one Ctrl-C ends JupyterLab and its kernels, and the home folder stays empty",
  async () => {
    const { root } = await ensureNotebookTools({ lab: true });
    const home = await Deno.makeTempDir();
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", script, "--no-browser"],
      env: { HOME: home, DENO_DIR: await denoCache(), DISPLAY: "" },
      stdout: "piped",
    }).spawn();
    const lines = createInterface({
      input: Readable.from(child.stdout.pipeThrough(new TextDecoderStream())),
    })[
      Symbol.asyncIterator
    ]();
    const line: string = (await lines.next()).value ?? "";
    assert.match(
      line,
      /^JupyterLab is at http:\/\/127\.0\.0\.1:\d+\/lab\/tree\/notebooks\?token=\w+ \(Ctrl-C ends it\)$/,
    );
    const { origin, searchParams } = new URL(line.split(" ")[3] ?? "");
    const kernel = await startKernel(origin, searchParams.get("token") ?? "");
    const port = await portOf(kernel, root);
    while (!await listens(port)) await new Promise((wake) => setTimeout(wake, 100));

    child.kill("SIGINT");
    assert.equal((await child.status).code, 0);
    await assert.rejects(fetch(origin), TypeError, "no server is left");
    assert.equal(await listens(port), false, "no kernel is left");
    while (!(await lines.next()).done);
    assert.deepEqual((await Array.fromAsync(Deno.readDir(home))).map(({ name }) => name), []);
    await Deno.remove(home, { recursive: true });
  },
);

/** Starts a kernel as JupyterLab does; returns its number. */
async function startKernel(origin: string, token: string): Promise<string> {
  const response = await fetch(`${origin}/api/kernels`, {
    method: "POST",
    headers: { Authorization: `token ${token}` },
    body: JSON.stringify({ name: "deno" }),
  });
  const { id }: { id: string } = await response.json();
  return id;
}

/** The port at which a kernel of the only running `lab` command listens, by Jupyter's own note. */
async function portOf(kernel: string, root: string): Promise<number> {
  const runtime = join(root, ".venv", "share", "jupyter", "runtime");
  for await (const { name } of Deno.readDir(runtime)) {
    const text = await Deno.readTextFile(join(runtime, name, `kernel-${kernel}.json`)).catch(() =>
      null
    );
    if (text === null) continue;
    const { shell_port }: { shell_port: number } = JSON.parse(text);
    return shell_port;
  }
  throw new Error(`Cannot find kernel ${kernel}: no folder of ${runtime} has a note of it`);
}

/** Whether anybody listens there. */
async function listens(port: number): Promise<boolean> {
  try {
    using _ = await Deno.connect({ port });
    return true;
  } catch {
    return false;
  }
}
