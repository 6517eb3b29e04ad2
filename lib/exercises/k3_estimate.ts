/** Chapter 05: a KL estimate that is never negative. */
import { k3 } from "../rl/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** k3 of one sampled token. */
export type K3Estimate = (logProb: number, refLogProb: number) => number;

/** e^x - 1 - x with x = log pi_ref - log pi. */
export const k3Estimate: Exercise<K3Estimate> = defineExercise<K3Estimate>({
  expected: (logProb, refLogProb) => k3({ logProbs: [logProb], refLogProbs: [refLogProb] })[0],
  cases: [[-1, -2], [-2, -1], [-0.5, -0.5]],
  mistakes: [
    {
      answer: (logProb, refLogProb) => logProb - refLogProb,
      says: {
        en: "That is k1: right on average, but it may be negative.",
        zh: "那是 k1：平均是对的，但可能为负。",
      },
    },
    {
      answer: (logProb, refLogProb) => Math.exp(logProb - refLogProb) - 1 - (logProb - refLogProb),
      says: {
        en:
          "Your x is turned over: it is log π_ref - log π, the reference minus the policy that sampled.",
        zh: "你的 x 反了：它是 log π_ref - log π，即参考模型的减去采样策略的。",
      },
    },
  ],
  solved: {
    en: "Right: it touches 0 only where the two agree.",
    zh: "正确：只有两者一致时它才等于 0。",
  },
});
