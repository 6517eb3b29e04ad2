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
