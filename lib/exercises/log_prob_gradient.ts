/** Chapter 01: the gradient of a token's log-probability by the logits. */
import { grad } from "../autodiff/mod.ts";
import { constant, evaluate, input, logSoftmax, take } from "../tensor/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** d log pi(action) / d z_j for every j. */
export type LogProbGradient = (probabilities: number[], action: number) => number[];

/** The library's automatic differentiation of log softmax. */
function byLibrary(probabilities: readonly number[], action: number): number[] {
  const logits = input("logits", { vocab: probabilities.length });
  const logProb = take(logSoftmax(logits, "vocab"), constant([action], {}, "int32"), "vocab");
  const [slopes] = evaluate(grad(logProb, [logits]), {
    logits: { dims: [probabilities.length], data: Float64Array.from(probabilities, Math.log) },
  });
  return Array.from(slopes.data);
}

/** [a = j] - pi(j) */
export const logProbGradient: Exercise<LogProbGradient> = defineExercise<LogProbGradient>({
  expected: byLibrary,
  cases: [[[0.5, 0.3, 0.2], 0], [[0.25, 0.25, 0.5], 2], [[0.9, 0.1], 1]],
  mistakes: [
    {
      answer: (probabilities, action) => probabilities.map((pi, j) => pi - (j === action ? 1 : 0)),
      says: {
        en: "The sign is turned: along yours the chosen token would become less likely.",
        zh: "符号反了：沿着你的方向，被选中的词元会变得更不可能。",
      },
    },
    {
      answer: (probabilities, action) => probabilities.map((_, j) => j === action ? 1 : 0),
      says: {
        en:
          "The logit of every token stands in softmax's sum, so each has a slope: subtract its probability.",
        zh: "每个词元的 logit 都在 softmax 的分母里，所以每个都有斜率：减去它的概率。",
      },
    },
    {
      answer: (probabilities, action) => probabilities.map((pi, j) => j === action ? 1 - pi : 0),
      says: {
        en:
          "The chosen token is right. The others must give way: their slope is minus their own probability.",
        zh: "被选中的词元对了。其余词元要让路：它们的斜率是负的自身概率。",
      },
    },
    {
      answer: (probabilities, action) => probabilities.map((pi, j) => j === action ? 1 / pi : 0),
      says: {
        en:
          "That is the slope by the probability. We move the logits, and log pi(a) = z_a - log of the sum of all e^z.",
        zh: "这是对概率求导。我们移动的是 logit，而 log pi(a) = z_a - 所有 e^z 之和的对数。",
      },
    },
  ],
  solved: {
    en: "Right: the slopes add up to 0, and a token that was nearly certain has hardly any left.",
    zh: "正确：各斜率之和为 0；几乎必然的词元几乎没有斜率。",
  },
});
