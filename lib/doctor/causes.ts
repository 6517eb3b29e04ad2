/**
 * The causes of unhealthy PPO runs that a log can show, each with the evidence that it reads.
 *
 * A check looks at one row and returns the evidence, or nothing. Some follow from invariants, which
 * hold in every correct implementation whatever the settings: before the first step of an update
 * the ratios are 1, nothing comes after the last token of an answer, and the mean surprisal of
 * tokens sampled from a distribution is its entropy. The others compare with the limits in
 * `checks.ts`.
 */
import {
  at,
  comparesAlike,
  has,
  isClipped,
  klPerToken,
  lacksSpread,
  LIMITS,
  movedKl,
  paidStd,
  percent,
  shown,
  surprisalGap,
} from "./checks.ts";
import type { RunMetric, RunRow } from "./metric_columns.ts";

/** A cause, and how to recognise it. */
export interface Cause {
  /** The cause as a sentence without its full stop. */
  readonly name: string;
  /** What to do about it. */
  readonly advice: string;
  /** The settings of this project that matter, to be shown with their values. */
  readonly settings: readonly string[];
  /** The evidence in a row, or a false value. `rows` are all rows up to this one. */
  readonly evidence: (row: RunRow, rows: readonly RunRow[]) => string | undefined | false;
  /** Whether later rows are healthy again, so that earlier ones do not count (default: never). */
  readonly isOver?: (rows: readonly RunRow[]) => boolean;
}

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

/** Steps that are too large. */
export const learningRateTooHigh: Cause = {
  name: "the learning rate is too high, so each update moves the policy too far",
  advice: "Divide learning_rate by 3 to 10, or limit an update with target_kl 0.02.",
  settings: ["learning_rate", "ppo_epoch", "mini_batch_size", "max_grad_norm"],
  evidence(row) {
    const bad = MUST_BE_FINITE.find((name) => row[name] !== undefined && !has(row, name));
    if (bad !== undefined) return `${bad} is not a finite number: the run has diverged`;
    const ratio = at(row, "ratio_mean");
    const signs = [
      movedKl(row) > LIMITS.approxKl && `approx_kl ${shown(at(row, "approx_kl"))} nats per token`,
      comparesAlike(row) && at(row, "clip_fraction") > LIMITS.clipFraction &&
      `${percent(at(row, "clip_fraction"))} of the ratios outside the clip range`,
      comparesAlike(row) && (ratio > LIMITS.ratioMean || ratio < 1 / LIMITS.ratioMean) &&
      `a mean ratio of ${shown(ratio)}`,
    ].filter((sign) => sign !== false);
    return signs.length > 0 && signs.join(", ");
  },
};

/** A frozen model that gives NaN, which only the error at the end of a run shows. */
export const notFinite: Cause = {
  name: "a model that is not trained gives NaN",
  advice: "Check the folder of that model; with frozen_dtype float16, try float32.",
  settings: ["reward_model_path", "ori_model_path", "frozen_dtype"],
  evidence: () => false,
};

const dropoutInUpdate: Cause = {
  name: "dropout is on in the update, or the update computes other log-probabilities than sampling",
  advice: "Call eval() on the actor in the update, or set dropout to 0; compute old and new " +
    "log-probabilities with the same temperature and the same code.",
  settings: ["dropout_in_update"],
  evidence: (row) =>
    at(row, "first_approx_kl") > LIMITS.firstApproxKl &&
    `before the first step the policy already differs from the one that sampled, by ${
      shown(at(row, "first_approx_kl"))
    } nats per token (first_approx_kl), where the difference must be 0`,
};

const gaeOverPadding: Cause = {
  name: "GAE runs over the padding after the end of an answer",
  advice: "Cut rewards and values at the last token of each answer before computing advantages.",
  settings: ["gae_over_padding"],
  evidence: (row) =>
    at(row, "return_after_end") > LIMITS.returnAfterEnd &&
    `the return of the last token contains ${
      shown(at(row, "return_after_end"))
    } from after the end of the answer (return_after_end), where nothing comes`,
};

const otherDistribution: Cause = {
  name: "log-probabilities are those of another distribution than the tokens were sampled from",
  advice: "Apply temperature, top-k, top-p and repetition penalty to the logits before computing " +
    "log-probabilities, or sample without them.",
  settings: [
    "log_probs_of_raw_distribution",
    "temperature",
    "top_k",
    "top_p",
    "repetition_penalty",
  ],
  evidence(row) {
    if (at(row, "probability_difference") > LIMITS.probabilityDifference) {
      return `sampler and trainer differ by ${shown(at(row, "probability_difference"))}`;
    }
    if (!comparesAlike(row) || !(at(row, "approx_kl") < LIMITS.approxKl)) return;
    return Math.abs(surprisalGap(row)) > LIMITS.surprisal &&
      `sampled tokens have a mean -log pi of ${shown(at(row, "surprisal"))} nats (surprisal), ` +
        `and the entropy of pi is ${shown(at(row, "entropy"))}, where the two must agree`;
  },
};

const noSpread: Cause = {
  name: "the reward has no spread: all answers get nearly the same score",
  advice: "Score good and bad answers with the reward model by hand; check its value head, and " +
    "that its tokenizer is the policy's.",
  settings: ["reward_model_path", "normalise_scores"],
  evidence(row) {
    const means = `mean ${shown(at(row, "mean_reward"))}`;
    if (lacksSpread(row)) {
      return `raw scores with ${means} have a standard deviation of ${
        shown(at(row, "reward_std"))
      } (reward_std)`;
    }
    return !isClipped(row) && paidStd(row) < LIMITS.scoreStd &&
      `the paid scores have a standard deviation of ${shown(paidStd(row))} (score_std)`;
  },
};

const allClipped: Cause = {
  name: "most scores are clipped to the same value",
  advice: "Normalise the scores (normalise_scores true), or raise reward_clip_eps above the " +
    "scores of typical answers.",
  settings: ["normalise_scores", "reward_clip_eps"],
  evidence(row, rows) {
    if (isClipped(row) && !lacksSpread(row)) {
      return `${percent(at(row, "score_clipped"))} of the answers share a score with an answer ` +
        `of another raw score (score_clipped)`;
    }
    const last = rows.slice(-3).map((each) => each.mean_reward);
    return row.score_clipped === undefined && row.reward_std === undefined && last.length === 3 &&
      new Set(last).size === 1 && has(row, "mean_reward") &&
      `the mean score is exactly ${shown(at(row, "mean_reward"))} in three rows one after another`;
  },
};

const neverEnds: Cause = {
  name: "answers never end: they stop at the length limit without an end token",
  advice: "Raise the length limit (query_len) or the missing_eos_penalty, and check that the SFT " +
    "model ends its answers and that its end token is the tokenizer's.",
  settings: ["query_len", "missing_eos_penalty"],
  evidence: (row) =>
    (at(row, "eos_rate") < LIMITS.eosRate &&
      `only ${percent(at(row, "eos_rate"))} of the answers end with the end token (eos_rate)`) ||
    (row.eos_count === 0 && "no answer of the batch has an end-of-sequence token"),
};

const notWhitened: Cause = {
  name: "advantages are not whitened, and the rewards are large",
  advice: "Set whiten_advantages true, or normalise the scores (normalise_scores true).",
  settings: ["whiten_advantages", "normalise_scores", "reward_clip_eps"],
  evidence: (row) =>
    at(row, "advantage_rms") > LIMITS.advantageRms
      ? `advantages have a root mean square of ${shown(at(row, "advantage_rms"))} ` +
        "(advantage_rms), which whitening makes 1"
      : row.advantage_rms === undefined && at(row, "approx_kl") < LIMITS.approxKl &&
        Math.abs(at(row, "actor_loss")) > LIMITS.actorLoss &&
        `the policy loss is ${shown(at(row, "actor_loss"))}, which whitening keeps near 0`,
};

const noPenalty: Cause = {
  name: "there is no KL penalty, or it is too small to hold the policy near the reference",
  advice: "Set kl_coef, for instance to 0.05, and raise it while kl keeps growing.",
  settings: ["kl_coef", "learning_rate"],
  evidence(row) {
    const kl = has(row, "kl") ? `kl ${shown(at(row, "kl"))} nats per answer` : "";
    if (has(row, "kl", "non_score_reward") && Math.abs(at(row, "kl")) > 1e-8) {
      const coefficient = -at(row, "non_score_reward") / at(row, "kl");
      if (Math.abs(coefficient) < 1e-6) return `${kl} costs no reward (non_score_reward is 0)`;
    }
    if (row.kl_coef === 0 && klPerToken(row) > 1e-4) {
      return `the coefficient of the penalty is 0, and the policy has moved by ${
        shown(klPerToken(row))
      } nats per token`;
    }
    return klPerToken(row) > LIMITS.klPerToken &&
      `the policy is ${shown(klPerToken(row))} nats per token away from the reference`;
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

const idleCritic: Cause = {
  name: "the value function learns nothing",
  advice: "Check that the critic's optimizer steps and its learning rate is not 0; raise " +
    "value_clip_eps, and normalise rewards that are far from 0.",
  settings: ["value_clip_eps", "learning_rate", "fresh_value_head", "normalise_scores"],
  evidence(row, rows) {
    const steps = rows.slice(0, -1).reduce((sum, each) => sum + at(each, "optimizer_steps"), 0);
    const isDue = rows.length > 1 && (steps >= CRITIC.steps || rows.length >= CRITIC.row);
    if (!isDue || !has(row, "explained_variance") || paidStd(row) < LIMITS.scoreStd) return;
    return bestExplained(rows) < LIMITS.explainedVariance &&
      `after ${rows.length - 1} updates the values explain ${
        shown(100 * at(row, "explained_variance"))
      } % of the variance of the returns (explained_variance)`;
  },
  isOver: (rows) => bestExplained(rows) >= LIMITS.explainedVariance,
};

/**
 * All causes. Where two show in the same row, the earlier one is the likelier cause of the other.
 */
export const CAUSES: readonly Cause[] = [
  dropoutInUpdate,
  gaeOverPadding,
  noSpread,
  notWhitened,
  allClipped,
  neverEnds,
  otherDistribution,
  learningRateTooHigh,
  noPenalty,
  idleCritic,
];
