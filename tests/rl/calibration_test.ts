import assert from "node:assert/strict";
import { reliability } from "../../lib/rl/mod.ts";

Deno.test("each bin has the mean of its predictions, the share that came true, and how many there are", () => {
  const predictions = { probabilities: [0.1, 0.3, 0.95, 0.4, 0.85], happened: [0, 1, 1, 0, 0.5] };
  const [low, high] = reliability(predictions, { bins: 2 });
  assert.ok(Math.abs(low.predicted - (0.1 + 0.3 + 0.4) / 3) < 1e-12);
  assert.ok(Math.abs(low.observed - 1 / 3) < 1e-12);
  assert.ok(Math.abs(high.predicted - 0.9) < 1e-12);
  assert.equal(high.observed, 0.75); // (1 + 1/2) / 2
  assert.deepEqual([low.count, high.count], [3, 2]);
});

Deno.test("the edges belong to the bin above, 1 to the last, and empty bins are left out", () => {
  const edges = { probabilities: [0.5, 0.625, 1], happened: [1, 1, 1] };
  const found = reliability(edges, { bins: 4, from: 0.5 }); // 0.125 wide
  assert.deepEqual(found.map(({ predicted }) => predicted), [0.5, 0.625, 1]);
});

Deno.test("a prediction below the first bin, a wrong number of bins and rows of two lengths are refused", () => {
  const one = { probabilities: [0.4], happened: [1] };
  assert.throws(() => reliability(one, { from: 0.5 }), {
    name: "RangeError",
    message: "Cannot measure calibration: a probability is 0.4, but it must be from 0.5 to 1",
  });
  assert.throws(() => reliability(one, { bins: 0 }), {
    message: "Cannot measure calibration: bins is 0, but it must be a positive whole number",
  });
  assert.throws(() => reliability({ probabilities: [1, 1], happened: [1] }), {
    message: "Cannot measure calibration: probabilities has 2 tokens and happened has 1",
  });
});
