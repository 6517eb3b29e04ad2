import assert from "node:assert/strict";
import { normalForm } from "../../scripts/notebooks.ts";

Deno.test("a committed notebook holds no time left, and nothing else is touched", () => {
  const lines = [
    '"update 1 of 2, mean_reward 1.23, KL 0.45, 40 s left\\n"',
    '"KL 0.5, 3 s left"',
    '"about 3 s left, say"',
  ];
  assert.deepEqual(lines.map(normalForm), [
    '"update 1 of 2, mean_reward 1.23, KL 0.45\\n"',
    '"KL 0.5"',
    '"about 3 s left, say"',
  ]);
});
