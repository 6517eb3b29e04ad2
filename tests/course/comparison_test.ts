import assert from "node:assert/strict";
import { comparisonCurves, readComparison } from "../../lib/course/mod.ts";

const rows = await readComparison();
const last = (run: string) => rows.filter((row) => row.run === run).at(-1) ?? assert.fail(run);
const [works, clipped, hacking] = [...new Set(rows.map(({ run }) => run))];

Deno.test("the kept runs say what chapter 06 says of them", () => {
  assert.ok(last(works).gold > 55 && last(works).kl < 2);
  const first = rows.find(({ run }) => run === clipped) ?? assert.fail();
  assert.ok(last(clipped).score > first.score, "what is paid rises");
  assert.ok(last(clipped).mean_reward < first.mean_reward, "while the score itself falls");
  const highest = (run: string) =>
    Math.max(...rows.filter((row) => row.run === run).map((row) => row.mean_reward));
  assert.ok(highest(hacking) > highest(works), "the reward model is pleased");
  assert.ok(last(hacking).gold < last(works).gold, "the gold judge is not");
});

Deno.test("their figure has a line for each run in each of four panels", () => {
  assert.equal(comparisonCurves(rows).data.length, 3 * 4);
});
