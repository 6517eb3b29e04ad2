import assert from "node:assert/strict";
import { meanOf, varianceOf, whiten } from "ppo/rl/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { assertClose, ragged } from "../helpers/close.ts";

Deno.test("whitening equals its arithmetic", () => {
  // mean (1 + 3 + 5) / 3 = 3, variance (4 + 0 + 4) / 3 = 8 / 3
  const deviation = Math.sqrt(8 / 3);
  assertClose(whiten([[1, 3], [5]], { epsilon: 0 }), [-2 / deviation, 0, 2 / deviation]);
});

Deno.test("a whitened pool has mean 0 and standard deviation 1 over all its tokens, not row by row", () => {
  const rows = whiten([[10, 11, 12, 13], [-4], [2, 7]]);
  assert.deepEqual(rows.map((row) => row.length), [4, 1, 2]);
  assertClose([meanOf(rows.flat()), varianceOf(rows.flat())], [0, 1], 1e-8);
  assert.ok(meanOf(rows[0]) > 0.5);
});

Deno.test("whitening agrees with PyTorch on the real tokens of a padded matrix", () => {
  const { x, lengths, epsilon, whitened } = fixture.whiten;
  assertClose(whiten(ragged(x, lengths), { epsilon }), ragged(whitened, lengths), 1e-6);
});

Deno.test("a pool of equal numbers becomes zeros, and no token is an error", () => {
  assert.deepEqual(whiten([[2, 2], [2]]), [[0, 0], [0]]);
  assert.throws(() => whiten([[], []]), {
    name: "RangeError",
    message: "Cannot whiten 2 rows: they contain no tokens",
  });
});
