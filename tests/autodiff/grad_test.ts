import assert from "node:assert/strict";
import { grad, vjp } from "../../lib/autodiff/mod.ts";
import {
  add,
  type AnyTensor,
  axesOf,
  constant,
  evaluate,
  exp,
  floor,
  input,
  largest,
  max,
  min,
  mul,
  pad,
  slice,
  square,
  stopGradient,
  sub,
  sum,
  type Tensor,
  transpose,
  UNKNOWN,
} from "../../lib/tensor/mod.ts";

const x = input("x", { time: 3 });
const feeds = { x: { dims: [3], data: new Float64Array([2, 2, 1]) } };

/** d loss / d wrt, as numbers. */
const slopes = (loss: AnyTensor, wrt: Tensor = x): number[] =>
  Array.from(evaluate(grad(loss, [wrt]), feeds)[0].data);

Deno.test("d sum(x^2) / dx = 2 x", () => {
  assert.deepEqual(slopes(sum(square(x))), [2 * 2, 2 * 2, 2 * 1]);
});

Deno.test("a tensor that is used twice gets the sum of both gradients", () => {
  assert.deepEqual(slopes(sum(add(mul(x, 3), mul(x, x)))), [3 + 2 * 2, 3 + 2 * 2, 3 + 2 * 1]);
});

Deno.test("of two equal numbers the left is the larger and the smaller one", () => {
  const two = constant([2, 1, 1], { time: 3 }); // x is 2 2 1: equal, larger, equal
  assert.deepEqual(slopes(sum(max(x, two))), [1, 1, 1]);
  assert.deepEqual(slopes(sum(max(two, x))), [0, 1, 0]);
  assert.deepEqual(slopes(sum(min(x, two))), [1, 0, 1]);
  assert.deepEqual(slopes(sum(min(two, x))), [0, 0, 0]);
});

Deno.test("equal largest elements share the gradient", () => {
  assert.deepEqual(slopes(largest(x)), [1 / 2, 1 / 2, 0]);
});

Deno.test("stopGradient makes a factor a constant", () => {
  assert.deepEqual(slopes(sum(mul(x, stopGradient(x)))), [2, 2, 1]); // not 2 x
});

Deno.test("floor has the gradient 0", () => {
  assert.deepEqual(slopes(sum(sub(x, floor(x)))), [1, 1, 1]);
});

Deno.test("a gradient can be had at an inner node", () => {
  const inner = exp(x);
  assert.deepEqual(slopes(sum(mul(inner, 5)), inner), [5, 5, 5]);
});

Deno.test("the gradients of one loss come in the order they were asked for, with the axes of their tensors", () => {
  const a = input("a", { time: 3, batch: 2 }), b = input("b", { batch: 2, time: 3 });
  const [db, da] = grad(sum(mul(a, b)), [b, a]);
  assert.deepEqual([axesOf(db.shape), axesOf(da.shape)], [["batch", "time"], ["time", "batch"]]);
});

Deno.test("vjp weighs several outputs: u d(x^2) + v d(3 x) = 2 u x + 3 v", () => {
  const u = constant([1, 10, 100], { time: 3 }), v = constant([1, 2, 3], { time: 3 });
  const [dx] = vjp([square(x), mul(x, 3)], [u, v], [x]);
  assert.deepEqual([...evaluate([dx], feeds)[0].data], [4 + 3, 40 + 6, 200 + 9]);
});

Deno.test("vjp takes a cotangent whose axes are in another order", () => {
  const y = input("y", { time: 3, batch: 2 });
  const turned = transpose(y, ["batch", "time"]);
  const [dy] = vjp([turned], [turned], [y]);
  assert.deepEqual(axesOf(dy.shape), ["time", "batch"]);
});

Deno.test("only one number can be differentiated", () => {
  assert.throws(() => grad(square(x), [x]), {
    name: "RangeError",
    message: "Cannot differentiate a tensor with axes [time 3]: the loss must be one number",
  });
});

Deno.test("a loss that does not depend on a tensor is said to", () => {
  assert.throws(() => grad(sum(x), [input("y", { time: 3 })]), {
    name: "RangeError",
    message: 'Cannot differentiate with respect to input "y": the result does not depend on it',
  });
});

Deno.test("a slice or a pad of an axis of unknown size cannot be differentiated", () => {
  const open = input("open", { time: UNKNOWN });
  assert.throws(() => grad(sum(slice(open, "time", { start: 0, stop: 1 })), [open]), {
    name: "RangeError",
    message:
      'Cannot differentiate a slice of "time": its size is not known before the program runs',
  });
  assert.throws(() => grad(sum(pad(open, "time", { after: 1 })), [open]), {
    name: "RangeError",
    message: 'Cannot differentiate a pad of "time": its size is not known before the program runs',
  });
});
