import assert from "node:assert/strict";
import {
  type AnyTensor,
  axesOf,
  clamp,
  constant,
  dot,
  evaluate,
  input,
  iota,
  maskedMean,
  mean,
  rename,
  scalar,
  square,
  topologicalOrder,
  transpose,
  UNKNOWN,
} from "../../lib/tensor/mod.ts";

const x = constant([1, 2, 3, 4, 5, 6], { batch: 2, embed: 3 });
const numbers = (tensor: AnyTensor) => Array.from(evaluate([tensor], {})[0].data);

Deno.test("mean is over the named axes, or over all", () => {
  assert.deepEqual(numbers(mean(x, "batch")), [(1 + 4) / 2, (2 + 5) / 2, (3 + 6) / 2]);
  assert.ok(Math.abs(numbers(mean(x))[0] - 21 / 6) < 1e-12);
});

Deno.test("maskedMean is sum(x mask) / sum(mask)", () => {
  const mask = constant([1, 0, 0, 1, 1, 0], { batch: 2, embed: 3 });
  assert.deepEqual(numbers(maskedMean(x, mask)), [(1 + 4 + 5) / 3]);
});

Deno.test("clamp limits to [low, high] and square is x^2", () => {
  assert.deepEqual(numbers(clamp(x, 2, 5)), [2, 2, 3, 4, 5, 5]);
  assert.deepEqual(numbers(square(x)), [1, 4, 9, 16, 25, 36]);
});

Deno.test("scalar is one number and iota counts from 0", () => {
  assert.deepEqual(evaluate([scalar(2.5)], {}), [{ dims: [], data: new Float64Array([2.5]) }]);
  assert.deepEqual(evaluate([iota("time", 3)], {}), [{
    dims: [3],
    data: new Int32Array([0, 1, 2]),
  }]);
});

Deno.test("a transpose into the same order adds nothing to the graph", () => {
  assert.equal(transpose(x, ["batch", "embed"]), x);
});

Deno.test("dot puts shared axes first, then the left's, then the right's", () => {
  const query = input("q", { batch: UNKNOWN, time: 4, heads: 2, headDim: 8 });
  const key = rename(query, { time: "keyTime" });
  assert.deepEqual(axesOf(dot(query, key, "headDim").shape), ["batch", "heads", "time", "keyTime"]);
});

Deno.test("a size that one side knows is known in the result", () => {
  const open = input("x", { batch: UNKNOWN, embed: UNKNOWN });
  const { shape } = dot(open, input("w", { vocab: 5, embed: 3 }), "embed");
  assert.deepEqual(shape, { batch: UNKNOWN, vocab: 5 });
});

Deno.test("the nodes of a graph are listed inputs first, each once", () => {
  const a = input("a", { time: 2 });
  const b = square(a);
  assert.deepEqual(topologicalOrder([b, a]), [a, b]);
});
