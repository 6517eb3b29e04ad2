/** Chapter 04: the one-step errors. */
import { tdErrors } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** delta_t of one row. */
export type Deltas = (rewards: number[], values: number[], gamma: number) => number[];

/** delta_t = r_t + gamma V(s_t+1) - V(s_t), and V is 0 after the end. */
export const deltas: Exercise<Deltas> = defineExercise<Deltas>({
  expected: (rewards, values, gamma) => tdErrors({ rewards, values, gamma }),
  cases: [[[0, 3], [1, 4], 0.5], [[0, 0, 1], [0.2, 0.5, 0.9], 1], [[2, 1], [0.5, 3], 0.9]],
  mistakes: [
    {
      answer: (rewards, values) => rewards.map((reward, t) => reward - values[t]),
      says: {
        en:
          "You left out the value of the next state: what is still to come counts too, times gamma.",
        zh: "漏掉了下一个状态的价值：将来还能得到的也要算，乘以 gamma。",
      },
    },
    {
      answer: (rewards, values, gamma) =>
        tdErrors({ rewards, values, gamma, bootstrap: values[values.length - 1] }),
      says: {
        en:
          "At the last token the text ends: the next value is 0 there, and you used the last one once more.",
        zh: "在最后一个词元处文本已结束：那里的下一个价值是 0，而你又用了一次最后的价值。",
      },
    },
    {
      answer: (rewards, values) => tdErrors({ rewards, values, gamma: 1 }),
      says: {
        en: "gamma is missing: the next value counts gamma times.",
        zh: "缺了 gamma：下一个价值要乘以 gamma。",
      },
    },
    {
      answer: (
        rewards,
        values,
        gamma,
      ) => [...tdErrors({ rewards, values, gamma }).slice(0, -1), NaN],
      says: {
        en: "values[t + 1] does not exist at the last token: it is 0 there.",
        zh: "最后一个词元处 values[t + 1] 不存在：那里是 0。",
      },
    },
    {
      answer: (rewards, values, gamma) =>
        tdErrors({ rewards, values, gamma }).map((delta) => -delta),
      says: {
        en: "The sign is turned: better than the critic expected is positive.",
        zh: "符号反了：比价值模型预期的好应为正。",
      },
    },
  ],
  solved: {
    en: "Right: each delta says how much better this one step went than the critic thought.",
    zh: "正确：每个 delta 表示这一步比价值模型预想的好多少。",
  },
});
