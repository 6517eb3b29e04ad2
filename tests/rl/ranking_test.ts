import assert from "node:assert/strict";
import { grad } from "ppo/autodiff/mod.ts";
import { pairwiseLogSigmoid, rankingLoss, rankingPlan } from "ppo/rl/mod.ts";
import { evaluate, input, UNKNOWN } from "ppo/tensor/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { array, assertClose, ragged } from "../helpers/close.ts";

const { input_ids, lengths } = fixture.ranking;
const time = Math.max(...lengths);

function pair(better: number, worse: number, options: { stable?: boolean } = {}): number {
  const loss = pairwiseLogSigmoid(input("better", {}), input("worse", {}), options);
  return Number(evaluate([loss], { better: array(better), worse: array(worse) })[0].data[0]);
}

/** Loss and gradient of one list from a padded matrix of values. */
function list(values: number[][], { scorePads = false, count = 1, stable = true } = {}) {
  const matrix = input("values", { batch: UNKNOWN, time: UNKNOWN });
  const loss = rankingLoss(matrix, {
    better: input("better", { pair: UNKNOWN, batch: UNKNOWN }),
    worse: input("worse", { pair: UNKNOWN, batch: UNKNOWN }),
    weight: input("weight", { pair: UNKNOWN, time: UNKNOWN }),
    mask: input("mask", { batch: UNKNOWN, time: UNKNOWN }),
    last: input("last", { batch: UNKNOWN, time: UNKNOWN }),
    count: input("count", {}),
  }, { stable });
  const plan = rankingPlan([input_ids], { time: values[0].length, scorePads });
  const feeds = { values: array(values), count: array(count), ...plan };
  const [value, gradient] = evaluate([loss, ...grad(loss, [matrix])], feeds);
  return { loss: Number(value.data[0]), gradient: Array.from(gradient.data, Number) };
}

/** Rows of numbers made as long as the longest; what stands there must not matter. */
const padded = (rows: number[][], filler: number): number[][] =>
  rows.map((row) => [...row, ...Array.from({ length: time - row.length }, () => filler)]);

Deno.test("a pair's loss is log 2 when equal, falls with the lead and rises with the lag", () => {
  assertClose(pair(1, 1), Math.log(2));
  assertClose(pair(3, 1), Math.log(1 + Math.exp(-2))); // -log sigmoid(2)
  assertClose(pair(1, 3), Math.log(1 + Math.exp(2)));
});

Deno.test("a lag of 1000 costs 1000; the logarithm of a rounded sigmoid costs infinity", () => {
  assert.equal(pair(0, 1000), 1000);
  assert.equal(pair(0, 1000, { stable: false }), Infinity);
  assertClose(pair(0.4, 0.1, { stable: false }), pair(0.4, 0.1));
});

Deno.test("the gradient of a pair is -sigmoid(worse - better) on the better side and the opposite on the other", () => {
  const better = input("better", {}), worse = input("worse", {});
  const gradients = evaluate(grad(pairwiseLogSigmoid(better, worse), [better, worse]), {
    better: array(2),
    worse: array(1),
  });
  const lag = 1 / (1 + Math.exp(1)); // sigmoid(1 - 2)
  assertClose(gradients.map(({ data }) => Number(data[0])), [-lag, lag]);
});

/** The rows of a plan's matrix. */
const rowsOf = ({ dims, data }: { dims: number[]; data: Float32Array }): number[][] =>
  Array.from({ length: dims[0] }, (_, row) => [...data.slice(row * dims[1], (row + 1) * dims[1])]);

Deno.test("texts are compared from their first difference to the end of the longer", () => {
  const plan = rankingPlan([[[5, 6, 7], [5, 8, 7, 9]]], { time: 5 }); // they differ from position 1 on
  assert.deepEqual(rowsOf(plan.better), [[1, 0]]);
  assert.deepEqual(rowsOf(plan.worse), [[0, 1]]);
  assertClose(rowsOf(plan.weight), [[0, 1 / 3, 1 / 3, 1 / 3, 0]], 1e-7);
  assert.deepEqual(rowsOf(plan.mask), [[1, 1, 1, 0, 0], [1, 1, 1, 1, 0]]);
  assert.deepEqual(rowsOf(plan.last), [[0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]);
});

Deno.test("scorePads uses every row's own values to its padded end", () => {
  const plan = rankingPlan([[[5, 6, 7], [5, 8, 7, 9]]], { time: 5, scorePads: true });
  assert.deepEqual(rowsOf(plan.mask), [[1, 1, 1, 1, 1], [1, 1, 1, 1, 1]]);
});

Deno.test("each pair of a list counts the same, each list adds up to 1, and lists follow each other in the batch", () => {
  const lists = [[[1], [2, 3]], [[1, 2], [1, 2], [1, 3, 4]]]; // pairs 0-1; then 2-4 and 3-4, for 2 and 3 are equal
  const plan = rankingPlan(lists, { time: 3 });
  assert.deepEqual(rowsOf(plan.better), [[1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 1, 0]]);
  assert.deepEqual(rowsOf(plan.worse), [[0, 1, 0, 0, 0], [0, 0, 0, 0, 1], [0, 0, 0, 0, 1]]);
  assert.deepEqual(rowsOf(plan.weight), [[0.5, 0.5, 0], [0, 0.25, 0.25], [0, 0.25, 0.25]]);
});

Deno.test("the ranking loss of seven ragged texts and its gradient agree with PyTorch", () => {
  const { values, loss, grad_values } = fixture.ranking.ragged;
  const found = list(padded(values, 123));
  assertClose(found.loss, loss, 1e-6);
  assertClose(found.gradient, padded(grad_values, 0), 1e-6); // none reaches a pad
});

Deno.test("values of hundreds give the loss that PyTorch gives", () => {
  const { values, loss, grad_values } = fixture.ranking.extreme;
  const found = list(padded(values, 0));
  assertClose(found.loss, loss, 1e-6);
  assertClose(found.gradient, padded(grad_values, 0), 1e-6);
});

Deno.test("the switch for the rounded sigmoid reaches the whole loss", () => {
  const { ragged: calm, extreme } = fixture.ranking;
  assertClose(list(padded(calm.values, 0), { stable: false }).loss, calm.loss, 1e-6);
  // 64-bit numbers, as here, overflow beyond a lag of 745 instead of 89
  const tenfold = extreme.values.map((row) => row.map((value) => 10 * value));
  assert.equal(list(padded(tenfold, 0), { stable: false }).loss, Infinity);
});

Deno.test("with pads scored the loss agrees with PyTorch and gradients reach the pads", () => {
  const { values, loss, grad_values } = fixture.ranking.faithful;
  const found = list(values, { scorePads: true });
  assertClose(found.loss, loss, 1e-6);
  assertClose(found.gradient, grad_values, 1e-6);
  const real = ragged(grad_values, lengths).flat().length;
  assert.ok(found.gradient.filter((gradient) => gradient !== 0).length > real - 7 * 5); // prompts of 5 have none
});

Deno.test("a longer time axis changes nothing, and the count divides", () => {
  const values = padded(fixture.ranking.ragged.values, 0);
  const bare = list(values);
  assertClose(list(values.map((row) => [...row, 55, -7])).loss, bare.loss, 1e-7); // weights are 32-bit numbers
  assertClose(list(values, { count: 4 }).loss, bare.loss / 4);
});

Deno.test("a list that cannot be compared is refused", () => {
  assert.throws(() => rankingPlan([[[1, 2], [1, 2]]], { time: 2 }), {
    name: "RangeError",
    message: "Cannot rank 2 texts: no two of them differ",
  });
  assert.throws(() => rankingPlan([[[1, 2], [1, 2, 3]]], { time: 2 }), {
    name: "RangeError",
    message: "Cannot rank text 1: it has 3 tokens, but it must have 1 to 2 (the time axis)",
  });
});
