/**
 * Turns a reward-model score into the reward at the last token: normalise and clip.
 *
 *     normalised = (score - mean) / deviation         clipped = min(max(score, -limit), limit)
 *
 * The mean and standard deviation (`deviation`) come from the scores of the model that PPO starts
 * from, so that 0 means "as good as before" (Ziegler et al. 2019, "Fine-tuning language models
 * from human preferences", section 2). Without normalisation, a limit below the typical score
 * gives every answer the same reward, and there is nothing to learn.
 */
import { meanOf, varianceOf } from "./moments.ts";
import { requireRange, type Row } from "./rows.ts";

/** Mean and standard deviation of raw scores; both are stored with a reward model. */
export interface ScoreStatistics {
  /** The mean, in the reward model's own units. */
  readonly mean: number;
  /** The standard deviation (divisor n), in the same units. */
  readonly deviation: number;
}

/**
 * Computes the mean and standard deviation (divisor n) of raw scores, one for each answer.
 *
 * @throws RangeError when there is no score.
 * @example
 * ```ts
 * import { scoreStatistics } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(scoreStatistics([4, 8]), { mean: 6, deviation: 2 });
 * ```
 */
export function scoreStatistics(scores: Row): ScoreStatistics {
  return { mean: meanOf(scores), deviation: Math.sqrt(varianceOf(scores)) };
}

/**
 * Normalises scores, one for each answer, to standard deviations from the mean.
 *
 * @throws RangeError when the standard deviation is not a positive number.
 * @example
 * ```ts
 * import { normaliseScores } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * // (4 - 6) / 2, (9 - 6) / 2
 * assert.deepEqual(normaliseScores([4, 9], { mean: 6, deviation: 2 }), [-1, 1.5]);
 * ```
 */
export function normaliseScores(scores: Row, { mean, deviation }: ScoreStatistics): number[] {
  requireRange("normalise scores", "above 0", { "the standard deviation": deviation });
  return Array.from(scores, (score) => (score - mean) / deviation);
}

/**
 * Clips a score to [-limit, limit], so that no single answer can dominate an update.
 *
 * @throws RangeError when the limit is negative or not a number.
 * @example
 * ```ts
 * import { clipScore } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual([-9, 0.5, 6.6].map((score) => clipScore(score, 5)), [-5, 0.5, 5]);
 * ```
 */
export function clipScore(score: number, limit: number): number {
  requireRange("clip a score", "at least 0", { limit });
  return Math.min(Math.max(score, -limit), limit);
}
