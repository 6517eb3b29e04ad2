/**
 * Every setting of PPO training in one table.
 *
 * Names and defaults are the tutorial's, if it has the setting. The exceptions are the defaults of
 * sampling, which are the correct ones (repetition_penalty 1, no top-k or top-p). Each of the
 * tutorial's defects is a switch, and `faithful` turns all of them on (`validate_settings.ts`).
 */
import {
  boolean,
  choice,
  integer,
  number,
  type RowOptions,
  type TableOf,
  text,
} from "./setting_spec.ts";

const ADVANCED: RowOptions = { level: "advanced" };
/** A limit on the amount in memory at once. */
const MEMORY = { min: 0, ...ADVANCED };

/** The name of a defect's switch. */
export type DefectName =
  | "left_pad_without_positions"
  | "gae_over_padding"
  | "dropout_in_update"
  | "log_probs_of_raw_distribution"
  | "shuffle_whole_batches"
  | "prompts_through_set";

/**
 * The tutorial's silent mistakes as switches. All are off by default. A chapter can turn one on to
 * show its effect.
 */
export const DEFECTS: TableOf<Record<DefectName, boolean>> = {
  left_pad_without_positions: boolean(
    false,
    "defect: position ids count the left padding",
    ADVANCED,
  ),
  gae_over_padding: boolean(false, "defect: GAE and KL include the padding", ADVANCED),
  dropout_in_update: boolean(false, "defect: dropout in updates, not in rollouts", ADVANCED),
  log_probs_of_raw_distribution: boolean(false, "defect: log-probs of raw logits", ADVANCED),
  shuffle_whole_batches: boolean(false, "defect: shuffle whole batches, not answers", ADVANCED),
  prompts_through_set: boolean(false, "defect: prompt order ignores the seed", ADVANCED),
};

/** The switches that `faithful` turns on. */
export const DEFECT_NAMES: readonly string[] = Object.keys(DEFECTS);

// deno-fmt-ignore -- several short names on a line
/** A full set of values: one for each row of `SETTINGS`. */
export type Settings =
  & Record<
    | "train_file_path" | "ori_model_path" | "reward_model_path" | "output_dir" | "device"
    | "gpu_buffers" | "frozen_dtype", string>
  & Record<
    | "seed" | "max_len" | "query_len" | "batch_size" | "num_return_sequences" | "num_episodes"
    | "max_timesteps" | "update_timesteps" | "ppo_epoch" | "mini_batch_size"
    | "micro_batch_size" | "blocks_per_program" | "logits_at_once" | "score_batch_size"
    | "generate_batch_size" | "memory_gib" | "learning_rate" | "adam_epsilon" | "max_grad_norm"
    | "kl_coef" | "gamma" | "lam" | "policy_clip_eps" | "value_clip_eps" | "reward_clip_eps"
    | "missing_eos_penalty" | "temperature" | "top_k" | "top_p" | "repetition_penalty", number>
  & Record<
    | "spare_memory" | "whiten_advantages" | "normalise_scores" | "fresh_value_head"
    | "do_sample" | "faithful", boolean>
  & Record<DefectName, boolean>;

/**
 * Every setting of PPO.
 *
 * With `gpu_buffers` at `buckets`, buffers of up to 160 MiB are shared between lengths. Exact sizes
 * are faster with large models, but one buffer is kept for every length that occurs. With
 * `frozen_dtype` at `float16`, frozen models take half the memory and still compute in float32.
 */
export const SETTINGS: TableOf<Settings> = {
  train_file_path: text("data/ppo_train.json", "passages: JSON lines or CMRC JSON"),
  ori_model_path: text("sft_model/", "SFT model: initial actor and frozen reference"),
  reward_model_path: text("rm_model/", "reward model; the critic starts from its weights"),
  output_dir: text("output_dir", "folder for checkpoints, logs and saved states"),
  device: text("auto", "compute device", {
    pattern: /^(auto|cpu|webgpu|-?\d+)$/,
    form: "auto, cpu, webgpu or a GPU number",
  }),
  gpu_buffers: choice(["buckets", "exact"], "how GPU buffers are reused", ADVANCED),
  seed: integer(2048, "random seed", { min: 0 }),
  max_len: integer(768, "maximum tokens of a prompt and its answer together", { min: 1 }),
  query_len: integer(64, "maximum tokens of an answer", { min: 1 }),
  batch_size: integer(16, "prompts per timestep", { min: 1 }),
  num_return_sequences: integer(1, "answers per prompt", { min: 1 }),
  num_episodes: integer(3, "episodes; a checkpoint is saved after each", { min: 1 }),
  max_timesteps: integer(80, "timesteps per episode", { min: 1 }),
  update_timesteps: integer(20, "timesteps of experience per update", { min: 1 }),
  ppo_epoch: integer(2, "passes over the experience in each update", { min: 1 }),
  mini_batch_size: integer(0, "answers per optimizer step; 0: a whole timestep", { min: 0 }),
  micro_batch_size: integer(0, "answers per training pass; 0: the whole minibatch", MEMORY),
  blocks_per_program: integer(0, "blocks per gradient-checkpointing segment; 0: off", MEMORY),
  logits_at_once: integer(0, "answer tokens per chunk of actor logits; 0: all", MEMORY),
  score_batch_size: integer(0, "answers per scoring pass; 0: chosen for speed", MEMORY),
  generate_batch_size: integer(0, "answers generated at once; 0: a whole timestep", MEMORY),
  spare_memory: boolean(false, "load frozen models and caches only when needed", ADVANCED),
  frozen_dtype: choice(["float32", "float16"], "GPU dtype of frozen models", ADVANCED),
  memory_gib: number(0, "CPU memory budget in GiB; 0: 4/5 of the free memory", { min: 0 }),
  learning_rate: number(1e-5, "Adam learning rate of the actor and the critic", { min: 0 }),
  adam_epsilon: number(1e-5, "Adam epsilon", { above: 0 }),
  max_grad_norm: number(1, "maximum global norm of the gradient", { above: 0 }),
  kl_coef: number(0.02, "weight of the KL penalty against the reference model", { min: 0 }),
  gamma: number(1, "discount factor", { min: 0, max: 1 }),
  lam: number(0.95, "GAE lambda", { min: 0, max: 1 }),
  policy_clip_eps: number(0.2, "clip range of the probability ratio", { above: 0 }),
  value_clip_eps: number(0.2, "clip range of the value update", { above: 0 }),
  reward_clip_eps: number(5, "scores are clipped at plus or minus this value", { above: 0 }),
  whiten_advantages: boolean(true, "whiten the advantages of each update"),
  normalise_scores: boolean(true, "normalise scores by their mean and std on SFT answers"),
  fresh_value_head: boolean(true, "start the critic's value head at zero", ADVANCED),
  missing_eos_penalty: number(1, "score penalty for an answer without an end token", {
    min: 0,
  }),
  do_sample: boolean(true, "sample answers; false decodes greedily"),
  temperature: number(1, "sampling temperature", { above: 0 }),
  top_k: integer(0, "sample from the k most likely tokens; 0: no limit", { min: 0 }),
  top_p: number(1, "nucleus sampling threshold", { above: 0, max: 1 }),
  repetition_penalty: number(1, "penalty on repeated tokens; 1: none", { above: 0 }),
  faithful: boolean(false, "reproduce the tutorial, including all of its defects"),
  ...DEFECTS,
};

/** Settings that decide how much memory a run takes. They change its numbers by rounding only. */
export const MEMORY_SETTINGS = [
  "micro_batch_size",
  "blocks_per_program",
  "logits_at_once",
  "score_batch_size",
  "generate_batch_size",
  "spare_memory",
  "memory_gib",
] as const;
