/**
 * The metrics of an update: one row of numbers, the same names everywhere (GLOSSARY.md has those of other libraries).
 *
 * Everything is a mean over real answer tokens, or over answers; pads never count.
 */
import { approxKl, clipFraction, explainedVariance, k1, k3, meanOf, ratioMax, ratioMean } from "../rl/mod.ts";
import type { Sample } from "./experience.ts";
import type { ActorStep, ModelStep } from "./ppo_update.ts";

/** One update's metrics. */
export interface Metrics {
  /** Counted from 1. */
  readonly update: number;
  readonly timestep: number;
  /** The reward model's score, neither normalised nor clipped: mean over the pool, before its update. */
  readonly mean_reward: number;
  /** What answers were paid: normalised, clipped, less penalties. */
  readonly score: number;
  /** KL to the reference by k1, k3 (summed over an answer's tokens, mean over answers) and exactly (on a sample). */
  readonly kl: number;
  readonly kl_k3: number;
  readonly kl_exact: number;
  readonly response_length: number;
  /** Share of answers that ended by themselves. */
  readonly eos_rate: number;
  readonly explained_variance: number;
  readonly actor_loss: number;
  readonly critic_loss: number;
  /** KL between the sampling policy and the one being trained (k3). */
  readonly approx_kl: number;
  readonly ratio_mean: number;
  readonly ratio_max: number;
  readonly clip_fraction: number;
  readonly entropy: number;
  readonly actor_grad_norm: number;
  readonly critic_grad_norm: number;
  readonly seconds_generate: number;
  readonly seconds_score: number;
  readonly seconds_actor: number;
  readonly seconds_critic: number;
}

/** One minibatch's steps with the answers they were made on. */
export interface UpdateStep {
  readonly samples: readonly Sample[];
  readonly actor: ActorStep;
  readonly critic: ModelStep;
}

const sumOf = (row: readonly number[]): number => row.reduce((total, x) => total + x, 0);

/** What the pool says, before its update. */
export function poolMetrics(pool: readonly Sample[]) {
  const real = pool.map((sample) => {
    const cut = (row: readonly number[]) => row.slice(0, sample.answer.length);
    return {
      logProbs: cut(sample.logProbs),
      refLogProbs: cut(sample.refLogProbs),
      values: cut(sample.values),
      returns: cut(sample.returns),
    };
  });
  return {
    mean_reward: meanOf(pool.map(({ rawScore }) => rawScore)),
    score: meanOf(pool.map(({ score }) => score)),
    kl: meanOf(real.map((row) => sumOf(k1(row)))),
    kl_k3: meanOf(real.map((row) => sumOf(k3(row)))),
    response_length: meanOf(pool.map(({ answer }) => answer.length)),
    eos_rate: meanOf(pool.map(({ ended }) => ended ? 1 : 0)),
    explained_variance: explainedVariance(
      real.flatMap(({ values }) => values),
      real.flatMap(({ returns }) => returns),
    ),
  };
}

/** What the update's steps say: means over its minibatches. */
export function stepMetrics(steps: readonly UpdateStep[], { clipRange }: { clipRange: number }) {
  const over = steps.map(({ samples, actor, critic }) => {
    const flat = (rows: readonly (readonly number[])[]) =>
      rows.flatMap((row, index) => row.slice(0, samples[index].answer.length));
    const both = {
      logProbs: flat(actor.logProbs),
      oldLogProbs: flat(samples.map(({ logProbs }) => logProbs)),
    };
    return {
      actor_loss: actor.loss,
      critic_loss: critic.loss,
      approx_kl: approxKl(both),
      ratio_mean: ratioMean(both),
      ratio_max: ratioMax(both),
      clip_fraction: clipFraction(both, { clipRange }),
      entropy: meanOf(flat(actor.entropy)),
      actor_grad_norm: actor.gradNorm,
      critic_grad_norm: critic.gradNorm,
    };
  });
  const mean = (key: keyof typeof over[number]) => meanOf(over.map((row) => row[key]));
  return {
    actor_loss: mean("actor_loss"),
    critic_loss: mean("critic_loss"),
    approx_kl: mean("approx_kl"),
    ratio_mean: mean("ratio_mean"),
    ratio_max: Math.max(...over.map((row) => row.ratio_max)),
    clip_fraction: mean("clip_fraction"),
    entropy: mean("entropy"),
    actor_grad_norm: mean("actor_grad_norm"),
    critic_grad_norm: mean("critic_grad_norm"),
  };
}
