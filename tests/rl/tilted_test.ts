import assert from "node:assert/strict";
import { adaptiveKlCoef, klExact, tilted } from "../../lib/rl/mod.ts";

Deno.test("no policy of a fine grid beats the tilted one", () => {
  const [reference, rewards, beta] = [[0.5, 0.3, 0.2], [0, 1, 2], 0.7];
  const worth = (policy: number[]) =>
    policy.reduce((sum, probability, a) => sum + probability * rewards[a], 0) -
    beta * klExact(policy.map(Math.log), reference.map(Math.log));
  const best = worth(tilted(reference, rewards, beta));
  for (let i = 1; i < 50; i++) {
    for (let j = 1; i + j < 50; j++) {
      assert.ok(worth([i / 50, j / 50, 1 - (i + j) / 50]) <= best + 1e-12);
    }
  }
});

Deno.test("a beta of 0 and rows of two lengths are refused", () => {
  assert.throws(
    () => tilted([1], [1], 0),
    /Cannot tilt a policy: beta is 0, but it must be above 0/,
  );
  assert.throws(() => tilted([1], [1, 2], 1), RangeError);
});

Deno.test("the KL coefficient rises above the target, falls below it, and stays the same at it", () => {
  assert.equal(adaptiveKlCoef(1, { kl: 3, target: 3 }), 1);
  assert.equal(adaptiveKlCoef(1, { kl: 3.3, target: 3 }).toFixed(6), "1.010000"); // 1 + 0.1 0.1
  assert.equal(adaptiveKlCoef(1, { kl: 0, target: 3 }), 0.98); // clamped at -0.2
  assert.throws(
    () => adaptiveKlCoef(1, { kl: 1, target: 0 }),
    /Cannot adapt the KL coefficient: the target is 0, but it must be above 0/,
  );
});
