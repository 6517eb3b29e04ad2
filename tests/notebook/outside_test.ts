/** Outside the kernel everything in `lib/notebook` is harmless: library code that calls it runs in `deno run` too. */

import assert from "node:assert/strict";
import { interruptSignal, isNotebook, liveDisplay, writeSummary } from "../../lib/notebook/mod.ts";

Deno.test("outside the kernel there is no notebook and nothing to stop", () => {
  assert.equal(isNotebook(), false);
  assert.equal(interruptSignal().aborted, false);
});

Deno.test("outside the kernel a live display draws nothing", async () => {
  const display = liveDisplay();
  let drawn = 0;
  const draw = () => {
    drawn += 1;
    return { "text/plain": "drawn" };
  };
  await display.update(draw);
  await display.finish(draw);
  assert.equal(drawn, 0);
});

Deno.test("a summary is written as one line, and only where a command asks for it", async () => {
  const path = await Deno.makeTempFile();
  try {
    Deno.env.delete("PPO_SUMMARY_PATH");
    writeSummary({ seed: 0 });
    assert.equal(await Deno.readTextFile(path), "");
    Deno.env.set("PPO_SUMMARY_PATH", path);
    writeSummary({ seed: 0, kl: [0, 0.5] });
    assert.equal(await Deno.readTextFile(path), '{"seed":0,"kl":[0,0.5]}\n');
  } finally {
    Deno.env.delete("PPO_SUMMARY_PATH");
    await Deno.remove(path);
  }
});
