/** Chapter 04: the recursion of GAE. */
import { gae, tdErrors } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** Advantages of one row. */
export type GaeRecursion = (
  rewards: number[],
  values: number[],
  gamma: number,
  lambda: number,
) => number[];

/** A_t = delta_t + factor A_t+1, with a factor of one's own. */
function withFactor(deltas: readonly number[], factor: number): number[] {
  let after = 0;
  return deltas.toReversed().map((delta) => after = delta + factor * after).toReversed();
}

const oneOfThem = {
  en: "Each step back multiplies by gamma times lambda, not by one of them.",
  zh: "每往前一步要乘 gamma · lambda，而不是只乘其中一个。",
};

/** A_t = delta_t + gamma lambda A_t+1, from the last token back. */
export const gaeRecursion: Exercise<GaeRecursion> = defineExercise<GaeRecursion>({
  expected: (rewards, values, gamma, lambda) => gae({ rewards, values, gamma, lambda }).advantages,
  cases: [
    [[0, 3], [1, 4], 0.5, 0.8],
    [[0, 0, 1], [0.2, 0.5, 0.9], 1, 0.95],
    [[2], [0.5], 0.9, 0.9],
  ],
  mistakes: [
    {
      answer: (rewards, values, gamma) => gae({ rewards, values, gamma, lambda: 0 }).advantages,
      says: {
        en:
          "These are the deltas: each advantage should also carry gamma · lambda times the advantage after it.",
        zh: "这些只是 delta：每个优势还应加上 gamma · lambda 乘以后一个优势。",
      },
    },
    {
      answer: (rewards, values, gamma, lambda) =>
        gae({ rewards, values, gamma, lambda, bootstrap: values[values.length - 1] }).advantages,
      says: {
        en: "At the last token the text ends, so V(s_T) is 0: you used the last value once more.",
        zh: "在最后一个词元处文本已经结束，V(s_T) 为 0：你又用了一次最后的价值。",
      },
    },
    {
      answer: (rewards, values, gamma) => withFactor(tdErrors({ rewards, values, gamma }), gamma),
      says: oneOfThem,
    },
    {
      answer: (rewards, values, gamma, lambda) =>
        withFactor(tdErrors({ rewards, values, gamma }), lambda),
      says: oneOfThem,
    },
    {
      answer: (rewards) => rewards.map(() => NaN),
      says: {
        en:
          "values[t + 1] does not exist at the last token: it is 0 there. What is no number at the end makes all before it none.",
        zh: "最后一个词元处 values[t + 1] 不存在：那里是 0。末尾不是数，前面的也就都不是数了。",
      },
    },
  ],
  solved: {
    en: "Right: one pass from the end, and the whole sum is there.",
    zh: "正确：从末尾往前走一遍，整个求和就得到了。",
  },
});
