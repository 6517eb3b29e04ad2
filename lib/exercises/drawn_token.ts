/** Chapter 01: drawing a token by inverse CDF. */
import { drawFromRow } from "../lm/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** The number of the token that u, a number in [0, 1), draws. */
export type DrawnToken = (probabilities: number[], u: number) => number;

/** The first token whose cumulative probability exceeds u. */
const firstWhere = (
  probabilities: readonly number[],
  holds: (cumulative: number) => boolean,
): number => {
  let cumulative = 0;
  return probabilities.findIndex((probability) => holds(cumulative += probability));
};

/** min { a : sum_{b <= a} pi(b) > u } */
export const drawnToken: Exercise<DrawnToken> = defineExercise<DrawnToken>({
  expected: (probabilities, u) => drawFromRow(probabilities.map(Math.log), u),
  cases: [
    [[0.5, 0.25, 0.25], 0.6],
    [[0.1, 0.2, 0.7], 0.05],
    [[0.1, 0.2, 0.7], 0.2],
    [[0, 1], 0],
  ],
  mistakes: [
    {
      answer: (probabilities) => probabilities.indexOf(Math.max(...probabilities)),
      says: {
        en: "That is the greedy choice: it does not look at u, so it always says the same.",
        zh: "这是贪心的选择：它不看 u，所以每次都一样。",
      },
    },
    {
      answer: (probabilities, u) => probabilities.findIndex((probability) => probability > u),
      says: {
        en:
          "You compare each probability by itself with u. Add them up on the way: u is compared with the sum so far.",
        zh: "你拿每个概率单独与 u 比较。要边走边累加：与 u 比较的是到目前为止的和。",
      },
    },
    {
      answer: (probabilities, u) => firstWhere(probabilities, (cumulative) => cumulative >= u),
      says: {
        en:
          "Almost: with >=, u = 0 draws the first token even when its probability is 0. The sum must exceed u.",
        zh: "差一点：用 >= 时，u = 0 会抽到第一个词元，哪怕它的概率是 0。和必须大于 u。",
      },
    },
    {
      answer: (probabilities, u) => Math.floor(u * probabilities.length),
      says: {
        en: "That draws every token equally often, whatever its probability.",
        zh: "这样每个词元被抽到的次数一样多，与概率无关。",
      },
    },
  ],
  solved: {
    en: "Right: a token gets the share of [0, 1) that its probability says.",
    zh: "正确：每个词元按概率分到 [0, 1) 中的一段。",
  },
});
