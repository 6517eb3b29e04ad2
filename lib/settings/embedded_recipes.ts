/** The fixed recipes of the models in `models/`, which apply when the user gives no path. */
import type { DataSettings, RewardSettings, SftSettings } from "./stage_settings.ts";

/**
 * Lengths and threads of both embedded models. With one thread, additions have a fixed order, so
 * the bytes are always the same.
 */
const EMBEDDED_MACHINE = { device: "cpu", threads: 1, max_len: 96, query_max_len: 24 } as const;

const EMBEDDED = {
  ...EMBEDDED_MACHINE,
  dropout: 0, // the recipes were fixed without dropout
  checkpoints: false,
  logging_steps: 100,
  names_file_path: "data/cmrc_train.json",
  rename_proportion: 0.5,
} as const;

/**
 * The recipe of `models/sft_model`, fixed before PPO was tuned.
 *
 * The model should be mediocre, like the tutorial's. A third of its training questions are wrong
 * (`data/README.md`), and training stops when it copies most names but not all. Only questions
 * count in the loss, because half of the passages have random names, which cannot be predicted.
 */
export const EMBEDDED_SFT = {
  ...EMBEDDED,
  pretrained_model_path: "",
  output_dir: "models/sft_model",
  num_train_epochs: 10,
  train_batch_size: 32,
  test_batch_size: 64,
  learning_rate: 1e-3,
  warmup_proportion: 0.05,
  weight_decay: 0.01,
  passage_weight: 0,
} as const satisfies Partial<SftSettings>;

/** The recipe of `models/rm_model`. */
export const EMBEDDED_REWARD = {
  ...EMBEDDED,
  pretrained_model_path: "models/sft_model",
  output_dir: "models/rm_model",
  num_train_epochs: 3,
  train_batch_size: 8,
  test_batch_size: 16,
  gradient_accumulation_steps: 1,
  learning_rate: 5e-4,
  value_dropout: 0,
  prompts_file_path: "data/ppo_train.json",
} as const satisfies Partial<RewardSettings>;

/**
 * The recipe of `data/reward_train.json` and `data/reward_test.json`. `make-data` makes the other
 * embedded files.
 */
export const EMBEDDED_DATA = {
  ...EMBEDDED_MACHINE,
  model_path: "models/sft_model",
  output_dir: "data/",
  lists: 2,
  per_question: false,
} as const satisfies Partial<DataSettings>;

/**
 * PPO's settings for the embedded models, under the tutorial's names: the `settings.json` of
 * `models/sft_model`.
 */
export const EMBEDDED_PPO = {
  max_len: 96,
  query_len: 24,
  batch_size: 16,
  num_episodes: 3,
  max_timesteps: 80,
  update_timesteps: 20,
  ppo_epoch: 2,
  learning_rate: 5e-5,
  kl_coef: 0.05,
} as const;
