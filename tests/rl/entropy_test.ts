import assert from "node:assert/strict";
import { grad } from "ppo/autodiff/mod.ts";
import { entropyFromLogProbs, entropyOfLogits } from "ppo/rl/mod.ts";
import { evaluate, input, logSoftmax } from "ppo/tensor/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { array, assertClose } from "../helpers/close.ts";

Deno.test("entropy is log n for n equal logits and 0 for a certain one", () => {
  assertClose(entropyOfLogits([3, 3, 3, 3]), Math.log(4));
  assertClose(entropyOfLogits([0, 1000, -1000]), 0);
  assert.equal(entropyOfLogits([5]), 0);
});

Deno.test("entropy equals its arithmetic", () => {
  // p = 3/4, 1/4
  const expected = -(0.75 * Math.log(0.75) + 0.25 * Math.log(0.25));
  assertClose(entropyOfLogits([Math.log(3), 0]), expected);
  assertClose(entropyOfLogits([Math.log(3), 0, -Infinity]), expected); // a token cut off
});

Deno.test("entropy agrees with PyTorch, as numbers and as a graph", () => {
  const { logits, entropy: expected } = fixture.distributions;
  assertClose(logits.map((row) => row.map(entropyOfLogits)), expected, 1e-6);
  const logProbs = logSoftmax(input("logits", { batch: 2, time: 4, vocab: 7 }), "vocab");
  const graph = entropyFromLogProbs(logProbs, "vocab");
  const [{ dims, data }] = evaluate([graph], { logits: array(logits) });
  assert.deepEqual(dims, [2, 4]);
  assertClose(Array.from(data, Number), expected, 1e-6);
});

Deno.test("the gradient of the entropy equals finite differences", () => {
  const logits = input("logits", { vocab: 3 }), at = [0.5, -1, 2];
  const entropy = entropyFromLogProbs(logSoftmax(logits, "vocab"), "vocab");
  const [gradient] = evaluate(grad(entropy, [logits]), { logits: array(at) });
  const shifted = (v: number, by: number): number =>
    entropyOfLogits(at.map((x, i) => i === v ? x + by : x));
  assertClose(gradient.data, at.map((_, v) => (shifted(v, 1e-5) - shifted(v, -1e-5)) / 2e-5), 1e-6);
});

Deno.test("a row of no logits has no entropy", () => {
  assert.throws(() => entropyOfLogits([]), {
    name: "RangeError",
    message: "Cannot take the entropy of a row of 0 logits",
  });
});
