/**
 * Warnings while a run trains: each at most once a run, with the number and a hint.
 *
 * They are functions of the rows of metrics alone. So a resumed run repeats no warning: it is given
 * the rows of before, whose warnings were printed then.
 */
import { say, type Text } from "../text/mod.ts";
import {
  at,
  isClipped,
  klPerToken,
  lacksSpread,
  LIMITS,
  paidStd,
  percent,
  relativeCriticLoss,
  shown,
} from "./checks.ts";
import type { RunRow } from "./metric_columns.ts";

/** A warning that is due under a condition. */
interface Watch {
  /** Its name, by which it is given once. */
  readonly name: string;
  /** What was found, or undefined if the row is healthy. `first` is the run's first row. */
  readonly found: (row: RunRow, first: RunRow) => string | undefined | false;
  /** What to try. */
  readonly hint: Text;
}

const SMALLER_STEPS = {
  en: "try a lower learning_rate, fewer ppo_epoch, or target_kl 0.02",
  zh: "可以降低 learning_rate、减小 ppo_epoch，或设置 target_kl 0.02",
};

const ratio: Watch = {
  name: "ratio",
  found(row) {
    const mean = at(row, "ratio_mean"), max = at(row, "ratio_max");
    if (mean > LIMITS.ratioMean || mean < 1 / LIMITS.ratioMean) {
      return say({
        en: `the mean probability ratio is ${shown(mean)}, far from 1`,
        zh: `概率比率的均值为 ${shown(mean)}，离 1 很远`,
      });
    }
    return max > LIMITS.ratioMax && say({
      en: `the largest probability ratio is ${shown(max)}`,
      zh: `概率比率的最大值为 ${shown(max)}`,
    });
  },
  hint: SMALLER_STEPS,
};

const klOfUpdate: Watch = {
  name: "kl of the update",
  found(row) {
    const kl = at(row, "approx_kl");
    return kl > LIMITS.approxKl && say({
      en: `an update moved the policy by ${shown(kl)} nats per token (approx_kl)`,
      zh: `一次更新使策略移动了每词元 ${shown(kl)} 纳特 (approx_kl)`,
    });
  },
  hint: SMALLER_STEPS,
};

const klToReference: Watch = {
  name: "kl to the reference",
  found(row) {
    const kl = klPerToken(row);
    return kl > LIMITS.klPerToken && say({
      en: `the policy is ${shown(kl)} nats per token away from the reference model (kl)`,
      zh: `策略与参考模型相差每词元 ${shown(kl)} 纳特 (kl)`,
    });
  },
  hint: {
    en: "answers may no longer be text; try a larger kl_coef or a lower learning_rate",
    zh: "回答可能已经不成句；可以调高 kl_coef 或降低 learning_rate",
  },
};

const clipFraction: Watch = {
  name: "clip fraction",
  found(row) {
    const share = at(row, "clip_fraction");
    return share > LIMITS.clipFraction && say({
      en: `${percent(share)} of the ratios are outside the clip range`,
      zh: `${percent(share)} 的比率超出裁剪范围`,
    });
  },
  hint: SMALLER_STEPS,
};

const entropy: Watch = {
  name: "entropy",
  found(row, first) {
    // The first update may have collapsed itself. The surprisal is the entropy before it.
    const start = Math.max(at(first, "entropy"), first.surprisal ?? 0);
    const now = at(row, "entropy");
    return now < LIMITS.entropyShare * start && say({
      en: `the entropy fell to ${shown(now)} nats per token, from ${shown(start)}`,
      zh: `熵从每词元 ${shown(start)} 纳特降到了 ${shown(now)} 纳特`,
    });
  },
  hint: {
    en: "the policy gives nearly the same answers; try a lower learning_rate or a larger kl_coef",
    zh: "策略给出的回答几乎都一样；可以降低 learning_rate 或调高 kl_coef",
  },
};

const criticLoss: Watch = {
  name: "critic loss",
  found(row) {
    const [loss, times] = [shown(at(row, "critic_loss")), relativeCriticLoss(row)];
    return times > LIMITS.criticLoss && say({
      en: `the critic's loss is ${loss}, ${shown(times)} times that of a critic which predicts 0`,
      zh: `价值模型的损失为 ${loss}，是总预测 0 的价值模型的 ${shown(times)} 倍`,
    });
  },
  hint: {
    en: "try a lower learning_rate, or fresh_value_head true",
    zh: "可以降低 learning_rate，或设置 fresh_value_head true",
  },
};

const scoresClipped: Watch = {
  name: "scores clipped",
  found(row) {
    const share = percent(at(row, "score_clipped"));
    return isClipped(row) && !lacksSpread(row) && say({
      en: `${share} of the scores are clipped to the same value`,
      zh: `${share} 的分数被裁剪成同一个值`,
    });
  },
  hint: {
    en: "better answers earn nothing more; try normalise_scores true or a larger reward_clip_eps",
    zh: "更好的回答得不到更高的奖励；可以设置 normalise_scores true 或调高 reward_clip_eps",
  },
};

const rewardWithoutSpread: Watch = {
  name: "reward without spread",
  found(row) {
    const mean = shown(at(row, "mean_reward"));
    const std = shown(lacksSpread(row) ? at(row, "reward_std") : paidStd(row));
    return (lacksSpread(row) || (!isClipped(row) && paidStd(row) < LIMITS.scoreStd)) && say({
      en: `all answers get nearly the same score (mean ${mean}, standard deviation ${std})`,
      zh: `所有回答的分数几乎相同（均值 ${mean}，标准差 ${std}）`,
    });
  },
  hint: {
    en: "there is nothing to learn from; check the reward model on good and bad answers",
    zh: "从中学不到任何东西；请用好的和差的回答检查奖励模型",
  },
};

const answersWithoutEnd: Watch = {
  name: "answers without an end",
  found(row) {
    const share = at(row, "eos_rate");
    return share < LIMITS.eosRate && say({
      en: `only ${percent(share)} of the answers end with the end token`,
      zh: `只有 ${percent(share)} 的回答以结束词元结尾`,
    });
  },
  hint: {
    en: "try a larger query_len or missing_eos_penalty, and check that the SFT model ends answers",
    zh: "可以调高 query_len 或 missing_eos_penalty，并检查 SFT 模型会不会结束回答",
  },
};

const WATCHES: readonly Watch[] = [
  ratio,
  klOfUpdate,
  klToReference,
  clipFraction,
  entropy,
  criticLoss,
  scoresClipped,
  rewardWithoutSpread,
  answersWithoutEnd,
];

/** Watches one run. */
export interface RunWarnings {
  /** The new warnings of an update, each a sentence. */
  update(row: RunRow): string[];
}

/**
 * Starts watching. `before` are the rows of a run that is resumed, whose warnings are not repeated.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createWarnings } from "ppo/doctor/mod.ts";
 * const warnings = createWarnings();
 * deepEqual(warnings.update({ clip_fraction: 0.08 }), []);
 * deepEqual(warnings.update({ clip_fraction: 0.5 }).length, 1);
 * deepEqual(warnings.update({ clip_fraction: 0.6 }), []); // given once
 * ```
 */
export function createWarnings(before: readonly RunRow[] = []): RunWarnings {
  const given = new Set<string>();
  let first: RunRow | undefined;
  const update = (row: RunRow): string[] => {
    first ??= row;
    const start = first;
    return WATCHES.flatMap(({ name, found, hint }) => {
      const sentence = given.has(name) ? undefined : found(row, start);
      if (!sentence) return [];
      given.add(name);
      return [say({
        en: `warning: ${sentence}; ${hint.en}`,
        zh: `警告：${sentence}；${hint.zh}`,
      })];
    });
  };
  before.forEach(update);
  return { update };
}
