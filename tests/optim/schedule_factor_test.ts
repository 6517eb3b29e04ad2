/** The learning-rate schedules, against the arithmetic of transformers' `get_scheduler`. */
import assert from "node:assert/strict";
import { scheduleFactor } from "../../lib/optim/mod.ts";
import { learningRateFactor } from "../../lib/ppo/mod.ts";

const near = (found: readonly number[], wanted: readonly number[]) =>
  found.forEach((value, index) =>
    assert.ok(Math.abs(value - wanted[index]) < 1e-12, `${index}: ${value}, not ${wanted[index]}`)
  );
const steps = Array.from({ length: 10 }, (_, step) => step);

Deno.test("linear falls from 1 by equal steps, and would be 0 after the last one", () => {
  const factor = (step: number) =>
    scheduleFactor(step, { schedule: "linear", total: 10, warmup: 0 });
  near(steps.map(factor), [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]);
  near([factor(10), factor(11)], [0, 0]);
});

Deno.test("cosine follows (1 + cos(pi progress)) / 2", () => {
  const factor = (step: number) =>
    scheduleFactor(step, { schedule: "cosine", total: 8, warmup: 0 });
  const root = Math.SQRT1_2; // cos(pi / 4)
  near([0, 2, 4, 6, 8].map(factor), [1, (1 + root) / 2, 0.5, (1 - root) / 2, 0]);
});

Deno.test("a warm-up rises by equal steps to 1, and the rest of the schedule follows", () => {
  for (const schedule of ["constant", "linear", "cosine"] as const) {
    const factor = (step: number) => scheduleFactor(step, { schedule, total: 10, warmup: 4 });
    near([0, 1, 2, 3].map(factor), [0.25, 0.5, 0.75, 1]);
    assert.equal(factor(4), 1);
    near([factor(7)], [schedule === "constant" ? 1 : 0.5]); // half of the six steps left
  }
});

Deno.test("the default of a run is 1 at every step, exactly", () => {
  const run = { updates: 3, stepsPerUpdate: 4 };
  const factor = learningRateFactor({ schedule: "constant", warmupProportion: 0, ...run });
  assert.ok(Array.from({ length: 12 }, (_, step) => factor(step)).every((value) => value === 1));
});

Deno.test("an unknown schedule is refused", () => {
  const run = { updates: 3, stepsPerUpdate: 4, warmupProportion: 0 };
  assert.throws(() => learningRateFactor({ schedule: "step", ...run }), {
    message: 'Cannot use the schedule "step": it must be constant or linear or cosine',
  });
});
