/** The calls that read a batch's prompts. */
import assert from "node:assert/strict";
import { promptPlan } from "../../lib/decode/cache.ts";

const row = (length: number, token: number) => Array<number>(length).fill(token);

Deno.test("each prompt is read once, in groups of like lengths; rows that repeat one come last and are copied from it", () => {
  const [long, short, other] = [row(700, 1), row(100, 2), row(690, 3)];
  const prompts = [short, long, [...short], other, [...long], [...short]];
  assert.deepEqual(promptPlan(prompts, { shape: { layers: 12, embed: 768 } }), {
    groups: [[3, 1], [0]], // 690 and 700 tokens in one call, 100 in another
    repeated: [2, 4, 5],
    copies: [{ from: 2, to: 3 }, { from: 1, to: 4 }, { from: 2, to: 5 }], // rows of the caches: 3, 1, 0, 2, 4, 5
  });
});

Deno.test("different prompts of a small model are read in one call, in their order", () => {
  const prompts = [row(5, 1), row(9, 2), row(5, 3)];
  const plan = promptPlan(prompts, { shape: { layers: 4, embed: 128 } });
  assert.deepEqual(plan, { groups: [[0, 1, 2]], repeated: [], copies: [] });
});
