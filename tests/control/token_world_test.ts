import assert from "node:assert/strict";
import {
  actionValue,
  advantageOf,
  gradientMoments,
  probabilities,
  sampleAnswer,
  scoreOf,
  stateValue,
} from "../../lib/control/mod.ts";
import { estimatorErrors } from "../../lib/course/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";

Deno.test("scores and values of the last step are as counted by hand", () => {
  assert.equal(scoreOf([0, 1, 3]), 2); // 哪里？
  assert.equal(scoreOf([3, 3, 3]), 0); // ends well, but a token twice
  assert.equal(actionValue([0, 1], 3), 2);
  const wanted = 0.1 * (1 - 1) + 0.1 * (1 - 1) + 0.2 * 1 + 0.6 * 2; // after 里: 哪 twice, 里 twice, 谁, ？
  assert.ok(Math.abs(stateValue([0, 1]) - wanted) < 1e-12);
});

Deno.test("the advantages of every state add up to 0 under the policy", () => {
  for (const state of [[], [0], [2], [0, 1], [3, 3]]) {
    const sum = probabilities(state).reduce(
      (total, probability, token) => total + probability * advantageOf(state, token),
      0,
    );
    assert.ok(Math.abs(sum) < 1e-12);
  }
});

Deno.test("sampled answers earn V of the start on average", () => {
  const random = randomStream(4);
  const mean =
    Array.from({ length: 20000 }, () => scoreOf(sampleAnswer(random))).reduce((sum, score) =>
      sum + score
    ) /
    20000;
  assert.ok(Math.abs(mean - stateValue([])) < 0.03);
});

Deno.test("a baseline leaves the mean gradient, which is pi A, and lowers its variance", () => {
  const [none, value] = [gradientMoments(0), gradientMoments(stateValue([]))];
  none.mean.forEach((gradient, token) => {
    assert.ok(Math.abs(gradient - value.mean[token]) < 1e-12);
    assert.ok(Math.abs(gradient - probabilities([])[token] * advantageOf([], token)) < 1e-12);
  });
  assert.ok(value.variance < none.variance);
});

Deno.test("a right critic leaves no bias; one that knows nothing biases one step, and Monte Carlo only by a constant", () => {
  const sampling = { samples: 20000, seed: 2 };
  for (const { bias } of estimatorErrors(1, sampling)) assert.ok(Math.abs(bias) < 0.03);
  const [one, , all] = estimatorErrors(0, sampling);
  assert.ok(one.deviation > 0.1); // it says 0 whatever the token: its error is -A
  assert.ok(Math.abs(all.bias - stateValue([])) < 0.03); // G - A is V(s_0) on average
});
