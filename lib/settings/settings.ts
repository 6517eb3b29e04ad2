/**
 * Every setting of PPO training in one table.
 *
 * Names and defaults are the tutorial's wherever it has them. The exceptions are the defaults of
 * sampling, which are the correct ones (repetition_penalty 1, no top-k or top-p). Each of the
 * tutorial's defects is a switch, and `faithful` turns all of them on (`validate_settings.ts`).
 */
import type { SettingTable, SettingValues } from "./setting_spec.ts";

/**
 * The tutorial's silent mistakes as switches. All are off by default. A chapter can turn one on to
 * show its effect.
 */
export const DEFECTS = {
  left_pad_without_positions: {
    bool: false,
    advanced: "defect: position ids count the left padding",
  },
  gae_over_padding: { bool: false, advanced: "defect: GAE and KL include the padding" },
  dropout_in_update: { bool: false, advanced: "defect: dropout in updates, not in rollouts" },
  log_probs_of_raw_distribution: { bool: false, advanced: "defect: log-probs of raw logits" },
  shuffle_whole_batches: { bool: false, advanced: "defect: shuffle whole batches, not answers" },
  prompts_through_set: { bool: false, advanced: "defect: prompt order ignores the seed" },
} as const satisfies SettingTable;

/** The name of a defect's switch. */
export type DefectName = keyof typeof DEFECTS;

/** The switches that `faithful` turns on. */
export const DEFECT_NAMES: readonly string[] = Object.keys(DEFECTS);

/**
 * The settings of PPO besides its paths.
 *
 * With `gpu_buffers` set to `buckets`, buffers of up to 160 MiB are shared between lengths. Exact
 * sizes are faster with large models, but one buffer is kept for every length that occurs. With
 * `frozen_dtype` set to `float16`, frozen models take half the memory and still compute in float32.
 */
export const SETTINGS_WITHOUT_PATHS = {
  device: {
    text: "auto",
    pattern: /^(auto|cpu|webgpu|-?\d+)$/,
    form: "auto, cpu, webgpu or a GPU number",
    help: "compute device",
  },
  gpu_buffers: { choice: ["buckets", "exact"], advanced: "how GPU buffers are reused" },
  seed: { int: 2048, min: 0, help: "random seed" },
  max_len: { int: 768, min: 1, help: "maximum tokens in a prompt and its answer together" },
  query_len: { int: 64, min: 1, help: "maximum tokens in an answer" },
  batch_size: { int: 16, min: 1, help: "prompts per timestep" },
  num_return_sequences: { int: 1, min: 1, help: "answers per prompt" },
  num_episodes: { int: 3, min: 1, help: "episodes; a checkpoint is saved after each" },
  max_timesteps: { int: 80, min: 1, help: "timesteps per episode" },
  update_timesteps: { int: 20, min: 1, help: "timesteps of experience per update" },
  ppo_epoch: { int: 2, min: 1, help: "passes over the experience in each update" },
  mini_batch_size: { int: 0, min: 0, help: "answers per optimizer step; 0: a whole timestep" },
  micro_batch_size: { int: 0, min: 0, advanced: "answers per training pass; 0: the minibatch" },
  blocks_per_program: { int: 0, min: 0, advanced: "blocks per checkpointing segment; 0: off" },
  logits_at_once: { int: 0, min: 0, advanced: "answer tokens per chunk of actor logits; 0: all" },
  score_batch_size: { int: 0, min: 0, advanced: "answers per scoring pass; 0: chosen for speed" },
  generate_batch_size: {
    int: 0,
    min: 0,
    advanced: "answers generated at once; 0: a whole timestep",
  },
  spare_memory: { bool: false, advanced: "load frozen models and caches only when needed" },
  frozen_dtype: { choice: ["float32", "float16"], advanced: "GPU dtype of frozen models" },
  memory_gib: { float: 0, min: 0, help: "CPU memory budget in GiB; 0: 4/5 of the free memory" },
  learning_rate: { float: 1e-5, min: 0, help: "Adam learning rate of the actor and the critic" },
  lr_schedule: {
    choice: ["constant", "linear", "cosine"],
    advanced: "decay of the rate",
  },
  warmup_proportion: { float: 0, min: 0, max: 1, advanced: "share of steps used for warm-up" },
  target_kl: { float: 0, min: 0, help: "end an update at 1.5 times this KL; 0: never" },
  adam_epsilon: { float: 1e-5, above: 0, help: "Adam epsilon" },
  max_grad_norm: { float: 1, above: 0, help: "maximum global norm of the gradient" },
  kl_coef: { float: 0.02, min: 0, help: "weight of the KL penalty against the reference model" },
  gamma: { float: 1, min: 0, max: 1, help: "discount factor" },
  lam: { float: 0.95, min: 0, max: 1, help: "GAE lambda" },
  policy_clip_eps: { float: 0.2, above: 0, help: "clip range of the probability ratio" },
  value_clip_eps: { float: 0.2, above: 0, help: "clip range of the value update" },
  reward_clip_eps: { float: 5, above: 0, help: "scores are clipped at plus or minus this value" },
  whiten_advantages: { bool: true, help: "whiten the advantages of each update" },
  normalise_scores: { bool: true, help: "normalise scores by their mean and std on SFT answers" },
  fresh_value_head: { bool: true, advanced: "start the critic's value head at zero" },
  missing_eos_penalty: {
    float: 1,
    min: 0,
    help: "score penalty for an answer without an end token",
  },
  do_sample: { bool: true, help: "sample answers; false decodes greedily" },
  temperature: { float: 1, above: 0, help: "sampling temperature" },
  top_k: { int: 0, min: 0, help: "sample from the k most likely tokens; 0: no limit" },
  top_p: { float: 1, above: 0, max: 1, help: "nucleus sampling threshold" },
  repetition_penalty: { float: 1, above: 0, help: "penalty on repeated tokens; 1: none" },
  faithful: { bool: false, help: "reproduce the tutorial, including all of its defects" },
  ...DEFECTS,
} as const satisfies SettingTable;

/** Every setting of PPO. */
export const SETTINGS = {
  train_file_path: {
    text: "data/ppo_train.json",
    help: "passages: text, JSON, JSON lines, CSV or TSV",
  },
  ori_model_path: { text: "sft_model/", help: "SFT model: initial actor and frozen reference" },
  reward_model_path: {
    text: "rm_model/",
    help: "reward model; the critic starts from its weights",
  },
  output_dir: {
    text: "output_dir",
    pattern: /\S/,
    form: "a path",
    help: "folder for checkpoints, logs and saved states",
  },
  ...SETTINGS_WITHOUT_PATHS,
} as const satisfies SettingTable;

/** A full set of values: one for each row of `SETTINGS`. */
export type Settings = SettingValues<typeof SETTINGS>;

/** Settings that decide how much memory a run takes. They affect results only through rounding. */
export const MEMORY_SETTINGS = [
  "micro_batch_size",
  "blocks_per_program",
  "logits_at_once",
  "score_batch_size",
  "generate_batch_size",
  "spare_memory",
  "memory_gib",
] as const;
