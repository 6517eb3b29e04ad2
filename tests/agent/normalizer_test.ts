import assert from "node:assert/strict";
import { combinedMoments, createNormalizer, type Moments } from "ppo/agent/mod.ts";
import type { VectorStep } from "ppo/control/mod.ts";

const OPTIONS = { observationSize: 2, envs: 2, gamma: 0.5 };

const step = (rewards: number[], flags: Partial<VectorStep> = {}): VectorStep => ({
  observations: new Float32Array(4),
  rewards: Float64Array.from(rewards),
  terminated: new Uint8Array(2),
  truncated: new Uint8Array(2),
  started: new Uint8Array(2),
  ...flags,
});

Deno.test("combined moments are those of all vectors together", () => {
  const empty: Moments = { mean: [0, 0], variance: [0, 0], count: 0 };
  const inParts = combinedMoments(combinedMoments(empty, [1, 10, 3, 20]), [8, 60]);
  assert.deepEqual(inParts.mean, [4, 30]); // (1 + 3 + 8) / 3 and (10 + 20 + 60) / 3
  // (9 + 1 + 16) / 3 and (400 + 100 + 900) / 3
  for (const [at, wanted] of [26 / 3, 1400 / 3].entries()) {
    assert.ok(Math.abs(inParts.variance[at] - wanted) < 1e-9);
  }
});

Deno.test("without normalisation, observations and rewards stay as they are", () => {
  const off = { normaliseObservations: false, normaliseRewards: false };
  const normalizer = createNormalizer({ ...OPTIONS, ...off });
  assert.deepEqual(normalizer.observe(Float32Array.of(1, 2, 3, 4)), Float32Array.of(1, 2, 3, 4));
  assert.deepEqual(normalizer.rewards(step([3, -4])), Float64Array.of(3, -4));
  assert.equal(normalizer.moments(), undefined);
});

Deno.test("rewards are divided by the deviation of discounted returns, which end with episodes", () => {
  const on = { normaliseObservations: false, normaliseRewards: true };
  const normalizer = createNormalizer({ ...OPTIONS, ...on });
  normalizer.rewards(step([1, 3], { terminated: Uint8Array.of(0, 1) }));
  assert.deepEqual(normalizer.state().discounted, [1, 0]); // the second episode ended
  normalizer.rewards(step([1, 0], { started: Uint8Array.of(0, 1) }));
  const { discounted, returns } = normalizer.state();
  assert.deepEqual(discounted, [0.5 * 1 + 1, 0]);
  // the returns 1, 3 and 1.5; the reset is none
  assert.ok(returns !== null && Math.abs(returns.count - 3) < 1e-3);
  const mean = 5.5 / 3, variance = ((1 - mean) ** 2 + (3 - mean) ** 2 + (1.5 - mean) ** 2) / 3;
  assert.ok(returns !== null && Math.abs(returns.variance[0] - variance) < 1e-3);
});

Deno.test("normalised numbers are limited to 10", () => {
  const on = { normaliseObservations: true, normaliseRewards: true };
  const normalizer = createNormalizer({ ...OPTIONS, ...on, envs: 1 });
  for (let t = 0; t < 200; t++) normalizer.observe(Float32Array.of(t % 2, 5));
  const [large, constant] = normalizer.observe(Float32Array.of(1000, 5));
  assert.equal(large, 10);
  assert.ok(Math.abs(constant) < 0.1);
});
