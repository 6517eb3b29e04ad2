/**
 * The metrics of an update: one row of numbers, the same names everywhere (GLOSSARY.md has those of other libraries).
 *
 * Everything is a mean over real answer tokens, or over answers; pads never count.
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
} from "../rl/mod.ts";
import type { Sample } from "./sample.ts";
import type { UpdateStep } from "./update.ts";

/** One update's metrics. */
export interface Metrics {
  /** Counted from 1. */
  readonly update: number;
  /** Timesteps done, counted from 1. */
  readonly timestep: number;
  /** The reward model's score, neither normalised nor clipped: mean over the pool, before its update. */
  readonly mean_reward: number;
  /** What answers were paid: normalised, clipped, less penalties. */
  readonly score: number;
  /** KL to the reference by k1, k3 (summed over an answer's tokens, mean over answers) and exactly (on a sample). */
  readonly kl: number;
  /** By k3, whose terms are never negative. */
  readonly kl_k3: number;
  /** Over the whole vocabulary, on a sample of the pool. */
  readonly kl_exact: number;
  /** Tokens an answer, [SEP] included. */
  readonly response_length: number;
  /** Share of answers that ended by themselves. */
  readonly eos_rate: number;
  /** 1 - Var(returns - values) / Var(returns). */
  readonly explained_variance: number;
  /** The clipped loss, mean over the minibatches. */
  readonly actor_loss: number;
  /** The clipped value loss, mean over the minibatches. */
  readonly critic_loss: number;
  /** KL between the sampling policy and the one being trained (k3). */
  readonly approx_kl: number;
  /** pi / pi_old, mean over tokens. */
  readonly ratio_mean: number;
  /** pi / pi_old, the largest of all tokens. */
  readonly ratio_max: number;
  /** Share of tokens whose ratio lies outside 1 +- `policy_clip_eps`. */
  readonly clip_fraction: number;
  /** Nats a token, of the distribution that is sampled from. */
  readonly entropy: number;
  /** Global norm before clipping. */
  readonly actor_grad_norm: number;
  /** Global norm before clipping. */
  readonly critic_grad_norm: number;
  /** Sampling answers, since the last update. */
  readonly seconds_generate: number;
  /** Scoring them, since the last update. */
  readonly seconds_score: number;
  /** The actor's steps. */
  readonly seconds_actor: number;
  /** The critic's steps. */
  readonly seconds_critic: number;
}

const sumOf = (row: readonly number[]): number => row.reduce((total, x) => total + x, 0);

/** The metrics of a pool of answers. */
export type PoolMetrics = Pick<
  Metrics,
  "mean_reward" | "score" | "kl" | "kl_k3" | "response_length" | "eos_rate" | "explained_variance"
>;

/** What the pool says, before its update. */
export const poolMetrics = (pool: readonly Sample[]): PoolMetrics => ({
  mean_reward: meanOf(pool.map(({ rawScore }) => rawScore)),
  score: meanOf(pool.map(({ score }) => score)),
  kl: meanOf(pool.map((sample) => sumOf(k1(sample)))),
  kl_k3: meanOf(pool.map((sample) => sumOf(k3(sample)))),
  response_length: meanOf(pool.map(({ answer }) => answer.length)),
  eos_rate: meanOf(pool.map(({ ended }) => ended ? 1 : 0)),
  explained_variance: explainedVariance(
    pool.flatMap(({ values }) => values),
    pool.flatMap(({ returns }) => returns),
  ),
});

/** The metrics of an update's steps. */
export type StepMetrics = Pick<
  Metrics,
  | "actor_loss"
  | "critic_loss"
  | "approx_kl"
  | "ratio_mean"
  | "ratio_max"
  | "clip_fraction"
  | "entropy"
  | "actor_grad_norm"
  | "critic_grad_norm"
>;

/** What the update's steps say: means over its minibatches, but the largest of their `ratio_max`. */
export const stepMetrics = (
  steps: readonly UpdateStep[],
  options: { clipRange: number },
): StepMetrics => meanStepMetrics(steps.map((step) => oneStepMetrics(step, options)));

/** What one minibatch's step says. */
export function oneStepMetrics(
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
  };
}

/** The metrics of an update from those of its steps: means, but the largest `ratio_max`. */
export function meanStepMetrics(steps: readonly StepMetrics[]): StepMetrics {
  const mean = (key: keyof StepMetrics) => meanOf(steps.map((row) => row[key]));
  return {
    actor_loss: mean("actor_loss"),
    critic_loss: mean("critic_loss"),
    approx_kl: mean("approx_kl"),
    ratio_mean: mean("ratio_mean"),
    ratio_max: Math.max(...steps.map((row) => row.ratio_max)),
    clip_fraction: mean("clip_fraction"),
    entropy: mean("entropy"),
    actor_grad_norm: mean("actor_grad_norm"),
    critic_grad_norm: mean("critic_grad_norm"),
  };
}
