/** Chapter 02: the returns of an answer. */
import { discountedReturns } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** G_t of one row. */
export type ReturnsOf = (rewards: number[], gamma: number) => number[];

const sum = (row: readonly number[]): number => row.reduce((total, reward) => total + reward, 0);

/** G_t = r_t + gamma G_t+1. */
export const returnsOf: Exercise<ReturnsOf> = defineExercise<ReturnsOf>({
  expected: (rewards, gamma) => discountedReturns({ rewards, gamma }),
  cases: [[[1, 2, 4], 0.5], [[0, 0, 1], 1], [[-1, 0, 2, 3], 0.9]],
  mistakes: [
    {
      answer: (rewards, gamma) =>
        rewards.map((reward, t) => reward + gamma * (rewards[t + 1] ?? 0)),
      says: {
        en:
          "You added the next reward only. All later ones count: add gamma times the next return, not the next reward.",
        zh: "你只加了下一个奖励。后面的全部都要算：加上 gamma 乘以下一个回报，而不是下一个奖励。",
      },
    },
    {
      answer: (rewards, gamma) =>
        rewards.map((_, t) =>
          rewards.slice(0, t + 1).reduce((total, reward, k) => total + gamma ** (t - k) * reward, 0)
        ),
      says: {
        en:
          "You added what came before. A return looks ahead: begin at the last token and go backwards.",
        zh: "你加的是之前的奖励。回报是往后看的：从最后一个词元开始，往前走。",
      },
    },
    {
      answer: (rewards) => rewards.map((_, t) => sum(rewards.slice(t))),
      says: {
        en: "gamma is missing: each further step counts gamma times as much.",
        zh: "缺了 gamma：每往后一步，多乘一个 gamma。",
      },
    },
    {
      answer: (rewards, gamma) =>
        rewards.map((_, t) => sum(rewards.slice(t).map((reward, k) => gamma ** (t + k) * reward))),
      says: {
        en:
          "You counted the steps from the start of the answer. G_t counts them from t: r_t itself counts in full.",
        zh: "你从回答的开头数步数。G_t 要从 t 数起：r_t 自己按全额算。",
      },
    },
  ],
  solved: {
    en: "Right: this is what the critic is asked to foresee at each token.",
    zh: "正确：价值模型在每个词元处要预见的就是它。",
  },
});
