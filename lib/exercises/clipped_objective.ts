/** Chapter 05: the clipped objective and its slope. */
import { clippedToken } from "../sliders/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** A number of one token from its ratio, its advantage and the clip range. */
export type OfToken = (ratio: number, advantage: number, clipRange: number) => number;

/** Below, inside and above the range, for both signs. */
const sixCases: Parameters<OfToken>[] = [0.5, 1.1, 1.5].flatMap((ratio) =>
  [1, -2].map((advantage): Parameters<OfToken> => [ratio, advantage, 0.2])
);
const clamp = (ratio: number, range: number) => Math.min(Math.max(ratio, 1 - range), 1 + range);

/** min(ratio A, clamp(ratio) A). */
export const clippedObjective: Exercise<OfToken> = defineExercise<OfToken>({
  expected: (ratio, advantage, clipRange) => clippedToken(clipRange)(ratio, advantage).objective,
  cases: sixCases,
  mistakes: [
    {
      answer: (ratio, advantage, clipRange) => clamp(ratio, clipRange) * advantage,
      says: {
        en:
          "Only clipped: a token that moved the wrong way would then get no push back. Take the smaller of the two.",
        zh: "只做了裁剪：这样一来，走错方向的词元就得不到纠正。请取两者中较小的一个。",
      },
    },
    {
      answer: (ratio, advantage, clipRange) =>
        Math.max(ratio * advantage, clamp(ratio, clipRange) * advantage),
      says: {
        en:
          "You took the larger one. PPO is pessimistic: of the two promises it believes the smaller.",
        zh: "你取了较大的一个。PPO 是悲观的：两个承诺中，它只相信较小的。",
      },
    },
    {
      answer: (ratio, advantage) => ratio * advantage,
      says: { en: "Not clipped at all yet.", zh: "还完全没有裁剪。" },
    },
  ],
  solved: {
    en: "Right, in all six cases of sign and ratio.",
    zh: "正确，符号与比率的六种情形都对。",
  },
});

/** d objective / d ratio: A, or 0 where the clip acts. */
export const objectiveSlope: Exercise<OfToken> = defineExercise<OfToken>({
  expected: (ratio, advantage, clipRange) =>
    clippedToken(clipRange)(ratio, advantage).gradient / ratio, // d log = d ratio / ratio
  cases: sixCases,
  mistakes: [
    {
      answer: (ratio, advantage, clipRange) => clamp(ratio, clipRange) === ratio ? advantage : 0,
      says: {
        en:
          "Outside the range the slope is 0 only on the side that the advantage pushes to; the way back stays open.",
        zh: "在范围之外，只有优势推动的那一侧斜率为 0；回来的路始终开着。",
      },
    },
    {
      answer: (ratio, advantage, clipRange) => clippedToken(clipRange)(ratio, advantage).gradient,
      says: {
        en: "That is the gradient by log π, as in the table; by the ratio it is A.",
        zh: "这是表中对 log π 的梯度；对比率求导则是 A。",
      },
    },
    {
      answer: (_ratio, advantage) => advantage,
      says: { en: "That is the slope without a clip.", zh: "这是没有裁剪时的斜率。" },
    },
  ],
  solved: {
    en: "Right: two of the six cases are flat; there the token gets no push.",
    zh: "正确：六种情形中有两种是平的，那里的词元不再受推动。",
  },
});
