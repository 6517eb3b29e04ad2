/** Learning-rate schedules, as pure functions of the step. */

/**
 * Returns the factor of the learning rate: linear warm-up from 0, then linear decay to 0 at
 * `total`, as in the tutorial's SFT and reward stages.
 *
 * @param step the number of steps before this one, 0 for the first
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { warmupLinear } from "ppo/optim/mod.ts";
 * const factors = [0, 1, 2, 3, 4].map((step) => warmupLinear(step, { total: 4, warmup: 2 }));
 * deepEqual(factors, [0, 0.5, 1, 0.5, 0]);
 * ```
 */
export function warmupLinear(
  step: number,
  { total, warmup }: { total: number; warmup: number },
): number {
  if (step < warmup) return step / Math.max(1, warmup);
  return Math.max(0, (total - step) / Math.max(1, total - warmup));
}

/** How a learning rate changes after its warm-up. */
export type ScheduleName = "constant" | "linear" | "cosine";

/**
 * Returns the factor of the learning rate after a linear warm-up: constant, falling linearly to 0
 * at `total`, or falling to 0 along half a cosine. These are the schedules of transformers'
 * `get_scheduler`, except that the first step of a warm-up has a rate above 0.
 *
 *     linear(step) = (total - step) / (total - warmup)
 *     cosine(step) = (1 + cos(pi (step - warmup) / (total - warmup))) / 2
 *
 * @param step the number of steps before this one, 0 for the first
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { scheduleFactor } from "ppo/optim/mod.ts";
 * const steps = [0, 1, 2, 3];
 * const linear = { schedule: "linear", total: 4, warmup: 0 } as const;
 * deepEqual(steps.map((step) => scheduleFactor(step, linear)), [1, 0.75, 0.5, 0.25]);
 * const warm = { schedule: "constant", total: 4, warmup: 2 } as const;
 * deepEqual(steps.map((step) => scheduleFactor(step, warm)), [0.5, 1, 1, 1]);
 * ```
 */
export function scheduleFactor(
  step: number,
  { schedule, total, warmup }: { schedule: ScheduleName; total: number; warmup: number },
): number {
  if (step < warmup) return (step + 1) / warmup;
  const left = Math.max(0, (total - step) / Math.max(1, total - warmup));
  if (schedule === "constant") return 1;
  return schedule === "linear" ? left : (1 + Math.cos(Math.PI * (1 - left))) / 2;
}
