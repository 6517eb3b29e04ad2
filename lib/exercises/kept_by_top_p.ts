/** Chapter 01: how many tokens top-p keeps. */
import { distributionOfRow } from "../lm/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** How many of the tokens, given likeliest first, may be drawn. */
export type KeptByTopP = (probabilities: number[], p: number) => number;

/** How many leading tokens have a sum before them that `holds`. */
function countWhile(
  probabilities: readonly number[],
  holds: (before: number, own: number) => boolean,
): number {
  let before = 0, count = 0;
  while (count < probabilities.length && holds(before, probabilities[count])) {
    before += probabilities[count++];
  }
  return count;
}

/** The fewest of the likeliest tokens whose probabilities reach p. */
export const keptByTopP: Exercise<KeptByTopP> = defineExercise<KeptByTopP>({
  expected: (probabilities, p) =>
    distributionOfRow(probabilities.map(Math.log), { topP: p }).samplingMask.filter(Boolean).length,
  cases: [
    [[0.5, 0.3, 0.15, 0.05], 0.7],
    [[0.5, 0.3, 0.15, 0.05], 0.9],
    [[0.6, 0.3, 0.1], 0.4],
    [[0.5, 0.25, 0.125, 0.125], 0.75], // the sum is exactly p
    [[0.7, 0.2, 0.1], 1], // the sum stays just below p
  ],
  mistakes: [
    {
      answer: (probabilities, p) => countWhile(probabilities, (before, own) => before + own <= p),
      says: {
        en:
          "You stop before p is reached. The token that crosses the line belongs to them: else a very likely first token would leave none.",
        zh:
          "你在达到 p 之前就停了。越过这条线的那个词元也要留下：否则第一个词元很可能时，一个都不剩。",
      },
    },
    {
      answer: (probabilities, p) => probabilities.filter((probability) => probability >= p).length,
      says: {
        en: "You compare each probability with p. It is their running sum that has to reach p.",
        zh: "你拿每个概率与 p 比较。要达到 p 的是它们的累加和。",
      },
    },
    {
      answer: (probabilities, p) => countWhile(probabilities, (before) => before <= p),
      says: {
        en: "Stop as soon as the sum reaches p: equal is enough.",
        zh: "和一达到 p 就停：等于也算。",
      },
    },
    {
      answer: (probabilities, p) => countWhile(probabilities, (before) => before < p) + 1,
      says: {
        en: "One too many: count the token with which the sum reaches p, and none after it.",
        zh: "多了一个：算上让和达到 p 的那个词元，后面的都不算。",
      },
    },
  ],
  solved: {
    en: "Right: few tokens where the model is sure, many where it is not.",
    zh: "正确：模型有把握时留得少，没把握时留得多。",
  },
});
