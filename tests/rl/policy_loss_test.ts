import assert from "node:assert/strict";
import { grad } from "ppo/autodiff/mod.ts";
import { policyLoss } from "ppo/rl/mod.ts";
import { evaluate, input, UNKNOWN } from "ppo/tensor/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { array, assertClose, type Numbers } from "../helpers/close.ts";

/** Loss, ratios, clipped tokens and gradient on one row or a batch of rows, as plain numbers. */
function run(
  feeds: { logProbs: Numbers; oldLogProbs: Numbers; advantages: Numbers; mask: Numbers },
  { clipRange, count }: { clipRange?: number; count?: number } = {},
) {
  const { dims } = array(feeds.mask);
  const axes: Record<string, number> = dims.length === 1
    ? { time: UNKNOWN }
    : { batch: UNKNOWN, time: UNKNOWN };
  const logProbs = input("logProbs", axes);
  const { loss, ratio, clipped } = policyLoss({
    logProbs,
    oldLogProbs: input("oldLogProbs", axes),
    advantages: input("advantages", axes),
    mask: input("mask", axes),
    ...(count === undefined ? {} : { count: input("count", {}) }),
  }, clipRange === undefined ? {} : { clipRange });
  const arrays = Object.fromEntries(
    Object.entries(feeds).map(([name, numbers]) => [name, array(numbers)]),
  );
  const counted = count === undefined ? arrays : { ...arrays, count: array(count) };
  const outputs = evaluate([loss, ratio, clipped, ...grad(loss, [logProbs])], counted);
  const [losses, ratios, marks, gradient] = outputs.map(({ data }) => Array.from(data, Number));
  return { loss: losses[0], ratio: ratios, clipped: marks, gradient };
}

/** One token: the ratio is given, the policy was at 1. */
const token = (ratio: number, advantage: number) =>
  run({ logProbs: [Math.log(ratio) - 1], oldLogProbs: [-1], advantages: [advantage], mask: [1] });

Deno.test("the four corners of the clip: only a move that already gained too much stops paying", () => {
  // [ratio, advantage, loss, gradient in log pi]; inside the range the gradient is -A ratio
  const corners = [
    [1.5, 2, -2 * 1.2, 0], // gained beyond 1 + 0.2: clipped
    [1.5, -2, 2 * 1.5, 2 * 1.5], // moved in the wrong direction: the full gradient
    [0.5, 2, -2 * 0.5, -2 * 0.5], // moved in the wrong direction: the full gradient
    [0.5, -2, 2 * 0.8, 0], // gained below 1 - 0.2: clipped
    [1.1, 2, -2 * 1.1, -2 * 1.1], // inside
    [0.9, -2, 2 * 0.9, 2 * 0.9], // inside
  ];
  for (const [ratio, advantage, loss, gradient] of corners) {
    const found = token(ratio, advantage);
    assertClose([found.loss, found.gradient[0], found.ratio[0]], [loss, gradient, ratio]);
    assert.equal(found.clipped[0], gradient === 0 ? 1 : 0);
  }
});

Deno.test("before the first step every ratio is 1 and the loss is minus the mean advantage", () => {
  const logProbs = [-1, -2, -0.5];
  const found = run({ logProbs, oldLogProbs: logProbs, advantages: [3, -1, 4], mask: [1, 1, 1] });
  assert.deepEqual(found.ratio, [1, 1, 1]);
  assert.deepEqual(found.clipped, [0, 0, 0]);
  assertClose(found.loss, -(3 - 1 + 4) / 3);
  assertClose(found.gradient, [-3 / 3, 1 / 3, -4 / 3]); // the policy gradient: -A / n
});

Deno.test("the default clip range is 0.2 and another one is taken", () => {
  const feeds = { logProbs: [Math.log(2)], oldLogProbs: [0], advantages: [1], mask: [1] };
  assertClose(run(feeds).loss, -1.2);
  assertClose(run(feeds, { clipRange: 0.5 }).loss, -1.5);
  assertClose(run(feeds, { clipRange: Infinity }).loss, -2);
});

Deno.test("padding changes neither loss nor ratio nor gradient, even far-off padding", () => {
  const feeds = {
    logProbs: [-1, -2],
    oldLogProbs: [-1.5, -1.9],
    advantages: [1, -2],
    mask: [1, 1],
  };
  const bare = run(feeds);
  const padded = run({
    logProbs: [...feeds.logProbs, 900],
    oldLogProbs: [...feeds.oldLogProbs, -900],
    advantages: [...feeds.advantages, 77],
    mask: [1, 1, 0],
  });
  assertClose(padded.loss, bare.loss);
  assertClose(padded.gradient, [...bare.gradient, 0]);
  assertClose(padded.ratio, [...bare.ratio, 1]);
  assert.deepEqual(padded.clipped, [...bare.clipped, 0]);
});

Deno.test("micro-batches under the minibatch's count add up to the minibatch's loss and gradient", () => {
  const rows = [
    {
      logProbs: [-1, -2, -3],
      oldLogProbs: [-1.2, -1, -3],
      advantages: [1, 2, -1],
      mask: [1, 1, 1],
    },
    {
      logProbs: [-0.5, -1, 0],
      oldLogProbs: [-0.9, -1, 0],
      advantages: [-2, 1, 0],
      mask: [1, 0, 0],
    },
  ];
  const [first, second] = rows;
  const whole = run({
    logProbs: [first.logProbs, second.logProbs],
    oldLogProbs: [first.oldLogProbs, second.oldLogProbs],
    advantages: [first.advantages, second.advantages],
    mask: [first.mask, second.mask],
  });
  const pieces = rows.map((row) => run(row, { count: 4 })); // 3 + 1 real tokens
  assertClose(pieces[0].loss + pieces[1].loss, whole.loss);
  assertClose(pieces.flatMap(({ gradient }) => gradient), whole.gradient);
});

Deno.test("loss, ratios, clip fraction and gradient agree with PyTorch", () => {
  const { log_probs, old_log_probs, advantages, mask, policy_clip_eps, ...expected } =
    fixture.policy_loss;
  const feeds = { logProbs: log_probs, oldLogProbs: old_log_probs, advantages, mask };
  const found = run(feeds, { clipRange: policy_clip_eps });
  assertClose(found.loss, expected.loss, 1e-6);
  assertClose(found.ratio, expected.ratio, 1e-6);
  assertClose(found.gradient, expected.grad_log_probs, 1e-6);
  const clippedShare = found.clipped.reduce((a, b) => a + b) / mask.flat().reduce((a, b) => a + b);
  assertClose(clippedShare, expected.clip_fraction_active, 1e-6);
});

Deno.test("a negative clip range is refused", () => {
  const feeds = { logProbs: [0], oldLogProbs: [0], advantages: [0], mask: [1] };
  assert.throws(() => run(feeds, { clipRange: -0.2 }), {
    name: "RangeError",
    message: "Cannot clip the policy loss: clipRange is -0.2, but it must be at least 0",
  });
});
