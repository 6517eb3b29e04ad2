/**
 * The flags of every command besides PPO's own settings: the tutorial's names with its defaults.
 * The fixed recipes of the models in `models/`, which apply when no path is given, are in
 * `embedded_recipes.ts`.
 */
import type { SettingTable, SettingValues } from "./setting_spec.ts";
import { CONTROL_FLAGS } from "./control_settings.ts";
import { SETTINGS, SETTINGS_WITHOUT_PATHS } from "./settings.ts";

const MACHINE = {
  device: SETTINGS.device,
  threads: { int: 0, min: 0, help: "CPU threads; 0: one per core" },
  seed: { ...SETTINGS.seed, int: 42 },
  max_len: { int: 768, min: 1, help: "maximum tokens in a passage and its question together" },
  query_max_len: { int: 64, min: 1, help: "maximum tokens in a question" },
} as const satisfies SettingTable;

/** Every command that reads data files has this flag. */
const DATA_FILES = {
  strict: { bool: false, advanced: "refuse data files with unusable rows" },
} as const satisfies SettingTable;

const SHARE = { float: 0, min: 0, max: 1 } as const;

const LISTS = {
  lists: { int: 2, min: 1, help: "lists per training example; held-out examples get one" },
  // Such a question is known for three embedded passages in five, so two lists in five have one.
  unanswerable_proportion: {
    ...SHARE,
    float: 0.6,
    help: "share of lists unanswerable at rank 3",
  },
} as const satisfies SettingTable;

/** Flags of the stages that train a model before PPO. */
const TRAINING = {
  train_file_path: { text: "data/sft_train.json", help: "questions: JSON, JSON lines, CSV, TSV" },
  test_file_path: { text: "data/test.json", help: "held-out questions" },
  pretrained_model_path: { text: "pretrain_model/", help: "initial model; empty: a new model" },
  output_dir: {
    text: "sft_model/",
    pattern: /\S/,
    form: "a path",
    help: "folder for the trained model",
  },
  overwrite: { bool: false, help: "replace the model that output_dir holds" },
  num_train_epochs: { int: 5, min: 1, help: "passes over the training data" },
  train_batch_size: { int: 8, min: 1, help: "examples per optimizer step" },
  test_batch_size: { int: 8, min: 1, help: "examples per forward pass in evaluation" },
  gradient_accumulation_steps: { int: 1, min: 1, help: "micro-batches per optimizer step" },
  learning_rate: { float: 5e-5, above: 0, help: "peak learning rate of AdamW" },
  weight_decay: { float: 0, min: 0, help: "AdamW weight decay, except on biases and layer norms" },
  ...DATA_FILES,
  ...MACHINE,
  adam_epsilon: { float: 1e-8, above: 0, advanced: "Adam epsilon" },
  warmup_proportion: { ...SHARE, float: 0.1, help: "share of steps used for warm-up" },
  dropout: { float: 0.1, min: 0, max: 0.9, help: "dropout rate of GPT-2 during training" },
  blocks_per_program: {
    ...SETTINGS.blocks_per_program,
    advanced: "blocks per checkpointing segment (0: off); needs --dropout 0",
  },
  checkpoints: { bool: true, advanced: "write checkpoint-STEP and metrics.jsonl into output_dir" },
  max_grad_norm: { float: 1, above: 0, advanced: SETTINGS.max_grad_norm.help },
  logging_steps: { int: 5, min: 1, advanced: "steps between progress lines" },
  max_steps: { int: 0, min: 0, help: "stop after this many steps; 0: after the last epoch" },
  names_file_path: { text: "", advanced: "CMRC JSON whose titles serve as new names" },
  rename_proportion: { ...SHARE, advanced: "share of passages with a random new name" },
} as const satisfies SettingTable;

/** Flags of the `sft` command. */
export const SFT_SETTINGS = {
  ...TRAINING,
  data_dir: { text: "data/", help: "folder with the vocab.txt of a new model" },
  passage_weight: {
    float: 1,
    min: 0,
    help: "loss weight of passage tokens (question tokens: 1)",
  },
  embed: { int: 128, min: 1, help: "embedding width of a new model" },
  layers: { int: 4, min: 1, help: "transformer blocks of a new model" },
  heads: { int: 4, min: 1, help: "attention heads of a new model" },
} as const satisfies SettingTable;

/** Values of the `sft` command. */
export type SftSettings = SettingValues<typeof SFT_SETTINGS>;

/** Flags of the `reward` command. */
export const REWARD_SETTINGS = {
  ...TRAINING,
  train_file_path: { text: "data/reward_train.json", help: "ranked lists, pairs or questions" },
  test_file_path: { text: "data/reward_test.json", help: "held-out lists, pairs or questions" },
  pretrained_model_path: { text: "sft_model/", help: "model that the body starts from" },
  output_dir: {
    text: "rm_model/",
    pattern: /\S/,
    form: "a path",
    help: "folder for the trained model",
  },
  num_train_epochs: { ...TRAINING.num_train_epochs, int: 10 },
  train_batch_size: { int: 12, min: 1, help: "lists per optimizer step" },
  test_batch_size: { int: 4, min: 1, help: "lists per forward pass in evaluation" },
  gradient_accumulation_steps: { ...TRAINING.gradient_accumulation_steps, int: 4 },
  learning_rate: { ...TRAINING.learning_rate, float: 1e-5 },
  weight_decay: { ...TRAINING.weight_decay, float: 0.01 },
  value_dropout: { float: 0.5, min: 0, max: 0.9, help: "dropout before the value head" },
  decay_layer_norms: { bool: false, advanced: "defect: also decay layer norms" },
  unstable_log_sigmoid: { bool: false, advanced: "defect: -log(sigmoid(x)), infinite below -89" },
  prompts_file_path: { text: "", help: "passages for score statistics; empty: 200 held-out ones" },
  ...LISTS,
} as const satisfies SettingTable;

/** Values of the `reward` command. */
export type RewardSettings = SettingValues<typeof REWARD_SETTINGS>;

/** Flags of the `data` command. */
export const DATA_SETTINGS = {
  train_file_path: { text: "data/cmrc_train.json", help: "questions: JSON, JSON lines, CSV, TSV" },
  test_file_path: { text: "data/cmrc_dev.json", help: "held-out questions" },
  output_dir: {
    text: "output_data/",
    pattern: /\S/,
    form: "a path",
    help: "output folder",
  },
  model_path: { text: "", help: "SFT model for ranked lists; empty: split the passages" },
  ...LISTS,
  per_question: { bool: true, help: "make lists per question; false: per passage" },
  ...DATA_FILES,
  ...MACHINE,
} as const satisfies SettingTable;

/** Values of the `data` command. */
export type DataSettings = SettingValues<typeof DATA_SETTINGS>;

/** Flags of the `predict` command. */
export const PREDICT_SETTINGS = {
  model_path: { text: "", help: "model folder; empty: the embedded SFT model" },
  file: { text: "", help: "passages: text, JSON, JSON lines, CSV, TSV; empty: standard input" },
  num_questions: { int: 2, min: 1, help: "questions per passage" },
  top_p: { ...SETTINGS.top_p, float: 0.9 },
  top_k: SETTINGS.top_k,
  temperature: SETTINGS.temperature,
  repetition_penalty: { ...SETTINGS.repetition_penalty, float: 1.2 },
  min_length: { int: 3, min: 0, help: "minimum tokens in a question" },
  ...DATA_FILES,
  ...MACHINE,
} as const satisfies SettingTable;

/** Values of the `predict` command. */
export type PredictSettings = SettingValues<typeof PREDICT_SETTINGS>;

/** Flags of the `score` command. */
export const SCORE_SETTINGS = {
  model_path: { text: "", help: "reward model; empty: the embedded one" },
  content: { text: "", help: "a passage; needs --query" },
  query: { text: "", help: "a question about it" },
  file: { text: "", help: "questions or ranked lists; empty: standard input" },
  device: MACHINE.device,
  threads: MACHINE.threads,
  max_len: MACHINE.max_len,
  query_max_len: MACHINE.query_max_len,
} as const satisfies SettingTable;

/** Values of the `score` command. */
export type ScoreSettings = SettingValues<typeof SCORE_SETTINGS>;

/** Flags of the `train` command. */
export const TRAIN_FLAGS = {
  ...SETTINGS,
  resume: { text: "", help: "folder of a run to continue; same results as an uninterrupted run" },
  save_every: {
    int: 1,
    min: 1,
    help: "updates between saved states (two of 24 bytes per parameter)",
  },
  threads: { int: 0, min: 0, advanced: MACHINE.threads.help },
  plan: { bool: false, help: "print the predicted memory, disk space and time, and exit" },
  ...DATA_FILES,
} as const satisfies SettingTable;

/** Flags of the `export` command. */
export const EXPORT_FLAGS = {
  to: { choice: ["onnx", "openrlhf", "trl"], help: "export format" },
  model_path: { text: "", help: "model folder for --to onnx; empty: models/sft_model" },
  export_dir: { text: "", help: "folder to create; empty: out/ plus the format name" },
  ...SETTINGS,
} as const satisfies SettingTable;

/** Flags of the `sweep` command besides the settings of PPO, which it takes as lists. */
export const SWEEP_FLAGS = {
  output: { text: "out/sweep.jsonl", help: "output file; finished trials in it are kept" },
  judged: { int: 293, min: 0, help: "held-out passages judged after each update; 0: none" },
  jobs: { int: 0, min: 0, help: "trials at once; 0: limited by cores and memory" },
  threads: { int: 1, min: 1, help: "CPU threads per trial; affects rounding" },
  ray: { text: "", help: "address of a Ray cluster, such as auto or ray://host:10001" },
  ray_folder: { text: "", help: "this project's folder on the cluster; empty: the same path" },
  python: { text: "python3", help: "Python executable with Ray installed" },
} as const satisfies SettingTable;

/** Flags of the commands that execute chapters. Chapters use the embedded models and data. */
export const CHAPTER_FLAGS = {
  ...SETTINGS_WITHOUT_PATHS,
  held_out: { int: 0, min: 0, help: "held-out passages for the gold judge; 0: all" },
  threads: MACHINE.threads,
} as const satisfies SettingTable;

/** Flags of the `notebooks` command. */
export const NOTEBOOKS_FLAGS = {
  build: { bool: false, help: "make notebooks from notebooks/source/ without executing" },
  check: { bool: false, help: "compare notebooks with their sources and check their types" },
  write: { bool: false, help: "build, execute and keep the executed notebooks" },
  pages: { bool: false, help: "make pages from committed outputs without executing" },
  lang: { choice: ["both", "en", "zh"], help: "editions of the chapters" },
  ...CHAPTER_FLAGS,
} as const satisfies SettingTable;

/** Flags of the set-up of the notebook tools. */
export const SETUP_FLAGS = {
  lab: { bool: false, help: "also install JupyterLab, for the lab task" },
} as const satisfies SettingTable;

/** The flag that every command has; `notebooks` has its own, which chooses editions too. */
export const LANGUAGE_FLAG = {
  lang: {
    text: "",
    pattern: /^(en|zh)?$/,
    form: "en or zh",
    help: "language of all messages, by default that of LANG",
  },
} as const satisfies SettingTable;

/** The flags of every command that also reads them from the environment, by command. */
export const COMMAND_TABLES: Readonly<Record<string, SettingTable>> = {
  train: TRAIN_FLAGS,
  sft: SFT_SETTINGS,
  reward: REWARD_SETTINGS,
  data: DATA_SETTINGS,
  predict: PREDICT_SETTINGS,
  score: SCORE_SETTINGS,
  export: EXPORT_FLAGS,
  notebooks: NOTEBOOKS_FLAGS,
  control: CONTROL_FLAGS,
};

/**
 * The paths that make a run the user's own. If one of them is given, the tutorial's defaults
 * apply.
 */
const OWN_PATHS = ["train_file_path", "test_file_path", "pretrained_model_path", "model_path"];

/**
 * Combines the defaults, the embedded recipe (unless one of the user's own paths was given) and the
 * given settings. Later ones take precedence.
 */
export function stageValues<Values extends { [name: string]: unknown }>(
  { values, given }: { values: Values; given: Partial<Values> },
  embedded: Partial<Values>,
): { settings: Values; isEmbedded: boolean } {
  const isEmbedded = !OWN_PATHS.some((name) => Object.hasOwn(given, name));
  return { settings: isEmbedded ? { ...values, ...embedded, ...given } : values, isEmbedded };
}
