/** Learning-rate schedules: pure functions of the step. */

/**
 * Linear warm-up from 0, then linear decay to 0 at `total` (what the tutorial's SFT and reward stages use).
 *
 * @param step steps done so far, 0 for the first
 */
export function warmupLinear(
  step: number,
  { total, warmup }: { total: number; warmup: number },
): number {
  if (step < warmup) return step / Math.max(1, warmup);
  return Math.max(0, (total - step) / Math.max(1, total - warmup));
}
