import assert from "node:assert/strict";
import { paddingLeak } from "../../lib/course/mod.ts";

const close = (found: number, wanted: number) =>
  assert.ok(Math.abs(found - wanted) < 1e-12, `${found}, wanted ${wanted}`);

const paddedRow = (pads: number, value: number) => ({
  rewards: [0, 1, ...Array(pads).fill(0)],
  values: [0.5, 0.75, ...Array(pads).fill(value)],
  length: 2,
});

Deno.test("the leak of P padding tokens of value v is v (1 - lambda^P), larger the earlier an answer ends", () => {
  for (const pads of [0, 1, 2, 7]) {
    const { pads: found, real, leak } = paddingLeak(paddedRow(pads, 4), { gamma: 1, lambda: 0.5 });
    assert.equal(found, pads);
    close(real, 1 - 0.75); // r + 0 - V, whatever comes after
    close(leak, 4 * (1 - 0.5 ** pads));
  }
});

Deno.test("two pads by hand: delta + gamma V(pad), and gamma lambda A(pad)", () => {
  const padded = { rewards: [1, 0, 0], values: [2, 3, 5], length: 1 };
  // delta = 1 + 3 - 2 = 2; pads: 5 - 3 = 2 and 0 - 5 = -5, so A(pad) = 2 + 0.5 (-5) = -0.5; 2 + 0.5 (-0.5) = 1.75
  const { real, overPads, leak } = paddingLeak(padded, { gamma: 1, lambda: 0.5 });
  assert.deepEqual([real, overPads, leak], [-1, 1.75, 2.75]);
});

Deno.test("lambda 1 and padding of value 0 leak nothing, padding of negative value leaks a penalty", () => {
  close(paddingLeak(paddedRow(5, 4), { gamma: 1, lambda: 1 }).leak, 0);
  close(paddingLeak(paddedRow(5, 0), { gamma: 1, lambda: 0.5 }).leak, 0);
  assert.ok(paddingLeak(paddedRow(5, -4), { gamma: 1, lambda: 0.5 }).leak < 0);
});

Deno.test("an answer without a real token, or longer than its row, is refused with both numbers", () => {
  const row = { rewards: [0, 0], values: [0, 0] };
  for (const length of [0, 3]) {
    assert.throws(() => paddingLeak({ ...row, length }, { gamma: 1, lambda: 1 }), {
      name: "RangeError",
      message: `Cannot find the last token of an answer of ${length} tokens in a row of 2`,
    });
  }
});
