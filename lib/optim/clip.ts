/**
 * Gradient clipping by global norm (Pascanu et al. 2013, "On the difficulty of training recurrent
 * neural networks").
 */

/**
 * The factor that scales gradients down to `maxNorm`, as PyTorch's `clip_grad_norm_`: min(1,
 * maxNorm / (norm + 1e-6)).
 *
 * @example
 * ```ts
 * import { clipScale } from "ppo/optim/mod.ts";
 * import { equal } from "node:assert/strict";
 * equal(clipScale(0.5, 1), 1);
 * equal(clipScale(4, 1), 1 / (4 + 1e-6));
 * ```
 */
export const clipScale = (norm: number, maxNorm: number): number =>
  Math.min(1, maxNorm / (norm + 1e-6));
