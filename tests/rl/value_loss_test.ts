import assert from "node:assert/strict";
import { grad } from "ppo/autodiff/mod.ts";
import { valueLoss } from "ppo/rl/mod.ts";
import { evaluate, input, UNKNOWN } from "ppo/tensor/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { array, assertClose, type Numbers } from "../helpers/close.ts";

/** Loss, clipped tokens and gradient on one row or a batch of rows, as plain numbers. */
function run(
  feeds: { values: Numbers; oldValues: Numbers; returns: Numbers; mask: Numbers },
  { clipRange, count }: { clipRange?: number; count?: number } = {},
) {
  const { dims } = array(feeds.mask);
  const axes: Record<string, number> = dims.length === 1
    ? { time: UNKNOWN }
    : { batch: UNKNOWN, time: UNKNOWN };
  const values = input("values", axes);
  const { loss, clipped } = valueLoss({
    values,
    oldValues: input("oldValues", axes),
    returns: input("returns", axes),
    mask: input("mask", axes),
    ...(count === undefined ? {} : { count: input("count", {}) }),
  }, clipRange === undefined ? {} : { clipRange });
  const arrays = Object.fromEntries(
    Object.entries(feeds).map(([name, numbers]) => [name, array(numbers)]),
  );
  const counted = count === undefined ? arrays : { ...arrays, count: array(count) };
  const outputs = evaluate([loss, clipped, ...grad(loss, [values])], counted);
  const [losses, marks, gradient] = outputs.map(({ data }) => Array.from(data, Number));
  return { loss: losses[0], clipped: marks, gradient };
}

/** One token whose old value was 0. */
const token = (value: number, target: number) =>
  run({ values: [value], oldValues: [0], returns: [target], mask: [1] });

Deno.test("the corners of the clip: only a step that already went far enough stops paying", () => {
  // [value, return, loss, gradient]; the gradient of 0.5 (V - R)^2 is V - R
  const corners = [
    [0.5, 1, 0.5 * (0.2 - 1) ** 2, 0], // beyond +0.2 towards the return: clipped
    [-0.5, -1, 0.5 * (-0.2 + 1) ** 2, 0], // beyond -0.2 towards the return: clipped
    [0.5, -1, 0.5 * (0.5 + 1) ** 2, 1.5], // beyond +0.2 away from the return: the full gradient
    [-0.5, 1, 0.5 * (-0.5 - 1) ** 2, -1.5], // beyond -0.2 away from the return: the full gradient
    [0.1, 1, 0.5 * (0.1 - 1) ** 2, -0.9], // inside
  ];
  for (const [value, target, loss, gradient] of corners) {
    const found = token(value, target);
    assertClose([found.loss, found.gradient[0]], [loss, gradient]);
    assert.equal(found.clipped[0], gradient === 0 ? 1 : 0);
  }
});

Deno.test("before the first step the loss is half the mean squared error", () => {
  const values = [1, 2, -1];
  const found = run({ values, oldValues: values, returns: [3, 2, 0], mask: [1, 1, 1] });
  assertClose(found.loss, 0.5 * (4 + 0 + 1) / 3);
  assertClose(found.gradient, [-2 / 3, 0, -1 / 3]);
});

Deno.test("the default clip range is 0.2, another one is taken, and Infinity is no clip", () => {
  const feeds = { values: [3], oldValues: [1], returns: [4], mask: [1] };
  assertClose(run(feeds).loss, 0.5 * (1.2 - 4) ** 2);
  assertClose(run(feeds, { clipRange: 0.5 }).loss, 0.5 * (1.5 - 4) ** 2);
  assertClose(run(feeds, { clipRange: Infinity }).loss, 0.5 * (3 - 4) ** 2);
});

Deno.test("padding changes neither loss nor gradient", () => {
  const feeds = { values: [1, 2], oldValues: [0, 2], returns: [3, 1], mask: [1, 1] };
  const bare = run(feeds);
  const padded = run({
    values: [...feeds.values, 50],
    oldValues: [...feeds.oldValues, -9],
    returns: [...feeds.returns, 60], // a pad that the clip would act on
    mask: [1, 1, 0],
  });
  assertClose(padded.loss, bare.loss);
  assertClose(padded.gradient, [...bare.gradient, 0]);
  assert.deepEqual(padded.clipped, [...bare.clipped, 0]);
});

Deno.test("micro-batches under the minibatch's count add up to the minibatch's loss and gradient", () => {
  const rows = [
    { values: [1, 2, 3], oldValues: [1.5, 2, 1], returns: [0, 4, 3], mask: [1, 1, 1] },
    { values: [-1, 0, 0], oldValues: [-1, 0, 0], returns: [2, 0, 0], mask: [1, 0, 0] },
  ];
  const [first, second] = rows;
  const whole = run({
    values: [first.values, second.values],
    oldValues: [first.oldValues, second.oldValues],
    returns: [first.returns, second.returns],
    mask: [first.mask, second.mask],
  });
  const pieces = rows.map((row) => run(row, { count: 4 })); // 3 + 1 real tokens
  assertClose(pieces[0].loss + pieces[1].loss, whole.loss);
  assertClose(pieces.flatMap(({ gradient }) => gradient), whole.gradient);
});

Deno.test("loss, clip fraction and gradient agree with PyTorch", () => {
  const { values, old_values, returns, mask, value_clip_eps, ...expected } = fixture.value_loss;
  const found = run({ values, oldValues: old_values, returns, mask }, {
    clipRange: value_clip_eps,
  });
  assertClose(found.loss, expected.loss, 1e-6);
  assertClose(found.gradient, expected.grad_values, 1e-6);
  const clippedShare = found.clipped.reduce((a, b) => a + b) / mask.flat().reduce((a, b) => a + b);
  assertClose(clippedShare, expected.clip_fraction_active, 1e-6);
});

Deno.test("a negative clip range is refused", () => {
  const feeds = { values: [0], oldValues: [0], returns: [0], mask: [1] };
  assert.throws(() => run(feeds, { clipRange: -1 }), {
    name: "RangeError",
    message: "Cannot clip the value loss: clipRange is -1, but it must be at least 0",
  });
});
