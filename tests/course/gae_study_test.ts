import assert from "node:assert/strict";
import { lambdaErrors, stepEstimates, stepWeights } from "../../lib/course/mod.ts";
import { gae } from "../../lib/rl/mod.ts";

Deno.test("a right critic makes every delta the true advantage, whose estimate gets noisier with lambda", () => {
  const study = { late: 0, tokens: 12, answers: 4000, seed: 1 };
  const [zero, one] = lambdaErrors({ ...study, lambdas: [0, 1] });
  assert.deepEqual([zero.bias, zero.deviation, zero.error], [0, 0, 0]); // V(s_1) - V(s_0) = x_0
  assert.ok(Math.abs(one.bias) < 0.2 && Math.abs(one.deviation - Math.sqrt(11)) < 0.2); // 11 later tokens
});

Deno.test("GAE of a critic one token late, for a single token: the whole reward at any lambda", () => {
  const [{ bias, deviation }] = lambdaErrors({
    lambdas: [0],
    late: 1,
    tokens: 1,
    answers: 3,
    seed: 1,
  });
  assert.deepEqual([bias, deviation], [0, 0]); // the reward is 1 and V(s_-1) = 0
});

Deno.test("with a critic one token late the bias is lambda - 1, and the variance grows with lambda", () => {
  const study = { late: 1, tokens: 12, answers: 4000, seed: 1 };
  const [zero, half, one] = lambdaErrors({ ...study, lambdas: [0, 0.5, 1] });
  assert.deepEqual([zero.bias, zero.deviation], [-1, 0]); // delta_0 = V - V = 0 where the truth is 1
  assert.ok(Math.abs(half.bias + 0.5) < 0.05); // 0.5 x_0 + noise of mean 0
  assert.ok(Math.abs(half.deviation - Math.sqrt(0.25 ** 2 / (1 - 0.25))) < 0.02); // 0.25^2 + 0.125^2 + ...
  assert.ok(Math.abs(one.bias) < 0.2 && Math.abs(one.deviation - Math.sqrt(11)) < 0.2); // 11 later tokens
  assert.ok(half.error < zero.error && half.error < one.error);
});

Deno.test("GAE is the weighted mean of the n-step estimates", () => {
  const row = { rewards: [0, 1, 0, 2], values: [0.5, 1, -0.5, 1.5], gamma: 1 };
  const weights = stepWeights(0.8, 4);
  assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight) - 1) < 1e-12);
  const mean = stepEstimates(row).reduce((sum, estimate, n) => sum + weights[n] * estimate, 0);
  assert.ok(Math.abs(mean - gae({ ...row, lambda: 0.8 }).advantages[0]) < 1e-12);
});
