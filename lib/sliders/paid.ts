/**
 * The score that is added to the reward, plotted over the reward model's raw score (chapter 06).
 */
import { clipScore, normaliseScores } from "../rl/mod.ts";
import { defineSlider } from "../widgets/mod.ts";

const rawScores = Array.from({ length: 121 }, (_, index) => -4 + index * 0.1);
/** An unrelated, a middling, a good and an excellent answer: what the picture marks. */
const marked = [-1, 3, 6, 7.5];

/** Normalise or not, move the clip, and see which answers are still told apart. */
export const paid = defineSlider({
  title: { en: "From raw score to reward", zh: "原始分数如何换算成奖励" },
  controls: {
    normalise: {
      kind: "choice",
      label: { en: "score", zh: "分数" },
      options: [{ name: { en: "raw", zh: "原始" }, value: 0 }, {
        name: { en: "normalised", zh: "归一化" },
        value: 1,
      }],
      value: 0,
    },
    limit: {
      kind: "range",
      label: { en: "clip at ±", zh: "裁剪界限 ±" },
      min: 0.5,
      max: 8,
      step: 0.5,
      value: 5,
    },
    mean: {
      kind: "range",
      label: { en: "if normalised: mean", zh: "归一化：均值" },
      min: -2,
      max: 8,
      step: 0.5,
      value: 4,
    },
    deviation: {
      kind: "range",
      label: { en: "if normalised: deviation", zh: "归一化：标准差" },
      min: 0.5,
      max: 5,
      step: 0.5,
      value: 3,
    },
  },
  draw: ({ normalise, mean, deviation, limit }) => {
    const pay = (scores: readonly number[]) =>
      (normalise === 1 ? normaliseScores(scores, { mean, deviation }) : scores)
        .map((score) => clipScore(score, limit));
    const over = (scores: readonly number[]) =>
      pay(scores).map((paid, index) => [scores[index], paid] as const);
    const different = new Set(pay(marked)).size;
    return {
      panels: [{
        x: { title: { en: "raw score", zh: "原始分数" }, range: [-4, 8] },
        y: { title: { en: "paid at the last token", zh: "最后一个词元处的奖励" }, range: [-8, 8] },
        curves: [
          { name: { en: "paid", zh: "奖励" }, points: over(rawScores) },
          { name: { en: "four answers", zh: "四个回答" }, points: over(marked), as: "dots" },
        ],
      }],
      readout: {
        en: `The four answers are paid ${different} different sums.`,
        zh: `四个回答得到 ${different} 种不同的奖励。`,
      },
    };
  },
});
