/**
 * An adaptive KL coefficient, which steers the KL divergence towards a target.
 *
 *     e = clamp(KL / target - 1, -0.2, 0.2)        klCoef <- klCoef (1 + gain e)
 *
 * Ziegler et al. 2019, "Fine-tuning language models from human preferences", section 2.2; their
 * gain is 0.1.
 */
import { requireRange } from "./rows.ts";

/** The inputs of `adaptiveKlCoef` besides the coefficient. */
export interface AdaptiveKlInputs {
  /** The KL divergence measured since the last change, in nats per answer. */
  readonly kl: number;
  /** The target for it, in the same unit. */
  readonly target: number;
  /** How fast the coefficient changes (default 0.1). */
  readonly gain?: number;
}

/**
 * Returns the KL coefficient for the next update.
 *
 * @throws RangeError when the target is not above 0.
 * @example
 * ```ts
 * import { adaptiveKlCoef } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // e is clamped at 0.2: 0.5 (1 + 0.1 0.2)
 * assert.equal(adaptiveKlCoef(0.5, { kl: 9, target: 3 }), 0.51);
 * ```
 */
export function adaptiveKlCoef(
  klCoef: number,
  { kl, target, gain = 0.1 }: AdaptiveKlInputs,
): number {
  requireRange("adapt the KL coefficient", "above 0", { "the target": target });
  const error = Math.min(Math.max(kl / target - 1, -0.2), 0.2); // e
  return klCoef * (1 + gain * error);
}
