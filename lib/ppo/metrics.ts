/**
 * The metrics of an update as one row of numbers, with the same names in logs, figures and tables
 * (GLOSSARY.md lists their names in other libraries). Means are over answer tokens or over answers,
 * never over padding.
 */
import {
  approxKl,
  clipFraction,
  explainedVariance,
  k1,
  k3,
  meanOf,
  ratioMax,
  ratioMean,
  varianceOf,
} from "../rl/mod.ts";
import { EXACT_KL } from "../settings/mod.ts";
import { say } from "../text/mod.ts";
import type { RunModels } from "./create_models.ts";
import type { Sample } from "./sample.ts";
import type { Stopwatch } from "./watched_models.ts";
import type { UpdateStep } from "./update.ts";

/** Metrics of a pool, measured before its update. */
export interface PoolMetrics {
  /**
   * The reward model's raw score, before normalisation and clipping, averaged over answers.
   * The name `mean_reward` is the tutorial's.
   */
  readonly mean_reward: number;
  /** Standard deviation of the raw scores over answers. */
  readonly reward_std: number;
  /**
   * The score that is added to the last token's reward (normalised, clipped, minus the penalty for
   * a missing end token), averaged over answers.
   */
  readonly score: number;
  /** Standard deviation of the same over answers. */
  readonly score_std: number;
  /**
   * Share of answers that have the same score as an answer with another raw score, because both
   * were clipped.
   */
  readonly score_clipped: number;
  /**
   * All rewards except the score, summed over an answer's tokens and averaged over answers: the
   * negative KL penalty.
   */
  readonly non_score_reward: number;
  /**
   * The k1 estimate of the KL to the reference in nats, summed over an answer's tokens and
   * averaged over answers.
   */
  readonly kl: number;
  /** The same with k3, whose terms are never negative. */
  readonly kl_k3: number;
  /** Tokens per answer, including [SEP], averaged over answers. */
  readonly response_length: number;
  /** Share of answers that ended with [SEP]. */
  readonly eos_rate: number;
  /** -log pi_old(a_t) in nats, mean over tokens. Its expectation is the entropy. */
  readonly surprisal: number;
  /** 1 - Var(returns - values) / Var(returns). */
  readonly explained_variance: number;
  /**
   * |R_T - r_T|, the part of the return that comes from after the last token, mean over answers. It
   * is 0, because nothing comes after the last token.
   */
  readonly return_after_end: number;
}

/** Metrics of an optimizer step, or their means over the steps of an update. */
export interface StepMetrics {
  /** The clipped policy loss. */
  readonly actor_loss: number;
  /** The clipped value loss. */
  readonly critic_loss: number;
  /**
   * The k3 estimate of the KL between the sampling policy and the one being trained, in nats per
   * token.
   */
  readonly approx_kl: number;
  /** pi / pi_old, mean over tokens. */
  readonly ratio_mean: number;
  /** The largest pi / pi_old of all tokens. */
  readonly ratio_max: number;
  /** Share of tokens whose ratio lies outside 1 +- `policy_clip_eps`. */
  readonly clip_fraction: number;
  /** Entropy of the sampling distribution in nats, mean over tokens. */
  readonly entropy: number;
  /** The actor's global gradient norm before clipping. */
  readonly actor_grad_norm: number;
  /** The critic's global gradient norm before clipping. */
  readonly critic_grad_norm: number;
  /** Root mean square of the advantages in the loss, over tokens; about 1 with whitening. */
  readonly advantage_rms: number;
}

/** Metrics of the optimizer steps of an update. */
export interface UpdateMetrics extends StepMetrics {
  /** `approx_kl` of the update's first step, which is 0: nothing has moved yet. */
  readonly first_approx_kl: number;
  /** The number of optimizer steps, which `target_kl` may reduce. */
  readonly optimizer_steps: number;
}

/** The metrics of one update. Times are in seconds since the last update. */
export interface Metrics extends PoolMetrics, UpdateMetrics, ReturnType<Stopwatch["lap"]> {
  /** The number of the update, counted from 1. */
  readonly update: number;
  /** Timesteps completed, counted from 1. */
  readonly timestep: number;
  /**
   * The exact KL to the reference in nats, summed over an answer's tokens and averaged over the
   * pool's last answers.
   */
  readonly kl_exact: number;
}

const sumOf = (row: readonly number[]): number => row.reduce((total, x) => total + x, 0);

/**
 * The metrics of a pool that can be computed from its numbers alone.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { poolMetrics } from "ppo/ppo/mod.ts";
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const { kl, mean_reward } = poolMetrics([sampleOf(7, 1), sampleOf(8, 1)]);
 * deepEqual([kl, mean_reward], [0, 2]); // the policy is still its own reference
 * ```
 */
export const poolMetrics = (pool: readonly Sample[]): PoolMetrics => ({
  mean_reward: meanOf(pool.map(({ rawScore }) => rawScore)),
  reward_std: deviationOf(pool.map(({ rawScore }) => rawScore)),
  score: meanOf(pool.map(({ score }) => score)),
  score_std: deviationOf(pool.map(({ score }) => score)),
  score_clipped: clippedShare(pool),
  non_score_reward: meanOf(pool.map(({ rewards, score }) => sumOf(rewards) - score)),
  kl: meanOf(pool.map((sample) => sumOf(k1(sample)))),
  kl_k3: meanOf(pool.map((sample) => sumOf(k3(sample)))),
  response_length: meanOf(pool.map(({ answer }) => answer.length)),
  eos_rate: meanOf(pool.map(({ ended }) => ended ? 1 : 0)),
  surprisal: -meanOf(pool.flatMap(({ logProbs }) => logProbs)),
  explained_variance: explainedVariance(
    pool.flatMap(({ values }) => values),
    pool.flatMap(({ returns }) => returns),
  ),
  return_after_end: meanOf(
    pool.map(({ returns, rewards }) => Math.abs((returns.at(-1) ?? 0) - (rewards.at(-1) ?? 0))),
  ),
});

const deviationOf = (row: readonly number[]): number => Math.sqrt(varianceOf(row));

/** The share of answers whose score equals that of an answer with another raw score. */
function clippedShare(pool: readonly Sample[]): number {
  const groups = [...Map.groupBy(pool, ({ score }) => score).values()];
  const clipped = groups.filter((group) => new Set(group.map(({ rawScore }) => rawScore)).size > 1);
  return clipped.flat().length / pool.length;
}

/**
 * The metrics of a pool before its update, with the exact KL of its last answers.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { measurePool } from "ppo/ppo/mod.ts";
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const exactKl = () => Promise.resolve(0.5);
 * deepEqual((await measurePool({ exactKl }, [sampleOf(7, 1)])).kl_exact, 0.5);
 * ```
 */
export const measurePool = async (
  { exactKl }: Pick<RunModels, "exactKl">,
  pool: readonly Sample[],
): Promise<PoolMetrics & Pick<Metrics, "kl_exact">> => ({
  ...poolMetrics(pool),
  kl_exact: await exactKl(pool.slice(-EXACT_KL.answers)),
});

/**
 * The metrics of the optimizer steps on one minibatch.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { stepMetrics } from "ppo/ppo/mod.ts";
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const actor = { loss: -2, gradNorm: 1, logProbs: [[-1]], entropy: [[0.5]] };
 * const step = { samples: [sampleOf(7, 1)], actor, critic: { loss: 3, gradNorm: 1 } };
 * const { ratio_mean, entropy } = stepMetrics(step, { clipRange: 0.2 });
 * deepEqual([ratio_mean, entropy], [1, 0.5]); // nothing has moved yet
 * ```
 */
export function stepMetrics(
  { samples, actor, critic }: UpdateStep,
  { clipRange }: { clipRange: number },
): StepMetrics {
  const both = {
    logProbs: actor.logProbs.flat(),
    oldLogProbs: samples.flatMap(({ logProbs }) => logProbs),
  };
  return {
    actor_loss: actor.loss,
    critic_loss: critic.loss,
    approx_kl: approxKl(both),
    ratio_mean: ratioMean(both),
    ratio_max: ratioMax(both),
    clip_fraction: clipFraction(both, { clipRange }),
    entropy: meanOf(actor.entropy.flat()),
    actor_grad_norm: actor.gradNorm,
    critic_grad_norm: critic.gradNorm,
    advantage_rms: Math.sqrt(
      meanOf(samples.flatMap(({ advantages }) => advantages.map((advantage) => advantage ** 2))),
    ),
  };
}

/**
 * Combines the metrics of an update's steps into their means and the largest `ratio_max`.
 *
 * @throws RangeError when there is no step.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { meanStepMetrics, stepMetrics } from "ppo/ppo/mod.ts";
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const actor = { loss: -2, gradNorm: 1, logProbs: [[-1]], entropy: [[0.5]] };
 * const step = { samples: [sampleOf(7, 1)], actor, critic: { loss: 3, gradNorm: 1 } };
 * const metrics = stepMetrics(step, { clipRange: 0.2 });
 * deepEqual(meanStepMetrics([metrics, metrics]).entropy, metrics.entropy);
 * ```
 */
export function meanStepMetrics(steps: readonly StepMetrics[]): UpdateMetrics {
  if (steps.length === 0) {
    throw new RangeError(say({
      en: "Cannot train: the update ended before its first step, because the policy was more " +
        "than 1.5 target_kl away from the one that sampled; raise target_kl",
      zh: "无法训练：更新在第一步之前就结束了，因为策略与采样时的策略相差超过 1.5 倍 target_kl；" +
        "请调高 target_kl",
    }));
  }
  const names = Object.keys(steps[0]) as (keyof StepMetrics)[]; // a step's own names
  const means = names.map((name) => [name, meanOf(steps.map((step) => step[name]))]);
  const ratio_max = Math.max(...steps.map((step) => step.ratio_max));
  const first = { first_approx_kl: steps[0].approx_kl, optimizer_steps: steps.length };
  return { ...Object.fromEntries(means) as StepMetrics, ratio_max, ...first };
}
