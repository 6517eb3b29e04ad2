/**
 * Mistakes in an implementation, which violate invariants: before the first step of an update the
 * ratios are 1, nothing comes after the last token of an answer, and the mean surprisal of tokens
 * sampled from a distribution is its entropy.
 */
import { say } from "../text/mod.ts";
import type { Cause } from "./cause.ts";
import { at, comparesAlike, LIMITS, shown, surprisalGap } from "./checks.ts";

/** Old and new log-probabilities are computed in different ways. */
export const dropoutInUpdate: Cause = {
  name: {
    en: "dropout is on in the update, or the update computes other log-probabilities than sampling",
    zh: "更新时 dropout 没有关闭，或者更新与采样计算对数概率的方式不同",
  },
  advice: {
    en: "Call eval() on the actor in the update, or set dropout to 0; compute old and new " +
      "log-probabilities with the same temperature and the same code.",
    zh:
      "更新时对策略模型调用 eval()，或把 dropout 设为 0；用同样的温度和同一段代码计算新旧对数概率。",
  },
  settings: ["dropout_in_update"],
  evidence(row) {
    const difference = at(row, "first_approx_kl");
    return difference > LIMITS.firstApproxKl && say({
      en: `before the first step the policy already differs from the one that sampled, by ${
        shown(difference)
      } nats per token (first_approx_kl), where the difference must be 0`,
      zh: `第一步之前，策略就已经与采样时不同，相差每词元 ${
        shown(difference)
      } 纳特 (first_approx_kl)，而这个差必须为 0`,
    });
  },
};

/** Advantages contain what comes after an answer. */
export const gaeOverPadding: Cause = {
  name: {
    en: "GAE runs over the padding after the end of an answer",
    zh: "GAE 把回答结束之后的填充也算了进去",
  },
  advice: {
    en: "Cut rewards and values at the last token of each answer before computing advantages.",
    zh: "计算优势之前，把奖励和价值截断到每个回答的最后一个词元。",
  },
  settings: ["gae_over_padding"],
  evidence(row) {
    const after = at(row, "return_after_end");
    return after > LIMITS.returnAfterEnd && say({
      en: `the return of the last token contains ${shown(after)} from after the end of the ` +
        "answer (return_after_end), where nothing comes",
      zh: `最后一个词元的回报中有 ${shown(after)} 来自回答结束之后 (return_after_end)，` +
        "而那里本应什么都没有",
    });
  },
};

/** Log-probabilities belong to another distribution than the one that sampled. */
export const otherDistribution: Cause = {
  name: {
    en: "log-probabilities are those of another distribution than the tokens were sampled from",
    zh: "对数概率所属的分布，与采样词元时的分布不是同一个",
  },
  advice: {
    en: "Apply temperature, top-k, top-p and repetition penalty to the logits before computing " +
      "log-probabilities, or sample without them.",
    zh: "先对 logits 施加温度、top-k、top-p 和重复惩罚，再计算对数概率；或者采样时不用它们。",
  },
  settings: [
    "log_probs_of_raw_distribution",
    "temperature",
    "top_k",
    "top_p",
    "repetition_penalty",
  ],
  evidence(row) {
    const difference = at(row, "probability_difference");
    if (difference > LIMITS.probabilityDifference) {
      return say({
        en: `sampler and trainer differ by ${shown(difference)}`,
        zh: `采样器与训练器给出的概率相差 ${shown(difference)}`,
      });
    }
    if (!comparesAlike(row) || !(at(row, "approx_kl") < LIMITS.approxKl)) return;
    const [surprisal, entropy] = [shown(at(row, "surprisal")), shown(at(row, "entropy"))];
    return Math.abs(surprisalGap(row)) > LIMITS.surprisal && say({
      en: `sampled tokens have a mean -log pi of ${surprisal} nats (surprisal), ` +
        `and the entropy of pi is ${entropy}, where the two must agree`,
      zh: `采样词元的 -log π 均值为 ${surprisal} 纳特 (surprisal)，` +
        `而 π 的熵为 ${entropy}；两者应当一致`,
    });
  },
};
