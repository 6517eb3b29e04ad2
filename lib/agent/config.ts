/**
 * The configuration of a run under standard names, and the mapping from Stable-Baselines3's names
 * to them.
 */
import { CONTROL_SETTINGS, type ControlSettings, defaultsOf } from "../settings/mod.ts";

/** The fields that are copies of one setting, with the name of that setting. */
export const AGENT_SETTING_OF = {
  /** Steps of all environments together. */
  totalTimesteps: "total_timesteps",
  /** Environments that are stepped together. */
  envs: "n_envs",
  /** Steps of each environment per update. */
  steps: "n_steps",
  /** Steps per optimizer step. */
  minibatchSize: "batch_size",
  /** Passes over the steps of an update. */
  epochs: "n_epochs",
  /** Adam's learning rate at the start. */
  learningRate: "learning_rate",
  /** The decay of the learning rate: constant or linear. */
  learningRateSchedule: "lr_schedule",
  /** The discount factor. */
  gamma: "gamma",
  /** Lambda of GAE. */
  lambda: "gae_lambda",
  /** The clip range of the probability ratio at the start. */
  clipRange: "clip_range",
  /** The decay of the clip range: constant or linear. */
  clipRangeSchedule: "clip_range_schedule",
  /** Whether to whiten the advantages of each minibatch. */
  normaliseAdvantages: "normalize_advantage",
  /** The weight of the entropy bonus. */
  entropyCoef: "ent_coef",
  /** The weight of the mean squared error of the values. */
  valueCoef: "vf_coef",
  /** Whether to normalise observations by their running mean and variance. */
  normaliseObservations: "norm_obs",
  /** Whether to divide rewards by the standard deviation of discounted returns. */
  normaliseRewards: "norm_reward",
  /** Whether V counts after an episode that was truncated. */
  bootstrapTruncated: "bootstrap_truncated",
  /** Whether exploration noise depends on the state (gSDE). */
  stateDependentNoise: "use_sde",
  /** The log standard deviation of continuous actions at the start. */
  initialLogStd: "log_std_init",
  /** Whether the standard deviation keeps its initial value. */
  fixedStd: "fixed_std",
  /** Whether the initial weights are orthogonal; if not, they are uniform. */
  orthogonal: "ortho_init",
  /** The numbers in each hidden layer. */
  hidden: "hidden_size",
  /** Adam's epsilon. */
  adamEpsilon: "adam_epsilon",
} as const satisfies Readonly<Record<string, keyof ControlSettings>>;

/** Everything that a run depends on besides its environment and seed. */
export type AgentConfig =
  & {
    readonly [Field in keyof typeof AGENT_SETTING_OF]:
      ControlSettings[typeof AGENT_SETTING_OF[Field]];
  }
  & {
    /** The activation of the hidden layers. */
    readonly activation: "tanh" | "relu";
    /** The clip range of a new value around the old one, or Infinity. */
    readonly valueClipRange: number;
    /** The limit of the gradient norm, or Infinity. */
    readonly maxGradNorm: number;
    /** An update ends at 1.5 times this KL divergence, or at Infinity. */
    readonly targetKl: number;
    /** Steps between two noise matrices of gSDE. */
    readonly noiseSteps: number;
  };

/**
 * The configuration for some settings; the others keep Stable-Baselines3's defaults.
 *
 * @example
 * ```ts
 * import { agentConfig } from "ppo/agent/mod.ts";
 * import assert from "node:assert/strict";
 * const { lambda, targetKl } = agentConfig({ gae_lambda: 0.8 });
 * assert.deepEqual([lambda, targetKl], [0.8, Infinity]);
 * ```
 */
export function agentConfig(given: Partial<ControlSettings> = {}): AgentConfig {
  const settings = { ...defaultsOf(CONTROL_SETTINGS), ...given };
  const { clip_range_vf, max_grad_norm, target_kl, sde_sample_freq, n_steps } = settings;
  // the table's own fields
  const copied = Object.fromEntries(
    Object.entries(AGENT_SETTING_OF).map(([field, name]) => [field, settings[name]]),
  ) as {
    [Field in keyof typeof AGENT_SETTING_OF]: ControlSettings[typeof AGENT_SETTING_OF[Field]];
  };
  return {
    ...copied,
    activation: settings.activation_fn === "relu" ? "relu" : "tanh",
    valueClipRange: clip_range_vf || Infinity,
    maxGradNorm: max_grad_norm || Infinity,
    targetKl: target_kl || Infinity,
    noiseSteps: sde_sample_freq > 0 ? sde_sample_freq : n_steps,
  };
}
