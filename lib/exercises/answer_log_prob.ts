/** Chapter 01: the log-probability of a whole answer. */
import { defineExercise, type Exercise } from "./exercise.ts";

/** log pi of an answer, from the distribution at each of its tokens and the tokens' numbers. */
export type AnswerLogProb = (policies: number[][], answer: number[]) => number;

const sumOver = (answer: readonly number[], of: (token: number, t: number) => number): number =>
  answer.reduce((sum, token, t) => sum + of(token, t), 0);

const product: AnswerLogProb = (policies, answer) =>
  answer.reduce((all, token, t) => all * policies[t][token], 1);

/** sum_t log pi(a_t | s_t) */
export const answerLogProb: Exercise<AnswerLogProb> = defineExercise<AnswerLogProb>({
  expected: (policies, answer) => sumOver(answer, (token, t) => Math.log(policies[t][token])),
  cases: [
    [[[0.5, 0.3, 0.2], [0.1, 0.1, 0.8]], [0, 2]],
    [[[0.5, 0.5], [0.25, 0.75], [0.9, 0.1]], [1, 0, 1]],
    [[[1e-200, 1], [1e-200, 1]], [0, 0]],
  ],
  mistakes: [
    {
      answer: product,
      says: {
        en:
          "That is the probability itself. The logarithm of a product is the sum of the logarithms.",
        zh: "这是概率本身。乘积的对数等于对数之和。",
      },
    },
    {
      answer: (policies, answer) => Math.log(product(policies, answer)),
      says: {
        en:
          "The product of many small numbers becomes 0 in the computer, and its logarithm minus infinity. Take the logarithms first, then add.",
        zh: "许多小数相乘在计算机里会变成 0，它的对数就成了负无穷。先取对数，再相加。",
      },
    },
    {
      answer: (policies, answer) =>
        sumOver(answer, (token, t) => Math.log(policies[t][token])) / answer.length,
      says: {
        en: "That is the mean a token. The answer's own log-probability is the sum.",
        zh: "这是每个词元的平均。回答的对数概率是它们的和。",
      },
    },
    {
      answer: (policies, answer) => sumOver(answer, (_, t) => Math.log(Math.max(...policies[t]))),
      says: {
        en:
          "You took the likeliest token each time. What counts is the token that was chosen: policies[t][answer[t]].",
        zh: "你每次取的都是最可能的词元。要取的是被选中的词元：policies[t][answer[t]]。",
      },
    },
  ],
  solved: {
    en: "Right: one number a token, added up. Every chapter works with this sum.",
    zh: "正确：每个词元一个数，相加即可。以后每一章用的都是这个和。",
  },
});
