/** Chapter 01: from logits to probabilities. */
import { distributionOfRow } from "../lm/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** Probabilities of all tokens from their logits. */
export type SoftmaxOf = (logits: number[]) => number[];

const sumOf = (row: readonly number[]): number => row.reduce((sum, one) => sum + one, 0);

/** e^z_a / sum_b e^z_b */
export const softmaxOf: Exercise<SoftmaxOf> = defineExercise<SoftmaxOf>({
  expected: (logits) => distributionOfRow(logits).logProbs.map(Math.exp),
  cases: [[[2, 1, 0]], [[-3, -3]], [[1000, 999, 998]]],
  mistakes: [
    {
      answer: (logits) => {
        const powers = logits.map(Math.exp);
        return powers.map((power) => power / sumOf(powers));
      },
      says: {
        en:
          "The formula is right, but e^1000 is too large for a number of the computer. Subtract the largest logit from all first: the probabilities stay the same.",
        zh:
          "公式是对的，但 e^1000 超出了计算机数字的范围。先从所有 logit 里减去最大的那个：概率不变。",
      },
    },
    {
      answer: (logits) => logits.map((logit) => logit / sumOf(logits)),
      says: {
        en:
          "You divided the logits themselves. A logit may be negative, so each goes through e^z first.",
        zh: "你直接除了 logit 本身。logit 可以为负，所以每个都要先经过 e^z。",
      },
    },
    {
      answer: (logits) => logits.map(Math.exp),
      says: {
        en: "These numbers do not add up to 1 yet: divide each by their sum.",
        zh: "这些数加起来还不是 1：每个都要除以它们的和。",
      },
    },
    {
      answer: (logits) => {
        const largest = Math.max(...logits);
        return logits.map((logit) => Math.exp(logit - largest));
      },
      says: {
        en: "Subtracting the largest is right. Now divide each by the sum of all.",
        zh: "减去最大的是对的。接下来每个都要除以总和。",
      },
    },
  ],
  solved: {
    en: "Right: all positive, together 1, and no logit is too large for it.",
    zh: "正确：全为正，和为 1，多大的 logit 都不怕。",
  },
});
