/**
 * The training loop of PPO (Schulman et al. 2017, algorithm 1): collect steps, update on them,
 * report, and repeat.
 */
import { explainedVariance, meanOf } from "../rl/mod.ts";
import type { StepMetrics } from "./learner.ts";
import { type Experience, rollout } from "./rollout.ts";
import type { AgentRun } from "./run.ts";
import { updateAgent } from "./update.ts";

/** The metrics of an update, with Stable-Baselines3's names where it has them. */
export interface AgentMetrics {
  /** Updates made. */
  readonly update: number;
  /** Steps of all environments together. */
  readonly timesteps: number;
  /** Episodes that have ended. */
  readonly episodes: number;
  /** The mean return of the last 100 episodes; null before the first one has ended. */
  readonly ep_rew_mean: number | null;
  /** Their mean length; null before the first one has ended. */
  readonly ep_len_mean: number | null;
  /** The clipped policy loss. */
  readonly policy_gradient_loss: number;
  /** The mean squared error of the values. */
  readonly value_loss: number;
  /** The entropy of the policy, in nats. */
  readonly entropy: number;
  /** The KL divergence from the policy of the rollout at the last step, in nats. */
  readonly approx_kl: number;
  /** The share of steps whose gradient the clip range removes. */
  readonly clip_fraction: number;
  /** The share of the variance of the returns that the values of the rollout explain. */
  readonly explained_variance: number;
  /** The mean norm of the gradient before clipping. */
  readonly grad_norm: number;
  /** Adam's learning rate. */
  readonly learning_rate: number;
  /** The clip range of the probability ratio. */
  readonly clip_range: number;
  /** Optimizer steps of this update. */
  readonly optimizer_steps: number;
}

/** Trains to the end of the schedule and yields a row of metrics for each update. */
export async function* trainAgent(
  run: AgentRun,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<AgentMetrics> {
  const { config, design, learner, random } = run;
  while (run.progress.timesteps < config.totalTimesteps) {
    signal?.throwIfAborted();
    const experience = await rollout(run);
    const timesteps = run.progress.timesteps + config.steps * config.envs;
    const rates = annealed(run, timesteps);
    const steps: StepMetrics[] = [];
    const options = { ...config, ...rates, design, random: random.next };
    for await (const step of updateAgent(learner, experience, options)) steps.push(step);
    run.progress = { timesteps, updates: run.progress.updates + 1 };
    yield metricsOf(run, { experience, steps, rates });
  }
}

type Rates = Readonly<Record<"learningRate" | "clipRange", number>>;

/** The learning rate and the clip range, which a linear schedule brings to 0 at the end. */
function annealed({ config }: AgentRun, timesteps: number): Rates {
  const left = Math.max(0, 1 - timesteps / config.totalTimesteps);
  return {
    learningRate: config.learningRate * (config.learningRateSchedule === "linear" ? left : 1),
    clipRange: config.clipRange * (config.clipRangeSchedule === "linear" ? left : 1),
  };
}

function metricsOf(
  { progress, episodes: { recent, ended } }: AgentRun,
  { experience, steps, rates }: {
    readonly experience: Experience;
    readonly steps: readonly StepMetrics[];
    readonly rates: Rates;
  },
): AgentMetrics {
  const mean = (name: keyof StepMetrics) =>
    steps.length === 0 ? 0 : meanOf(steps.map((step) => step[name]));
  const ofEpisodes = (name: "return" | "length") =>
    recent.length === 0 ? null : meanOf(recent.map((episode) => episode[name]));
  return {
    update: progress.updates,
    timesteps: progress.timesteps,
    episodes: ended,
    ep_rew_mean: ofEpisodes("return"),
    ep_len_mean: ofEpisodes("length"),
    policy_gradient_loss: mean("policyLoss"),
    value_loss: mean("valueLoss"),
    entropy: mean("entropy"),
    approx_kl: steps.at(-1)?.approxKl ?? 0,
    clip_fraction: mean("clipFraction"),
    explained_variance: explainedVariance(experience.values, experience.returns),
    grad_norm: mean("gradNorm"),
    learning_rate: rates.learningRate,
    clip_range: rates.clipRange,
    optimizer_steps: steps.length,
  };
}
