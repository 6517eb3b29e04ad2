/** Chapter 02: explained variance. */
import { explainedVariance, meanOf, varianceOf } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** The share of the returns' variance that the values explain. */
export type ExplainedShare = (values: number[], returns: number[]) => number;

const errorsOf = (values: readonly number[], returns: readonly number[]): number[] =>
  returns.map((target, t) => target - values[t]);

/** 1 - Var(R - V) / Var(R). */
export const explainedShare: Exercise<ExplainedShare> = defineExercise<ExplainedShare>({
  expected: (values, returns) => explainedVariance(values, returns),
  cases: [[[0, 3, 3], [1, 4, 7]], [[2, 4, 8], [1, 3, 7]], [[5, 1], [1, 3]], [[1, 1, 1, 1], [
    0,
    2,
    4,
    2,
  ]]],
  mistakes: [
    {
      answer: (values, returns) =>
        1 - meanOf(errorsOf(values, returns).map((error) => error ** 2)) / varianceOf(returns),
      says: {
        en:
          "You took the mean squared error. Var subtracts the mean of the errors first, so that a constant offset costs nothing.",
        zh: "你用的是均方误差。Var 会先减去误差的均值，所以固定的偏移不扣分。",
      },
    },
    {
      answer: (values, returns) => varianceOf(errorsOf(values, returns)) / varianceOf(returns),
      says: {
        en: "That is the share which is left unexplained: subtract it from 1.",
        zh: "那是没有被解释的比例：用 1 减去它。",
      },
    },
    {
      answer: (values, returns) => varianceOf(values) / varianceOf(returns),
      says: {
        en:
          "That says how much the values vary, not whether they vary with the returns: look at R - V.",
        zh: "这只说明价值波动多大，没有说明它是否随回报波动：要看 R - V。",
      },
    },
    {
      answer: (values, returns) => 1 - varianceOf(errorsOf(values, returns)) / varianceOf(values),
      says: {
        en: "Divide by the variance of the returns: that is what is to be explained.",
        zh: "要除以回报的方差：需要解释的是它。",
      },
    },
  ],
  solved: {
    en:
      "Right. The second case has it 1 although every value is off by 1: the offset does not count.",
    zh: "正确。第二个例子里每个价值都差 1，结果却是 1：偏移不算在内。",
  },
});
