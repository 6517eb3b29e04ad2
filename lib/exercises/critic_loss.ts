/** Chapter 02: the clipped value loss of one token. */
import { clippedValue } from "../sliders/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** 0.5 max((V - G)^2, (V_clip - G)^2). */
export type CriticLoss = (
  value: number,
  oldValue: number,
  target: number,
  clipRange: number,
) => number;

const keep = (value: number, low: number, high: number): number =>
  Math.min(Math.max(value, low), high);
const squared = (value: number, target: number): number => (value - target) ** 2;
const errors = (
  ...[value, oldValue, target, clipRange]: Parameters<CriticLoss>
): [number, number] => [
  squared(value, target),
  squared(keep(value, oldValue - clipRange, oldValue + clipRange), target),
];

/** The larger of the two errors, halved. */
export const criticLoss: Exercise<CriticLoss> = defineExercise<CriticLoss>({
  expected: (value, oldValue, target, clipRange) =>
    clippedValue(clipRange)({ value, oldValue, target }).loss,
  cases: [[0.5, 0.25, 2, 0.5], [3, 1, 4, 0.2], [-2, 1, 4, 0.5], [6, 1, 2, 0.25], [-1, 2, -3, 0.5]],
  mistakes: [
    {
      answer: (...inputs) => Math.max(...errors(...inputs)),
      says: { en: "The half in front is missing.", zh: "缺了前面的二分之一。" },
    },
    {
      answer: (...inputs) => 0.5 * Math.min(...errors(...inputs)),
      says: {
        en: "You took the smaller error: L has max.",
        zh: "你取了较小的误差：L 里是 max。",
      },
    },
    {
      answer: (...inputs) => 0.5 * errors(...inputs)[1],
      says: {
        en:
          "Only clipped: a value that went the wrong way would then get no push back. Take the larger of the two errors.",
        zh: "只用了裁剪的误差：这样一来，走错方向的价值就得不到纠正。请取两个误差中较大的一个。",
      },
    },
    {
      answer: (value, oldValue, target, clipRange) =>
        0.5 * Math.max(
          squared(value, target),
          squared(keep(value, oldValue * (1 - clipRange), oldValue * (1 + clipRange)), target),
        ),
      says: {
        en:
          "The range is V_old plus or minus epsilon, in units of score; it is no factor as it is for the ratio.",
        zh: "范围是 V_old 加减 epsilon，单位与分数相同；它不像比率那样是个倍数。",
      },
    },
    {
      answer: (value, _oldValue, target) => 0.5 * squared(value, target),
      says: {
        en: "Your results are those of the loss without a clip: clip V around V_old.",
        zh: "你的结果与不裁剪的损失相同：请在 V_old 两侧裁剪 V。",
      },
    },
  ],
  solved: {
    en: "Right: averaged over the answers' tokens, this is the tutorial's `critic_loss_function`.",
    zh: "正确：在回答的词元上取平均，就是教程的 `critic_loss_function`。",
  },
});
