/**
 * From the reward model's raw score to the one number that PPO adds to the last token.
 *
 *     normalised = (score - mean) / deviation         clipped = min(max(score, -limit), limit)
 *
 * Mean and deviation are those of the scores of the model that PPO starts from, so that 0 means "as good as before" (Ziegler et
 * al. 2019, "Fine-tuning language models from human preferences", section 2). Without it, a clip below the usual scores leaves
 * every answer with the same reward and nothing to learn.
 */
import { meanOf, varianceOf } from "./moments.ts";
import { requireNotNegative, type Row } from "./rows.ts";

/** Mean and standard deviation of raw scores, as stored beside a reward model. */
export interface ScoreStatistics {
  /** Mean, in the reward model's own units. */
  readonly mean: number;
  /** Standard deviation (divisor n), in the same units. */
  readonly deviation: number;
}

/**
 * Mean and deviation (divisor n) of raw scores, one score an answer.
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
 * Scores in deviations from the mean, one an answer.
 *
 * @throws RangeError when the deviation is not a positive number.
 * @example
 * ```ts
 * import { normaliseScores } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(normaliseScores([4, 9], { mean: 6, deviation: 2 }), [-1, 1.5]); // (4 - 6) / 2, (9 - 6) / 2
 * ```
 */
export function normaliseScores(scores: Row, { mean, deviation }: ScoreStatistics): number[] {
  if (!(deviation > 0)) {
    throw new RangeError(
      `Cannot normalise scores: the deviation is ${deviation}, wanted more than 0`,
    );
  }
  return Array.from(scores, (score) => (score - mean) / deviation);
}

/**
 * A score limited to [-limit, limit], so that one odd answer cannot decide an update.
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
  requireNotNegative("clip a score", { limit });
  return Math.min(Math.max(score, -limit), limit);
}
