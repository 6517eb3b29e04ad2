/** Chapter 04: GAE as a weighted mean. */
import { stepWeights } from "../course/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** Weights of the n-step estimates, n = 1 ... steps. */
export type LambdaWeights = (lambda: number, steps: number) => number[];

/** (1 - lambda) lambda^(n-1), and what is left for the last. */
export const lambdaWeights: Exercise<LambdaWeights> = defineExercise<LambdaWeights>({
  expected: stepWeights,
  cases: [[0.5, 4], [0.9, 3], [0, 2], [1, 3]],
  mistakes: [
    {
      answer: (lambda, steps) =>
        Array.from({ length: steps }, (_, n) => (1 - lambda) * lambda ** n),
      says: {
        en:
          "These do not add up to 1: the last estimate takes the weight of all longer ones, lambda^(steps - 1).",
        zh: "它们加起来不是 1：最后一个估计要拿走所有更长估计的权重，即 lambda^(steps - 1)。",
      },
    },
    {
      answer: (lambda, steps) => Array.from({ length: steps }, (_, n) => lambda ** n),
      says: {
        en:
          "These are the weights of the deltas in the sum. A weighted mean of n-step estimates needs the factor 1 - lambda.",
        zh: "这些是求和中各个 delta 的权重。对 n 步估计取加权平均，还需要因子 1 - lambda。",
      },
    },
  ],
  solved: {
    en: "Right: lambda says how much of the weight is handed on to the next longer estimate.",
    zh: "正确：lambda 决定有多少权重交给更长一步的估计。",
  },
});
