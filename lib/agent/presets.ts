/**
 * Tuned settings for each environment.
 *
 * - `zoo`: rl-zoo3 2.9.2, `hyperparams/ppo.yml`.
 * - `beginners`: PPO-for-Beginners (ericyangyu), the basic version: one environment, whole batches,
 *   returns without a bootstrap, ReLU networks and a fixed covariance of 0.5.
 * - `beginners-optimized`: the same with the improvements of its fourth part: GAE, minibatches, an
 *   annealed learning rate, gradient clipping and an early end of an update by its KL divergence.
 *
 * PPO-for-Beginners ends a rollout with a whole episode. Here a rollout has a fixed number of
 * steps, which is that of its 11 episodes of 200 steps on Pendulum, with a step for each reset.
 */
import type { CONTROL_PRESETS, ControlSettings } from "../settings/mod.ts";
import type { ENV_IDS } from "../control/mod.ts";

/** The name of a preset. */
export type PresetName = typeof CONTROL_PRESETS[number];
/** The name of an environment. */
export type EnvId = typeof ENV_IDS[number];

type Preset = Readonly<Partial<ControlSettings>>;

const ZOO: Readonly<Record<EnvId, Preset>> = {
  "CartPole-v1": {
    n_envs: 8,
    total_timesteps: 100_000,
    n_steps: 32,
    batch_size: 256,
    gae_lambda: 0.8,
    gamma: 0.98,
    n_epochs: 20,
    learning_rate: 1e-3,
    lr_schedule: "linear",
    clip_range: 0.2,
    clip_range_schedule: "linear",
  },
  "Pendulum-v1": {
    n_envs: 4,
    total_timesteps: 100_000,
    n_steps: 1024,
    gae_lambda: 0.95,
    gamma: 0.9,
    n_epochs: 10,
    learning_rate: 1e-3,
    clip_range: 0.2,
    use_sde: true,
    sde_sample_freq: 4,
  },
  "MountainCarContinuous-v0": {
    norm_obs: true,
    norm_reward: true,
    n_envs: 1,
    total_timesteps: 20_000,
    batch_size: 256,
    n_steps: 8,
    gamma: 0.9999,
    learning_rate: 7.77e-5,
    ent_coef: 0.00429,
    clip_range: 0.1,
    n_epochs: 10,
    gae_lambda: 0.9,
    max_grad_norm: 5,
    vf_coef: 0.19,
    use_sde: true,
    log_std_init: -3.29,
    ortho_init: false,
  },
  "Acrobot-v1": {
    norm_obs: true,
    norm_reward: true,
    n_envs: 16,
    total_timesteps: 1_000_000,
    n_steps: 256,
    gae_lambda: 0.94,
    gamma: 0.99,
    n_epochs: 4,
  },
};

const BEGINNERS: Preset = {
  n_envs: 1,
  n_steps: 2211, // 11 episodes of 200 steps, and 11 resets
  batch_size: 2211,
  n_epochs: 10,
  learning_rate: 3e-4,
  gamma: 0.99,
  gae_lambda: 1, // returns minus values
  bootstrap_truncated: false,
  clip_range: 0.2,
  max_grad_norm: 0,
  vf_coef: 1,
  log_std_init: Math.log(0.5) / 2,
  fixed_std: true,
  ortho_init: false,
  activation_fn: "relu",
  adam_epsilon: 1e-8,
};

const BEGINNERS_OPTIMIZED: Preset = {
  ...BEGINNERS,
  batch_size: 369, // 6 minibatches
  lr_schedule: "linear",
  gae_lambda: 0.98,
  max_grad_norm: 0.5,
  target_kl: 0.02,
};

/** Its published numbers of steps. */
const BEGINNERS_TIMESTEPS: Readonly<Partial<Record<EnvId, number>>> = {
  "Pendulum-v1": 1_005_000,
  "MountainCarContinuous-v0": 405_000,
};

/**
 * The settings of a preset for an environment.
 *
 * @example
 * ```ts
 * import { presetSettings } from "ppo/agent/mod.ts";
 * import assert from "node:assert/strict";
 * assert.equal(presetSettings("CartPole-v1", "zoo").n_envs, 8);
 * assert.equal(presetSettings("Pendulum-v1", "beginners").fixed_std, true);
 * ```
 */
export function presetSettings(
  id: EnvId,
  preset: PresetName,
): Readonly<Partial<ControlSettings>> {
  if (preset === "zoo") return ZOO[id];
  const total_timesteps = BEGINNERS_TIMESTEPS[id] ?? ZOO[id].total_timesteps ?? 100_000;
  return { ...preset === "beginners" ? BEGINNERS : BEGINNERS_OPTIMIZED, total_timesteps };
}
