/** The two cures for the Deno kernel's faults, tried on the real kernel. They need Python, which `setup.ts` finds. */

import assert from "node:assert/strict";
import { join } from "node:path";
import { ensureNotebookTools } from "../../scripts/setup.ts";

/** Runs one of the probe's experiments and returns what it saw. */
async function probe(experiment: string): Promise<unknown> {
  const tools = await ensureNotebookTools();
  const folder = join(tools.root, "out"); // beside lib/, as notebooks/ is
  await Deno.mkdir(folder, { recursive: true });
  const script = join(tools.root, "tests", "notebook", "kernel_probe.py");
  const ran = await new Deno.Command(tools.python, {
    args: ["-I", "-X", "utf8", script, experiment, folder],
    env: tools.env,
  }).output();
  assert.ok(ran.success, new TextDecoder().decode(ran.stderr));
  return JSON.parse(new TextDecoder().decode(ran.stdout));
}

Deno.test("the kernel keeps 40 of 40 outputs of quick cells", async () => {
  assert.deepEqual(await probe("outputs"), { right: 40 });
});

Deno.test({
  name: "Stop ends a training loop within two seconds, and the kernel lives on with its state",
  ignore: Deno.build.os === "windows", // Jupyter has no SIGINT for other processes there
  fn: async () => {
    const stopped = { error: "AbortError: Interrupted by user", quick: true };
    assert.deepEqual(await probe("stop"), {
      stops: [stopped, stopped],
      alive: true,
      state: ["true"],
    });
  },
});
