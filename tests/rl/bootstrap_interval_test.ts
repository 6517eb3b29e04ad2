import assert from "node:assert/strict";
import { bootstrapInterval, meanOf, varianceOf } from "ppo/rl/mod.ts";
import { normal, randomStream } from "ppo/random/mod.ts";
import { assertClose } from "../helpers/close.ts";

const random = randomStream(10);
const sample = (length: number): number[] => Array.from({ length }, () => 0.3 + normal(random));

Deno.test("the mean is the mean of the differences", () => {
  assert.equal(bootstrapInterval([1, 0, -1, 4]).mean, 1);
});

Deno.test("for many differences the interval is the normal one: mean +- 1.96 standard deviations of the mean", () => {
  const differences = sample(400);
  const { low, high } = bootstrapInterval(differences);
  const error = Math.sqrt(varianceOf(differences) / 400);
  assertClose(
    [low, high],
    [meanOf(differences) - 1.96 * error, meanOf(differences) + 1.96 * error],
    0.012,
  );
});

Deno.test("a lower level gives a narrower interval: 68 % is one standard deviation of the mean to each side", () => {
  const differences = sample(400);
  const { low, high } = bootstrapInterval(differences, { level: 0.6827 });
  assertClose(high - low, 2 * Math.sqrt(varianceOf(differences) / 400), 0.012);
});

Deno.test("95 of 100 intervals of 95 % hold the true mean, give or take", () => {
  const held = Array.from({ length: 100 }, () => bootstrapInterval(sample(60), { resamples: 300 }))
    .filter(({ low, high }) => low <= 0.3 && 0.3 <= high).length;
  assert.ok(held >= 88, `${held} of 100`); // 95 - 3 standard deviations of sqrt(100 0.95 0.05) = 2.2
});

Deno.test("equal differences leave no doubt, and the seed repeats the interval", () => {
  assert.deepEqual(bootstrapInterval([2, 2, 2]), { mean: 2, low: 2, high: 2 });
  const differences = sample(30);
  assert.deepEqual(
    bootstrapInterval(differences, { seed: 4 }),
    bootstrapInterval(differences, { seed: 4 }),
  );
  assert.notDeepEqual(
    bootstrapInterval(differences, { seed: 4 }),
    bootstrapInterval(differences, { seed: 5 }),
  );
});

Deno.test("an interval needs differences, a level between 0 and 1, and resamples", () => {
  assert.throws(() => bootstrapInterval([]), RangeError);
  assert.throws(() => bootstrapInterval([1], { level: 1 }), {
    name: "RangeError",
    message: "Cannot compute a bootstrap interval: level is 1, but it must be between 0 and 1",
  });
  assert.throws(() => bootstrapInterval([1], { resamples: 0 }), {
    name: "RangeError",
    message:
      "Cannot compute a bootstrap interval: resamples is 0, but it must be a positive whole number",
  });
});
