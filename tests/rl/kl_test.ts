import assert from "node:assert/strict";
import { grad } from "ppo/autodiff/mod.ts";
import { k1, k2, k3, klExact, klFromLogProbs, meanOf } from "ppo/rl/mod.ts";
import { randomStream } from "ppo/random/mod.ts";
import { evaluate, input, logSoftmax } from "ppo/tensor/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { array, assertClose, ragged } from "../helpers/close.ts";

const policy = [0.5, 0.3, 0.2], reference = [0.2, 0.3, 0.5];
const logOf = (probabilities: number[]): number[] => probabilities.map(Math.log);
const sumOf = (row: number[]): number => row.reduce((a, b) => a + b);

Deno.test("the three estimates equal their arithmetic", () => {
  const sampled = { logProbs: [-1, -2], refLogProbs: [-3, -1] }; // log r = -2 and 1
  assert.deepEqual(k1(sampled), [2, -1]);
  assert.deepEqual(k2(sampled), [2, 0.5]); // 4 / 2, 1 / 2
  assertClose(k3(sampled), [Math.exp(-2) - 1 + 2, Math.E - 1 - 1]);
});

Deno.test("a policy and itself are 0 apart by every estimate", () => {
  const same = { logProbs: [-1, -0.5], refLogProbs: [-1, -0.5] };
  for (const estimate of [k1, k2, k3]) assert.deepEqual(estimate(same), [0, 0]);
});

Deno.test("k1 and k3 are unbiased: their expectation is the exact divergence; k2's is not", () => {
  const sampled = { logProbs: logOf(policy), refLogProbs: logOf(reference) }; // every token once
  const expectation = (row: number[]): number => sumOf(row.map((k, v) => policy[v] * k));
  const exact = klExact(sampled.logProbs, sampled.refLogProbs);
  // 0.5 log(0.5 / 0.2) + 0.3 log 1 + 0.2 log(0.2 / 0.5) = (0.5 - 0.2) log 2.5
  assertClose(exact, 0.3 * Math.log(2.5));
  assertClose(expectation(k1(sampled)), exact);
  assertClose(expectation(k3(sampled)), exact);
  assert.ok(Math.abs(expectation(k2(sampled)) - exact) > 0.01);
});

Deno.test("k3 is never negative and less noisy than k1 where the policies are close", () => {
  const random = randomStream(3);
  const logProbs = Array.from({ length: 500 }, () => Math.log(random()));
  const refLogProbs = logProbs.map((logProb) => logProb + 0.1 * (random() - 0.5));
  const sampled = { logProbs, refLogProbs };
  assert.ok(k3(sampled).every((k) => k >= 0));
  assert.ok(k1(sampled).some((k) => k < 0));
  assert.ok(meanOf(k3(sampled).map((k) => k ** 2)) < 0.01 * meanOf(k1(sampled).map((k) => k ** 2)));
});

Deno.test("k1 and k3 and their sums over answers agree with PyTorch", () => {
  const { lengths, log_probs, ref_log_probs, ...expected } = fixture.kl;
  const rows = ragged(log_probs, lengths).map((logProbs, index) => ({
    logProbs,
    refLogProbs: ref_log_probs[index].slice(0, lengths[index]),
  }));
  assertClose(rows.map(k1), ragged(expected.k1, lengths), 1e-6);
  assertClose(rows.map(k3), ragged(expected.k3, lengths), 1e-6);
  assertClose(rows.map(k1).map(sumOf), expected.k1_sum, 1e-6);
  assertClose(meanOf(rows.map(k3).map(sumOf)), expected.k3_mean_of_sums, 1e-6);
});

Deno.test("the exact divergence agrees with PyTorch, as numbers and as a graph", () => {
  const { logits, ref_logits, exact_kl } = fixture.distributions;
  const axes = { batch: 2, time: 4, vocab: 7 };
  const logProbs = logSoftmax(input("logits", axes), "vocab");
  const refLogProbs = logSoftmax(input("refLogits", axes), "vocab");
  const outputs = [logProbs, refLogProbs, klFromLogProbs({ logProbs, refLogProbs }, "vocab")];
  const feeds = { logits: array(logits), refLogits: array(ref_logits) };
  const [p, q, kl] = evaluate(outputs, feeds).map(({ data }) => Array.from(data, Number));
  assertClose(kl, exact_kl, 1e-6);
  const row = (all: number[], position: number): number[] =>
    all.slice(7 * position, 7 * position + 7);
  assertClose(
    exact_kl.flat().map((_, position) => klExact(row(p, position), row(q, position))),
    exact_kl,
    1e-6,
  );
});

Deno.test("the divergence from a policy to itself has no gradient", () => {
  const logits = input("logits", { vocab: 3 }), refLogits = input("refLogits", { vocab: 3 });
  const kl = klFromLogProbs(
    { logProbs: logSoftmax(logits, "vocab"), refLogProbs: logSoftmax(refLogits, "vocab") },
    "vocab",
  );
  const same = array([0.3, -1, 2]);
  const [value, gradient] = evaluate([kl, ...grad(kl, [logits])], {
    logits: same,
    refLogits: same,
  });
  assertClose(value.data, [0]);
  assertClose(gradient.data, [0, 0, 0]);
});

Deno.test("a token that the policy never chooses adds nothing to the exact divergence", () => {
  assertClose(klExact([0, -Infinity], [Math.log(0.5), -Infinity]), Math.log(2)); // 1 log(1 / 0.5)
  assert.equal(klExact([0, -Infinity], [-Infinity, 0]), Infinity); // the reference never chooses what is sure
});

Deno.test("divergence of rows of two lengths is refused", () => {
  const message = "Cannot estimate KL: logProbs has 1 tokens and refLogProbs has 2";
  for (const estimate of [k1, k2, k3]) {
    assert.throws(() => estimate({ logProbs: [-1], refLogProbs: [-1, -2] }), {
      name: "RangeError",
      message,
    });
  }
  assert.throws(() => klExact([0], [-1, -1]), {
    name: "RangeError",
    message: "Cannot compare distributions: logProbs has 1 tokens and refLogProbs has 2",
  });
});
