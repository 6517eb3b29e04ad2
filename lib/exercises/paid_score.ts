/** Chapter 06: from the reward model's raw score to what is paid. */
import { clipScore, normaliseScores } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/**
 * The score that is added to the reward, given the raw score, the mean and standard deviation of
 * the SFT model's scores, and the clip range.
 */
export type PaidScore = (score: number, mean: number, deviation: number, limit: number) => number;

/** Normalise first, then clip. */
export const paidScore: Exercise<PaidScore> = defineExercise<PaidScore>({
  expected: (score, mean, deviation, limit) =>
    clipScore(normaliseScores([score], { mean, deviation })[0], limit),
  cases: [[6.6, 4, 2, 5], [9, 3, 0.5, 5], [-4, 2, 1, 5], [4, 4, 3, 5]],
  mistakes: [
    {
      answer: (score, mean, deviation, limit) => (clipScore(score, limit) - mean) / deviation,
      says: {
        en:
          "You clipped first. Then all scores above the limit become one number before they are compared with the mean.",
        zh: "你先做了裁剪。这样一来，所有高于界限的分数在与均值比较之前就变成了同一个数。",
      },
    },
    {
      answer: (score, mean, deviation) => (score - mean) / deviation,
      says: {
        en: "Normalised, but not clipped: one odd answer can still decide a whole update.",
        zh: "归一化了，但没有裁剪：一个反常的回答仍可能左右整次更新。",
      },
    },
    {
      answer: (score, _mean, _deviation, limit) => clipScore(score, limit),
      says: {
        en:
          "This is what the tutorial pays: the raw score, clipped. Subtract the mean and divide by the deviation first.",
        zh: "教程正是这样做的：把原始分数直接裁剪。请先减去均值，再除以标准差。",
      },
    },
  ],
  solved: {
    en:
      'Right: 0 now means "as good as the SFT model", and good answers still differ from each other.',
    zh: "正确：现在 0 表示“与 SFT 模型一样好”，好回答之间也仍有差别。",
  },
});
