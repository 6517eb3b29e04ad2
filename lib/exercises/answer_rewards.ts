/** Chapter 06: what each token of an answer is paid. */
import { shapedRewards } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/**
 * The rewards of one answer, computed from its log-probabilities under the actor and the reference,
 * `klCoef` and the score.
 */
export type AnswerRewards = (
  logProbs: number[],
  refLogProbs: number[],
  klCoef: number,
  score: number,
) => number[];

/** r_t = -klCoef (log pi - log pi_ref), and the score at the last token. */
export const answerRewards: Exercise<AnswerRewards> = defineExercise<AnswerRewards>({
  expected: (logProbs, refLogProbs, klCoef, score) =>
    shapedRewards({ logProbs, refLogProbs, klCoef, score }),
  cases: [
    [[-1, -2], [-3, -1], 0.5, 4],
    [[-0.5, -0.25, -2], [-0.5, -1.25, -1], 0.1, -1],
    [[-1], [-1], 0.05, 2],
  ],
  mistakes: [
    {
      answer: (logProbs, refLogProbs, klCoef, score) =>
        logProbs.map((logProb, t) => -klCoef * (logProb - refLogProbs[t]) + score),
      says: {
        en:
          "Every token got the score. The reward model reads whole answers, so only the last token is paid for it.",
        zh: "每个词元都得到了分数。奖励模型读的是整个回答，所以分数只计入最后一个词元。",
      },
    },
    {
      answer: (logProbs, refLogProbs, klCoef, score) =>
        shapedRewards({ logProbs: refLogProbs, refLogProbs: logProbs, klCoef, score }),
      says: {
        en:
          "The sign of the price is turned: a token that the actor likes more than the reference does must cost something.",
        zh: "KL 惩罚的符号反了：策略比参考模型更偏爱的词元应当扣分。",
      },
    },
    {
      answer: (logProbs, refLogProbs, klCoef) =>
        shapedRewards({ logProbs, refLogProbs, klCoef, score: 0 }),
      says: {
        en: "The price of KL is right; the score at the last token is missing.",
        zh: "KL 惩罚对了；还缺最后一个词元处的分数。",
      },
    },
  ],
  solved: {
    en:
      "Right: a small price at every token, the score at the last one. This is all the actor ever learns from.",
    zh: "正确：每个词元扣除 KL 惩罚，最后一个词元得到分数。策略学习的全部依据就是这些。",
  },
});
