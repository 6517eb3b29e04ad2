import assert from "node:assert/strict";
import { grad } from "ppo/autodiff/mod.ts";
import {
  box,
  choiceStatistics,
  clipToBox,
  drawChoice,
  drawVector,
  vectorStatistics,
} from "ppo/control/mod.ts";
import { meanOf, policyLoss, varianceOf } from "ppo/rl/mod.ts";
import { randomStream } from "ppo/random/mod.ts";
import { evaluate, input } from "ppo/tensor/mod.ts";
import { array, assertClose, type Numbers } from "../helpers/close.ts";

const LOGITS = [[1, 2, 3], [0, 0, 0]];

/** softmax of a row of logits. */
function probabilitiesOf(logits: readonly number[]): number[] {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / sum);
}

/** Statistics of two choices among three, and the gradient of PPO's loss in the logits. */
function ofChoices(feeds: Readonly<Record<"oldLogProbs" | "advantages" | "mask", Numbers>>) {
  const logits = input("logits", { batch: 2, choice: 3 }), axes = { batch: 2 };
  const { logProbs, entropy } = choiceStatistics(logits, input("actions", axes, "int32"));
  const { loss } = policyLoss({
    logProbs,
    oldLogProbs: input("oldLogProbs", axes),
    advantages: input("advantages", axes),
    mask: input("mask", axes),
  });
  const arrays = Object.entries(feeds).map(([name, numbers]) => [name, array(numbers)]);
  const outputs = evaluate([logProbs, entropy, ...grad(loss, [logits])], {
    ...Object.fromEntries(arrays),
    logits: array(LOGITS),
    actions: { dims: [2], data: Int32Array.of(2, 0) },
  });
  return outputs.map(({ data }) => Array.from(data, Number));
}

Deno.test("log-probability and entropy of a choice are those of the softmax", () => {
  const [logProbs, entropy] = ofChoices({ oldLogProbs: [0, 0], advantages: [0, 0], mask: [1, 1] });
  const [first, second] = LOGITS.map(probabilitiesOf);
  assertClose(logProbs, [Math.log(first[2]), Math.log(second[0])]);
  assertClose(entropy, [first, second].map((p) => -p.reduce((h, x) => h + x * Math.log(x), 0)));
});

Deno.test("PPO's loss gives the policy gradient of a choice, and 0 where a step is a reset", () => {
  const [p] = LOGITS.map(probabilitiesOf);
  const oldLogProbs = [Math.log(p[2]), Math.log(1 / 3)]; // the same policy: all ratios are 1
  const [, , gradient] = ofChoices({ oldLogProbs, advantages: [4, 7], mask: [1, 0] });
  // d loss / d logit_j = -A ([a = j] - p_j) / count, with one real step
  const expected = p.map((probability, j) => -4 * ((j === 2 ? 1 : 0) - probability));
  assertClose(gradient, [...expected, 0, 0, 0]);
});

Deno.test("a vector has the log-density of its Gaussian, and all states the same entropy", () => {
  const axes = { batch: 2, action: 2 };
  const { logProbs, entropy } = vectorStatistics({
    means: input("means", axes),
    logStd: input("logStd", { action: 2 }),
  }, input("actions", axes));
  const [densities, nats] = evaluate([logProbs, entropy], {
    means: array([[0, 1], [2, 3]]),
    logStd: array([0, Math.log(2)]),
    actions: array([[1, 1], [2, 7]]),
  });
  const constant = Math.log(2) + Math.log(2 * Math.PI);
  assertClose(densities.data, [-1 / 2 - constant, -((4 / 2) ** 2) / 2 - constant]);
  // log sigma_1 + log sigma_2 + 2 (1 + log(2 pi)) / 2
  assertClose(nats.data, [Math.log(2) + 1 + Math.log(2 * Math.PI)].flatMap((h) => [h, h]));
});

Deno.test("choices are drawn as often as the softmax says", () => {
  const random = randomStream(1), [probabilities] = LOGITS.map(probabilitiesOf), n = 20_000;
  const counts = [0, 0, 0];
  for (let draw = 0; draw < n; draw++) counts[drawChoice(LOGITS[0], random)]++;
  counts.forEach((count, choice) => {
    const p = probabilities[choice]; // four standard deviations of a share
    assert.ok(Math.abs(count / n - p) < 4 * Math.sqrt(p * (1 - p) / n), `${counts}`);
  });
});

Deno.test("a choice without probability is never drawn, and huge logits do not overflow", () => {
  const almostOne = 1 - 2 ** -53;
  assert.equal(drawChoice([1000, 1000, -Infinity], () => almostOne), 1);
  assert.equal(drawChoice([-Infinity, 0], () => 0), 1);
  assert.throws(
    () => drawChoice([], () => 0),
    new RangeError("Cannot draw a choice from 0 logits"),
  );
});

Deno.test("vectors are drawn around the means with the standard deviations", () => {
  const random = randomStream(2), n = 20_000;
  const drawn = Array.from(
    { length: n },
    () => drawVector({ means: [1, -2], logStd: [0, Math.log(3)] }, random),
  );
  for (const [at, mean, sigma] of [[0, 1, 1], [1, -2, 3]]) {
    const numbers = drawn.map((vector) => vector[at]);
    // standard deviations sigma / sqrt(n) and sigma^2 sqrt(2 / n): four of each
    assert.ok(Math.abs(meanOf(numbers) - mean) < 4 * sigma / Math.sqrt(n));
    assert.ok(Math.abs(varianceOf(numbers) - sigma ** 2) < 4 * sigma ** 2 * Math.sqrt(2 / n));
  }
  const message =
    "Cannot draw a vector from 1 means and 2 standard deviations: there must be one for each";
  assert.throws(() => drawVector({ means: [0], logStd: [0, 0] }, random), new RangeError(message));
});

Deno.test("vectors are clipped number by number", () => {
  const space = box([-1, -2, -Infinity], [1, 2, Infinity]);
  assert.deepEqual(clipToBox(space, [-5, 5, 5]), Float32Array.of(-1, 2, 5));
  const message = "Cannot clip a vector to a space: it has 1 numbers, the space has 3";
  assert.throws(() => clipToBox(space, [0]), new RangeError(message));
});
