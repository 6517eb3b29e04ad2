/** The set-up's sentences, and that it does its work once. */

import assert from "node:assert/strict";
import { ensureNotebookTools } from "../../scripts/setup.ts";
import { findPython } from "../../scripts/setup_python.ts";

Deno.test("a second set-up does nothing and takes no time", async () => {
  await ensureNotebookTools();
  const steps: string[] = [];
  const started = performance.now();
  const tools = await ensureNotebookTools({ onStep: (step) => void steps.push(step) });
  assert.deepEqual([tools.changed, steps], [false, []]);
  assert.ok(performance.now() - started < 500);
});

Deno.test("a machine without Python is told what to install", async () => {
  await assert.rejects(findPython([["no-such-python"]]), {
    message: "Cannot set up the notebooks: no Python was found - install Python 3.10 or newer " +
      "(Debian, Ubuntu: apt-get install python3 python3-venv) and run this again",
  });
});

Deno.test("a Python that is too old is passed over, and named when there is no other", async () => {
  const old = [Deno.execPath(), "eval", "console.log('3 9')"]; // answers as a Python 3.9 would
  const good = [Deno.execPath(), "eval", "console.log('3 12')"];
  assert.equal(await findPython([old, good]), good);
  await assert.rejects(findPython([old]), /Python 3\.9 is too old - install Python 3\.10 or newer/);
});
