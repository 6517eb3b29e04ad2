import assert from "node:assert/strict";
import { committedForm } from "../../scripts/notebooks.ts";

Deno.test("a committed notebook holds no time left, and nothing else is touched", () => {
  const lines = [
    '"update 1 of 2, mean_reward 1.23, KL 0.45, 40 s left\\n"',
    '"KL 0.5, 3 s left"',
    '"about 3 s left, say"',
    '"KL 0.5，还需 3 秒"',
  ];
  assert.deepEqual(lines.map(committedForm), [
    '"update 1 of 2, mean_reward 1.23, KL 0.45\\n"\n',
    '"KL 0.5"\n',
    '"about 3 s left, say"\n',
    '"KL 0.5"\n',
  ]);
});

Deno.test("a committed notebook writes numbers as a build does", () => {
  assert.equal(committedForm('{"y": [1.926e-08, 2]}'), '{\n "y": [\n  1.926e-8,\n  2\n ]\n}\n');
});
