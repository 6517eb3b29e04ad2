/** Causes that other settings remove: steps, penalties and whitening that do not suit the run. */
import { listed, say } from "../text/mod.ts";
import type { Cause } from "./cause.ts";
import {
  at,
  comparesAlike,
  has,
  klPerToken,
  LIMITS,
  movedKl,
  paidStd,
  percent,
  shown,
} from "./checks.ts";
import type { RunMetric, RunRow } from "./metric_columns.ts";

const MUST_BE_FINITE: readonly RunMetric[] = [
  "mean_reward",
  "score",
  "kl",
  "kl_per_token",
  "entropy",
  "actor_loss",
  "critic_loss",
  "approx_kl",
  "actor_grad_norm",
  "critic_grad_norm",
];

/** The signs of steps that are too large, in a row whose numbers are finite. */
function signsOfLargeSteps(row: RunRow): string[] {
  const kl = shown(at(row, "approx_kl"));
  const share = percent(at(row, "clip_fraction"));
  const ratio = at(row, "ratio_mean");
  return [
    movedKl(row) > LIMITS.approxKl &&
    say({ en: `approx_kl ${kl} nats per token`, zh: `approx_kl 为每词元 ${kl} 纳特` }),
    comparesAlike(row) && at(row, "clip_fraction") > LIMITS.clipFraction &&
    say({
      en: `${share} of the ratios outside the clip range`,
      zh: `${share} 的比率超出裁剪范围`,
    }),
    comparesAlike(row) && (ratio > LIMITS.ratioMean || ratio < 1 / LIMITS.ratioMean) &&
    say({ en: `a mean ratio of ${shown(ratio)}`, zh: `比率的均值为 ${shown(ratio)}` }),
  ].filter((sign) => sign !== false);
}

/** Steps that are too large. */
export const learningRateTooHigh: Cause = {
  name: {
    en: "the learning rate is too high, so each update moves the policy too far",
    zh: "学习率太高，每次更新都让策略移动得太远",
  },
  advice: {
    en: "Divide learning_rate by 3 to 10, or limit an update with target_kl 0.02.",
    zh: "把 learning_rate 降到原来的 1/3 到 1/10，或用 target_kl 0.02 限制每次更新。",
  },
  settings: ["learning_rate", "ppo_epoch", "mini_batch_size", "max_grad_norm"],
  evidence(row) {
    const bad = MUST_BE_FINITE.find((name) => row[name] !== undefined && !has(row, name));
    if (bad !== undefined) {
      return say({
        en: `${bad} is not a finite number: the run has diverged`,
        zh: `${bad} 不是有限的数：训练已经发散`,
      });
    }
    const signs = signsOfLargeSteps(row);
    return signs.length > 0 && listed(signs);
  },
};

/** A frozen model that gives NaN, which only the error at the end of a run shows. */
export const notFinite: Cause = {
  name: {
    en: "a model that is not trained gives NaN",
    zh: "某个不参与训练的模型输出了 NaN",
  },
  advice: {
    en: "Check the folder of that model; with frozen_dtype float16, try float32.",
    zh: "检查那个模型的文件夹；如果用了 frozen_dtype float16，请改用 float32。",
  },
  settings: ["reward_model_path", "ori_model_path", "frozen_dtype"],
  evidence: () => false,
};

/** Large advantages. */
export const notWhitened: Cause = {
  name: {
    en: "advantages are not whitened, and the rewards are large",
    zh: "优势没有白化，而奖励又很大",
  },
  advice: {
    en: "Set whiten_advantages true, or normalise the scores (normalise_scores true).",
    zh: "设置 whiten_advantages true，或对分数做归一化（normalise_scores true）。",
  },
  settings: ["whiten_advantages", "normalise_scores", "reward_clip_eps"],
  evidence(row) {
    const [rms, loss] = [shown(at(row, "advantage_rms")), shown(at(row, "actor_loss"))];
    if (at(row, "advantage_rms") > LIMITS.advantageRms) {
      return say({
        en: `advantages have a root mean square of ${rms} (advantage_rms), which whitening makes 1`,
        zh: `优势的均方根为 ${rms} (advantage_rms)，白化后应为 1`,
      });
    }
    return row.advantage_rms === undefined && at(row, "approx_kl") < LIMITS.approxKl &&
      Math.abs(at(row, "actor_loss")) > LIMITS.actorLoss && say({
        en: `the policy loss is ${loss}, which whitening keeps near 0`,
        zh: `策略损失为 ${loss}，白化后应在 0 附近`,
      });
  },
};

/** A policy that may go anywhere. */
export const noPenalty: Cause = {
  name: {
    en: "there is no KL penalty, or it is too small to hold the policy near the reference",
    zh: "没有 KL 惩罚，或惩罚太小，不足以让策略留在参考模型附近",
  },
  advice: {
    en: "Set kl_coef, for instance to 0.05, and raise it while kl keeps growing.",
    zh: "设置 kl_coef，例如 0.05；如果 kl 仍持续增大，就继续调高。",
  },
  settings: ["kl_coef", "learning_rate"],
  evidence(row) {
    const [kl, perToken] = [shown(at(row, "kl")), shown(klPerToken(row))];
    if (has(row, "kl", "non_score_reward") && Math.abs(at(row, "kl")) > 1e-8) {
      const coefficient = -at(row, "non_score_reward") / at(row, "kl");
      if (Math.abs(coefficient) < 1e-6) {
        return say({
          en: `kl ${kl} nats per answer costs no reward (non_score_reward is 0)`,
          zh: `kl 为每个回答 ${kl} 纳特，却没有扣减奖励 (non_score_reward 为 0)`,
        });
      }
    }
    if (row.kl_coef === 0 && klPerToken(row) > 1e-4) {
      return say({
        en: "the coefficient of the penalty is 0, and the policy has moved by " +
          `${perToken} nats per token`,
        zh: `惩罚系数为 0，而策略已移动每词元 ${perToken} 纳特`,
      });
    }
    return klPerToken(row) > LIMITS.klPerToken && say({
      en: `the policy is ${perToken} nats per token away from the reference`,
      zh: `策略与参考模型相差每词元 ${perToken} 纳特`,
    });
  },
};

/**
 * When a critic must explain some of the returns: after this many optimizer steps, or in this row
 * if they are not logged.
 */
const CRITIC = { steps: 40, row: 5 } as const;

/** The best explained variance after the first update. */
const bestExplained = (rows: readonly RunRow[]): number =>
  Math.max(...rows.slice(1).map((row) => row.explained_variance ?? -Infinity));

/** A critic whose values explain nothing. */
export const idleCritic: Cause = {
  name: {
    en: "the value function learns nothing",
    zh: "价值函数什么也没学到",
  },
  advice: {
    en: "Check that the critic's optimizer steps and its learning rate is not 0; raise " +
      "value_clip_eps, and normalise rewards that are far from 0.",
    zh: "检查价值模型的优化器是否真的在更新，学习率是否为 0；调高 value_clip_eps；" +
      "如果奖励离 0 很远，请做归一化。",
  },
  settings: ["value_clip_eps", "learning_rate", "fresh_value_head", "normalise_scores"],
  evidence(row, rows) {
    const steps = rows.slice(0, -1).reduce((sum, each) => sum + at(each, "optimizer_steps"), 0);
    const isDue = rows.length > 1 && (steps >= CRITIC.steps || rows.length >= CRITIC.row);
    if (!isDue || !has(row, "explained_variance") || paidStd(row) < LIMITS.scoreStd) return;
    const [updates, share] = [rows.length - 1, shown(100 * at(row, "explained_variance"))];
    return bestExplained(rows) < LIMITS.explainedVariance && say({
      en: `after ${updates} updates the values explain ${share} % of the variance of the ` +
        "returns (explained_variance)",
      zh: `${updates} 次更新之后，价值只解释了回报方差的 ${share} % (explained_variance)`,
    });
  },
  isOver: (rows) => bestExplained(rows) >= LIMITS.explainedVariance,
};
