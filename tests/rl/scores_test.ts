import assert from "node:assert/strict";
import { clipScore, normaliseScores, scoreStatistics } from "ppo/rl/mod.ts";
import { assertClose } from "../helpers/close.ts";

Deno.test("normalised scores count standard deviations from the mean", () => {
  // mean (2 + 4 + 9) / 3 = 5, variance (9 + 1 + 16) / 3 = 26 / 3
  const statistics = scoreStatistics([2, 4, 9]);
  assertClose([statistics.mean, statistics.deviation], [5, Math.sqrt(26 / 3)]);
  assert.deepEqual(normaliseScores([2, 9], { mean: 5, deviation: 2 }), [-1.5, 2]);
});

Deno.test("scores normalised by their own statistics have mean 0 and standard deviation 1", () => {
  const scores = [5.1, 6.6, 5.9, 7.2];
  const { mean, deviation } = scoreStatistics(normaliseScores(scores, scoreStatistics(scores)));
  assertClose([mean, deviation], [0, 1]);
});

Deno.test("clipping limits a score on both sides and leaves the rest", () => {
  assert.deepEqual([-9, -5, -1, 0.5, 5, 6.6].map((score) => clipScore(score, 5)), [
    -5,
    -5,
    -1,
    0.5,
    5,
    5,
  ]);
});

Deno.test("scores refuse a standard deviation of 0 and a negative limit", () => {
  assert.throws(() => normaliseScores([1], { mean: 0, deviation: 0 }), {
    name: "RangeError",
    message: "Cannot normalise scores: the standard deviation is 0, but it must be above 0",
  });
  assert.throws(() => clipScore(1, -5), {
    name: "RangeError",
    message: "Cannot clip a score: limit is -5, but it must be at least 0",
  });
});
