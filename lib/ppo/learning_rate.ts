/**
 * The learning-rate schedule of a run (`lr_schedule`, `warmup_proportion`), wrapped around
 * `update`.
 *
 * The rate of a step is a function of its place in the schedule (the update, and the step within
 * it), not of how many steps were taken. So a run that is resumed in the middle of an update has
 * the same rates, and an update that `target_kl` ends early does not delay the schedule. The actor
 * and the critic have the same rate.
 */
import { scheduleFactor, type ScheduleName } from "../optim/mod.ts";
import type { PpoConfig } from "./config.ts";
import type { update } from "./update.ts";

/** What the learning rate of a step depends on. */
export type RateSchedule = Pick<
  PpoConfig,
  "schedule" | "warmupProportion" | "updates" | "stepsPerUpdate"
>;

const NAMES: readonly ScheduleName[] = ["constant", "linear", "cosine"];

/**
 * The factor of the learning rate at each optimizer step of a run, counted from 0.
 *
 * @throws RangeError for an unknown schedule.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { learningRateFactor } from "ppo/ppo/mod.ts";
 * const steps = { updates: 2, stepsPerUpdate: 2 };
 * const factor = learningRateFactor({ schedule: "linear", warmupProportion: 0, ...steps });
 * deepEqual([0, 1, 2, 3].map(factor), [1, 0.75, 0.5, 0.25]);
 * ```
 */
export function learningRateFactor(
  { schedule, warmupProportion, updates, stepsPerUpdate }: RateSchedule,
): (step: number) => number {
  const known = NAMES.find((name) => name === schedule);
  if (known === undefined) {
    throw new RangeError(`Cannot use the schedule "${schedule}": it must be ${NAMES.join(" or ")}`);
  }
  const total = updates * stepsPerUpdate;
  const warmup = Math.round(warmupProportion * total);
  return (step) => scheduleFactor(step, { schedule: known, total, warmup });
}

/**
 * Wraps `update` so that each step has the learning rate of its place in the schedule. Without a
 * schedule and a warm-up it is `update` itself.
 */
export function withSchedule(inner: typeof update, config: RateSchedule): typeof update {
  const factor = learningRateFactor(config);
  if (config.schedule === "constant" && config.warmupProportion === 0) return inner;
  return ({ actor, critic }, pool, options) => {
    const { updatesDone, stepsDone = 0 } = options;
    let step = updatesDone * config.stepsPerUpdate + stepsDone;
    const scheduled = {
      actor: {
        step: (samples, rate, limits) => actor.step(samples, rate * factor(step), limits),
      },
      critic: { step: (samples, rate) => critic.step(samples, rate * factor(step++)) },
    } satisfies Parameters<typeof update>[0];
    return inner(scheduled, pool, options);
  };
}
