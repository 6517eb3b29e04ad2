/** Causes that show in the scores of the reward model and in the ends of the answers. */
import { say } from "../text/mod.ts";
import type { Cause } from "./cause.ts";
import { at, has, isClipped, lacksSpread, LIMITS, paidStd, percent, shown } from "./checks.ts";

/** The reward model gives all answers nearly the same score. */
export const noSpread: Cause = {
  name: {
    en: "the reward has no spread: all answers get nearly the same score",
    zh: "奖励没有差别：所有回答的分数几乎相同",
  },
  advice: {
    en: "Score good and bad answers with the reward model by hand; check its value head, and " +
      "that its tokenizer is the policy's.",
    zh: "手动用奖励模型给好的和差的回答打分；检查它的价值头，并确认它的分词器与策略模型相同。",
  },
  settings: ["reward_model_path", "normalise_scores"],
  evidence(row) {
    if (lacksSpread(row)) {
      const [mean, std] = [shown(at(row, "mean_reward")), shown(at(row, "reward_std"))];
      return say({
        en: `raw scores with mean ${mean} have a standard deviation of ${std} (reward_std)`,
        zh: `原始分数的均值为 ${mean}，标准差只有 ${std} (reward_std)`,
      });
    }
    const std = shown(paidStd(row));
    return !isClipped(row) && paidStd(row) < LIMITS.scoreStd && say({
      en: `the paid scores have a standard deviation of ${std} (score_std)`,
      zh: `作为奖励的分数，标准差只有 ${std} (score_std)`,
    });
  },
};

/** Clipping makes scores equal. */
export const allClipped: Cause = {
  name: {
    en: "most scores are clipped to the same value",
    zh: "多数分数都被裁剪成同一个值",
  },
  advice: {
    en: "Normalise the scores (normalise_scores true), or raise reward_clip_eps above the " +
      "scores of typical answers.",
    zh: "对分数做归一化（normalise_scores true），或把 reward_clip_eps 调到高于一般回答的分数。",
  },
  settings: ["normalise_scores", "reward_clip_eps"],
  evidence(row, rows) {
    if (isClipped(row) && !lacksSpread(row)) {
      const share = percent(at(row, "score_clipped"));
      return say({
        en: `${share} of the answers share a score with an answer of another raw score ` +
          "(score_clipped)",
        zh: `${share} 的回答与另一个原始分数不同的回答得分相同 (score_clipped)`,
      });
    }
    const last = rows.slice(-3).map((each) => each.mean_reward);
    const mean = shown(at(row, "mean_reward"));
    return row.score_clipped === undefined && row.reward_std === undefined && last.length === 3 &&
      new Set(last).size === 1 && has(row, "mean_reward") && say({
        en: `the mean score is exactly ${mean} in three rows one after another`,
        zh: `连续三行的平均分数都恰好是 ${mean}`,
      });
  },
};

/** The policy writes no end token. */
export const neverEnds: Cause = {
  name: {
    en: "answers never end: they stop at the length limit without an end token",
    zh: "回答不会结束：达到长度上限时仍没有结束词元",
  },
  advice: {
    en: "Raise the length limit (query_len) or the missing_eos_penalty, and check that the SFT " +
      "model ends its answers and that its end token is the tokenizer's.",
    zh: "调高长度上限 (query_len) 或 missing_eos_penalty，检查 SFT 模型会不会结束回答，" +
      "并确认它的结束词元就是分词器的结束词元。",
  },
  settings: ["query_len", "missing_eos_penalty"],
  evidence(row) {
    if (at(row, "eos_rate") < LIMITS.eosRate) {
      const share = percent(at(row, "eos_rate"));
      return say({
        en: `only ${share} of the answers end with the end token (eos_rate)`,
        zh: `只有 ${share} 的回答以结束词元结尾 (eos_rate)`,
      });
    }
    return row.eos_count === 0 && say({
      en: "no answer of the batch has an end-of-sequence token",
      zh: "这一批回答都没有结束词元",
    });
  },
};
