/**
 * The settings of PPO on control tasks, and the flags of the `control` command.
 *
 * Names and defaults are those of Stable-Baselines3's `PPO`, its `ActorCriticPolicy` and its
 * `VecNormalize`, wherever they have one. Each environment's own values come from a preset
 * (`lib/agent/presets.ts`).
 */
import type { SettingTable, SettingValues } from "./setting_spec.ts";

/** The settings of a run besides its environment and seed. */
export const CONTROL_SETTINGS = {
  total_timesteps: { int: 100_000, min: 1, help: "steps of all environments together" },
  n_envs: { int: 1, min: 1, help: "environments that are stepped together" },
  n_steps: { int: 2048, min: 1, help: "steps of each environment per update" },
  batch_size: { int: 64, min: 1, help: "steps per optimizer step" },
  n_epochs: { int: 10, min: 1, help: "passes over the steps of an update" },
  learning_rate: { float: 3e-4, min: 0, help: "Adam learning rate" },
  lr_schedule: { choice: ["constant", "linear"], help: "decay of the learning rate" },
  gamma: { float: 0.99, min: 0, max: 1, help: "discount factor" },
  gae_lambda: { float: 0.95, min: 0, max: 1, help: "lambda of GAE" },
  clip_range: { float: 0.2, min: 0, help: "clip range of the probability ratio" },
  clip_range_schedule: { choice: ["constant", "linear"], advanced: "decay of the clip range" },
  clip_range_vf: { float: 0, min: 0, advanced: "clip range of values; 0: no clipping" },
  normalize_advantage: { bool: true, help: "whiten the advantages of each minibatch" },
  ent_coef: { float: 0, help: "weight of the entropy bonus" },
  vf_coef: { float: 0.5, min: 0, help: "weight of the mean squared error of the values" },
  max_grad_norm: { float: 0.5, min: 0, help: "limit of the gradient norm; 0: none" },
  target_kl: { float: 0, min: 0, help: "end an update at 1.5 times this KL; 0: never" },
  norm_obs: { bool: false, help: "normalise observations by their running mean and variance" },
  norm_reward: { bool: false, help: "divide rewards by the deviation of discounted returns" },
  bootstrap_truncated: { bool: true, advanced: "count V after an episode that was truncated" },
  use_sde: { bool: false, help: "exploration noise that depends on the state (gSDE)" },
  sde_sample_freq: { int: -1, min: -1, advanced: "steps between gSDE noise matrices; -1: n_steps" },
  log_std_init: { float: 0, advanced: "initial log standard deviation of continuous actions" },
  fixed_std: { bool: false, advanced: "keep the standard deviation at its initial value" },
  ortho_init: { bool: true, advanced: "orthogonal initial weights; false: PyTorch's uniform ones" },
  activation_fn: { choice: ["tanh", "relu"], advanced: "activation of the hidden layers" },
  hidden_size: { int: 64, min: 1, advanced: "numbers in each of the two hidden layers" },
  adam_epsilon: { float: 1e-5, above: 0, advanced: "Adam's epsilon" },
} as const satisfies SettingTable;

/** The values of a run. */
export type ControlSettings = SettingValues<typeof CONTROL_SETTINGS>;

/** The names of the presets. */
export const CONTROL_PRESETS = ["zoo", "beginners", "beginners-optimized"] as const;

/** The flags of the `control` command. */
export const CONTROL_FLAGS = {
  env: { text: "CartPole-v1", help: "environment" },
  preset: { choice: CONTROL_PRESETS, help: "settings to start from" },
  seeds: {
    text: "1",
    pattern: /^\d+(,\d+)*$/,
    form: "whole numbers separated by commas, such as 1,2,3",
    help: "random seeds; each one is a run of its own",
  },
  ...CONTROL_SETTINGS,
  eval_episodes: { int: 100, min: 1, help: "episodes of the evaluation after training" },
  output_dir: { text: "", help: "folder of the runs; empty: out/control/ENV" },
  resume: { text: "", help: "folder whose unfinished runs are continued exactly" },
  replay: { text: "", help: "folder of a run whose policy is evaluated and drawn" },
  save_every: { int: 20, min: 1, advanced: "updates between saved states" },
  jobs: { int: 0, min: 0, advanced: "runs at once; 0: one per core" },
} as const satisfies SettingTable;
