/**
 * The limits between a healthy and an unhealthy number, and small functions on the rows of a log.
 *
 * The limits were chosen between healthy runs of the embedded models (seeds 1 to 3, several values
 * of kl_coef and lam) and runs with one defect each, about midway on a logarithmic scale. In
 * healthy runs approx_kl stayed below 0.06, clip_fraction below 0.1 and ratio_mean within 0.97 to
 * 1.03.
 */
import type { RunMetric, RunRow } from "./metric_columns.ts";

/** The limits, in the units of GLOSSARY.md. */
export const LIMITS = {
  /** `approx_kl`, nats per token. */
  approxKl: 0.15,
  /** `clip_fraction`. */
  clipFraction: 0.25,
  /** The largest healthy `ratio_mean`; the smallest is its inverse. */
  ratioMean: 1.3,
  /** `ratio_max`. */
  ratioMax: 1000,
  /** KL to the reference, nats per token. */
  klPerToken: 0.5,
  /** `first_approx_kl`, which is 0 except for rounding. */
  firstApproxKl: 1e-5,
  /** `return_after_end`, which is 0 except for rounding. */
  returnAfterEnd: 1e-5,
  /** The distance of `surprisal` from `entropy`, nats per token. */
  surprisal: 0.1,
  /** `score_clipped`. */
  scoreClipped: 0.5,
  /** The standard deviation of the paid scores, without the penalty for a missing end token. */
  scoreStd: 0.02,
  /** `reward_std`, as a share of the mean's size, or of 1 if that is larger. */
  rewardStd: 1e-4,
  /** `eos_rate`. */
  eosRate: 0.5,
  /** `advantage_rms`, which is about 1 with whitening. */
  advantageRms: 3,
  /** The size of `actor_loss`, which is near 0 with whitening. */
  actorLoss: 1,
  /** `explained_variance` after an update. */
  explainedVariance: 0.02,
  /** `entropy` as a share of the run's first one. */
  entropyShare: 0.2,
  /** `critic_loss` in units of half the mean square of the paid scores and penalties. */
  criticLoss: 20,
  /** A difference of probabilities between the sampler and the trainer. */
  probabilityDifference: 0.05,
} as const;

/** A metric that is there and finite. */
export const has = (row: RunRow, ...names: RunMetric[]): boolean =>
  names.every((name) => Number.isFinite(row[name]));

/** A metric; NaN if it is not there. */
export const at = (row: RunRow, name: RunMetric): number => row[name] ?? NaN;

/** A number with three digits, for a sentence. */
export const shown = (value: number): string =>
  value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)
    ? value.toExponential(1)
    : String(Number(value.toPrecision(3)));

/** A share as `81 %`. */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;

/** How far the new policy is from the old one, beyond what was there before the first step. */
export const movedKl = (row: RunRow): number =>
  Math.abs(at(row, "approx_kl")) - 2 * (row.first_approx_kl ?? 0);

/** Whether ratios compare the same distribution, so that they measure the steps alone. */
export const comparesAlike = (row: RunRow): boolean =>
  (row.first_approx_kl ?? 0) <= LIMITS.firstApproxKl;

/** KL to the reference in nats per token. */
export const klPerToken = (row: RunRow): number =>
  row.kl_per_token ?? at(row, "kl") / at(row, "response_length");

/** Whether the reward model gives all answers nearly the same raw score. */
export const lacksSpread = (row: RunRow): boolean =>
  at(row, "reward_std") <= LIMITS.rewardStd * Math.max(1, Math.abs(row.mean_reward ?? 0));

/**
 * The standard deviation of the paid scores without the penalty for a missing end token, which is 1
 * by default: Var(score) - p (1 - p), where p is the share of answers that end.
 */
export function paidStd(row: RunRow): number {
  const { eos_rate: ended = 1 } = row;
  return Math.sqrt(Math.max(0, at(row, "score_std") ** 2 - ended * (1 - ended)));
}

/** Whether most scores are clipped. */
export const isClipped = (row: RunRow): boolean => at(row, "score_clipped") > LIMITS.scoreClipped;

/** The critic's loss in units of what a critic that always predicts 0 has; NaN if unknown. */
export function relativeCriticLoss(row: RunRow): number {
  const squares = at(row, "score") ** 2 + at(row, "score_std") ** 2 +
    (row.non_score_reward ?? 0) ** 2;
  return at(row, "critic_loss") / (0.01 + squares / 2);
}

/** The distance of the sampled tokens' mean surprisal from the entropy. */
export const surprisalGap = (row: RunRow): number => at(row, "surprisal") - at(row, "entropy");
