import assert from "node:assert/strict";
import { discountedReturns, gae, tdErrors } from "ppo/rl/mod.ts";
import { randomStream } from "ppo/random/mod.ts";
import fixture from "../fixtures/rl.json" with { type: "json" };
import { assertClose } from "../helpers/close.ts";

const random = randomStream(4);
const row = (length: number): number[] => Array.from({ length }, () => 2 * random() - 1);

Deno.test("gae of three tokens equals its arithmetic", () => {
  const { advantages, returns } = gae({
    rewards: [1, 0, 2],
    values: [0.5, 1, -1],
    gamma: 0.5,
    lambda: 0.8,
  });
  // delta_0 = 1 + 0.5 1 - 0.5 = 1, delta_1 = 0 + 0.5 (-1) - 1 = -1.5, delta_2 = 2 + 0.5 0 + 1 = 3; gamma lambda = 0.4
  // A_2 = 3, A_1 = -1.5 + 0.4 3 = -0.3, A_0 = 1 + 0.4 (-0.3) = 0.88
  assertClose(advantages, [0.88, -0.3, 3]);
  assertClose(returns, [0.88 + 0.5, -0.3 + 1, 3 - 1]);
});

Deno.test("the bootstrap value stands after the last token", () => {
  // delta_1 = 2 + 0.5 10 - 1 = 6, delta_0 = 0 + 0.5 1 - 3 = -2.5, A_0 = -2.5 + 0.5 0.5 6 = -1
  const { advantages } = gae({
    rewards: [0, 2],
    values: [3, 1],
    gamma: 0.5,
    lambda: 0.5,
    bootstrap: 10,
  });
  assertClose(advantages, [-1, 6]);
});

Deno.test("lambda 0 leaves the one-step error", () => {
  const rewards = row(9), values = row(9);
  const deltas = tdErrors({ rewards, values, gamma: 0.9 });
  assertClose(gae({ rewards, values, gamma: 0.9, lambda: 0 }).advantages, deltas);
  // r_0 + gamma V_1 - V_0 and, at the end, r_8 - V_8
  assertClose([deltas[0], deltas[8]], [
    rewards[0] + 0.9 * values[1] - values[0],
    rewards[8] - values[8],
  ]);
});

Deno.test("lambda 1 leaves the discounted return minus the value", () => {
  const rewards = row(9), values = row(9);
  const returns = discountedReturns({ rewards, gamma: 0.9, bootstrap: 0.3 });
  const { advantages } = gae({ rewards, values, gamma: 0.9, lambda: 1, bootstrap: 0.3 });
  assertClose(advantages, returns.map((g, t) => g - values[t]));
});

Deno.test("the backward recursion equals the sum that the paper writes", () => {
  const rewards = row(8), values = row(8), gamma = 0.95, lambda = 0.7;
  const deltas = rewards.map((reward, t) => reward + gamma * (values[t + 1] ?? 0) - values[t]);
  const sums = deltas.map((_, t) =>
    deltas.slice(t).reduce((sum, delta, l) => sum + (gamma * lambda) ** l * delta, 0)
  );
  assertClose(gae({ rewards, values, gamma, lambda }).advantages, sums);
});

Deno.test("a perfect critic leaves no advantage and its own values as returns", () => {
  const rewards = row(6);
  const values = discountedReturns({ rewards, gamma: 0.9 });
  const { advantages, returns } = gae({ rewards, values, gamma: 0.9, lambda: 0.95 });
  assertClose(advantages, [0, 0, 0, 0, 0, 0]);
  assertClose(returns, values);
});

Deno.test("a row gives the same advantages whatever stands in other rows, and Float32Array rows work", () => {
  const rewards = Float32Array.of(1, 0.5), values = Float32Array.of(0.25, -1);
  const plain = gae({ rewards: [1, 0.5], values: [0.25, -1], gamma: 1, lambda: 0.95 });
  assert.deepEqual(gae({ rewards, values, gamma: 1, lambda: 0.95 }), plain);
});

Deno.test("running over pads leaks the pad's value into the last token: the tutorial's second mistake", () => {
  const honest = gae({ rewards: [0, 1], values: [0, 0], gamma: 1, lambda: 0.95 });
  const leaking = gae({ rewards: [0, 1, 0], values: [0, 0, 2], gamma: 1, lambda: 0.95 });
  assert.equal(honest.advantages[1], 1);
  assertClose(leaking.advantages[1], 1 + 2 + 0.95 * -2); // delta = 1 + V(pad); then A(pad) = 0 - 2
});

Deno.test("gae agrees with PyTorch on ragged rows for every gamma and lambda of the fixture", () => {
  const { rewards, values, cases } = fixture.gae;
  for (const { gamma, lam, advantages, returns } of cases) {
    rewards.forEach((_, index) => {
      const found = gae({ rewards: rewards[index], values: values[index], gamma, lambda: lam });
      assertClose(found.advantages, advantages[index], 1e-6);
      assertClose(found.returns, returns[index], 1e-6);
    });
  }
});

Deno.test("gae over a padded rectangle agrees with PyTorch", () => {
  const { rewards, values, gamma, lam, advantages, returns } = fixture.gae_over_padding;
  rewards.forEach((_, index) => {
    const found = gae({ rewards: rewards[index], values: values[index], gamma, lambda: lam });
    assertClose(found.advantages, advantages[index], 1e-6);
    assertClose(found.returns, returns[index], 1e-6);
  });
});

Deno.test("an empty row has no advantages", () => {
  assert.deepEqual(gae({ rewards: [], values: [], gamma: 1, lambda: 1 }), {
    advantages: [],
    returns: [],
  });
});

Deno.test("gae says what is wrong with its input", () => {
  const good = { rewards: [1, 2], values: [1, 2], gamma: 1, lambda: 0.95 };
  assert.throws(() => gae({ ...good, values: [1, 2, 3] }), {
    name: "RangeError",
    message: "Cannot estimate advantages: rewards has 2 tokens and values has 3",
  });
  assert.throws(() => gae({ ...good, lambda: 1.5 }), {
    name: "RangeError",
    message: "Cannot estimate advantages: lambda is 1.5, but it must be from 0 to 1",
  });
  assert.throws(() => gae({ ...good, gamma: -0.1 }), {
    name: "RangeError",
    message: "Cannot estimate advantages: gamma is -0.1, but it must be from 0 to 1",
  });
  assert.throws(() => gae({ ...good, gamma: NaN }), /gamma is NaN/);
});
