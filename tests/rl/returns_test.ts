import assert from "node:assert/strict";
import { discountedReturns } from "ppo/rl/mod.ts";
import { assertClose } from "../helpers/close.ts";

Deno.test("the discounted return equals its arithmetic", () => {
  // G_2 = 4, G_1 = 2 + 0.5 4 = 4, G_0 = 1 + 0.5 4 = 3
  assert.deepEqual(discountedReturns({ rewards: [1, 2, 4], gamma: 0.5 }), [3, 4, 4]);
});

Deno.test("without discount the return is the sum of what is to come", () => {
  assert.deepEqual(discountedReturns({ rewards: [1, 2, 4], gamma: 1 }), [7, 6, 4]);
});

Deno.test("the recursion equals the sum of discounted rewards and bootstrap", () => {
  const rewards = [0.3, -1, 2, 0.7], gamma = 0.9, bootstrap = 5;
  const sums = rewards.map((_, t) =>
    [...rewards.slice(t), bootstrap].reduce((sum, reward, l) => sum + gamma ** l * reward, 0)
  );
  assertClose(discountedReturns({ rewards, gamma, bootstrap }), sums);
});

Deno.test("a discount outside [0, 1] is refused", () => {
  assert.throws(() => discountedReturns({ rewards: [1], gamma: 2 }), {
    name: "RangeError",
    message: "Cannot discount rewards: gamma is 2, but it must be from 0 to 1",
  });
});
