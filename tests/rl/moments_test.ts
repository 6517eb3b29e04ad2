import assert from "node:assert/strict";
import { correlationOf, meanOf, varianceOf } from "ppo/rl/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { assertClose, ragged } from "../helpers/close.ts";

Deno.test("mean and variance equal their arithmetic", () => {
  assert.equal(meanOf([1, 2, 6]), 3); // 9 / 3
  assert.equal(varianceOf([1, 2, 6]), 14 / 3); // (4 + 1 + 9) / 3
});

Deno.test("mean and variance of real tokens agree with PyTorch", () => {
  const { x, lengths, mean, variance } = fixture.whiten;
  const pool = ragged(x, lengths).flat();
  assertClose(meanOf(pool), mean, 1e-6);
  assertClose(varianceOf(pool), variance, 1e-6);
});

Deno.test("an empty row has no mean", () => {
  assert.throws(() => meanOf([]), {
    name: "RangeError",
    message: "Cannot take the mean of an empty row",
  });
});

Deno.test("correlation equals its arithmetic, and a row that does not vary has none", () => {
  // deviations -1, 0, 1 and -1, 1, 0: mean product 1/3, variances 2/3 each
  assertClose(correlationOf([1, 2, 3], [4, 6, 5]), 0.5, 1e-12);
  assert.equal(correlationOf([1, 1, 1], [4, 6, 5]), NaN);
  assert.throws(() => correlationOf([1], [1, 2]), {
    message: "Cannot correlate: x has 1 tokens and y has 2",
  });
});
