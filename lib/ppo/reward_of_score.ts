/** Converts the reward model's score into its contribution to the last token's reward. */
import { clipScore, normaliseScores, type ScoreStatistics } from "../rl/mod.ts";
import type { PpoConfig } from "./config.ts";
import type { SampledAnswer } from "./sample.ts";

/**
 * Creates the function that turns a reward-model score into its contribution to the last token's
 * reward: normalise, clip, and subtract the penalty if the answer never ended.
 *
 * @example
 * ```ts
 * import { rewardOfScore } from "ppo/ppo/mod.ts";
 * import { equal } from "node:assert/strict";
 * const config = { normaliseScores: true, scoreClipRange: 5, missingEosPenalty: 1 };
 * const toReward = rewardOfScore(config, { mean: 1, deviation: 2 });
 * equal(toReward(4, { ended: true }), 1.5); // (4 - 1) / 2
 * equal(toReward(21, { ended: false }), 4); // (21 - 1) / 2, clipped to 5, minus 1
 * ```
 */
export function rewardOfScore(
  { normaliseScores: normalise, scoreClipRange, missingEosPenalty }: Pick<
    PpoConfig,
    "normaliseScores" | "scoreClipRange" | "missingEosPenalty"
  >,
  statistics: ScoreStatistics | undefined,
): (score: number, answer: Pick<SampledAnswer, "ended">) => number {
  return (score, { ended }) => {
    const [normalised] = normalise && statistics ? normaliseScores([score], statistics) : [score];
    return clipScore(normalised, scoreClipRange) - (ended ? 0 : missingEosPenalty);
  };
}
