/**
 * The flags of every command besides PPO's own settings: the tutorial's names with its defaults.
 * The fixed recipes of the models in `models/`, which apply when no path is given, are in
 * `embedded_recipes.ts`.
 */
import {
  boolean,
  choice,
  integer,
  number,
  type RowOptions,
  type SettingTable,
  type TableOf,
  text,
} from "./setting_spec.ts";
import { SETTINGS, type Settings } from "./settings.ts";

/** Where a model runs, and how long its texts may be. */
export type MachineSettings =
  & Record<"device", string>
  & Record<"threads" | "seed" | "max_len" | "query_max_len", number>;
/** How ranked lists are made. */
export type ListSettings = Record<"lists" | "unanswerable_proportion", number>;
// deno-fmt-ignore -- several short names on a line
/** Values of both stages that train a model before PPO. */
export type StageSettings =
  & MachineSettings
  & Record<
    | "train_file_path" | "test_file_path" | "pretrained_model_path" | "output_dir"
    | "names_file_path", string>
  & Record<
    | "num_train_epochs" | "train_batch_size" | "test_batch_size" | "gradient_accumulation_steps"
    | "learning_rate" | "weight_decay" | "adam_epsilon" | "warmup_proportion" | "dropout"
    | "blocks_per_program" | "max_grad_norm" | "logging_steps" | "max_steps"
    | "rename_proportion", number>
  & Record<"checkpoints", boolean>;
/** Values of the `sft` command. */
export type SftSettings =
  & StageSettings
  & Record<"data_dir", string>
  & Record<"passage_weight" | "embed" | "layers" | "heads", number>;
/** Values of the `reward` command. */
export type RewardSettings =
  & StageSettings
  & ListSettings
  & Record<"prompts_file_path", string>
  & Record<"value_dropout", number>
  & Record<"decay_layer_norms" | "unstable_log_sigmoid", boolean>;
/** Values of the `data` command. */
export type DataSettings =
  & MachineSettings
  & ListSettings
  & Record<"train_file_path" | "test_file_path" | "output_dir" | "model_path", string>
  & Record<"per_question", boolean>;
/** Values of the `predict` command. */
export type PredictSettings =
  & MachineSettings
  & Pick<Settings, "top_p" | "top_k" | "temperature" | "repetition_penalty">
  & Record<"model_path" | "file", string>
  & Record<"num_questions" | "min_length", number>;
/** Values of the `train` command. */
export type TrainFlags =
  & Settings
  & Record<"resume", string>
  & Record<"save_every", number>
  & Record<"plan", boolean>;
/** Values of the `export` command. */
export type ExportFlags = Settings & Record<"to" | "model_path" | "export_dir", string>;
/** Values of the `sweep` command besides the settings of PPO. */
export type SweepFlags =
  & Record<"output" | "ray" | "ray_folder" | "python", string>
  & Record<"judged" | "jobs" | "threads", number>;
/** Values of the commands that execute chapters. */
export type ChapterFlags =
  & Omit<Settings, "train_file_path" | "ori_model_path" | "reward_model_path" | "output_dir">
  & Record<"held_out", number>;
/** Values of the `notebooks` command. */
export type NotebooksFlags = ChapterFlags & Record<"write" | "pages", boolean>;

const ADVANCED: RowOptions = { level: "advanced" };

const MACHINE = {
  device: SETTINGS.device,
  threads: integer(0, "CPU threads; 0: one per core", { min: 0 }),
  seed: { ...SETTINGS.seed, default: 42 },
  max_len: integer(768, "maximum tokens of a passage and its question together", { min: 1 }),
  query_max_len: integer(64, "maximum tokens of a question", { min: 1 }),
} satisfies SettingTable;

const LISTS = {
  lists: integer(2, "lists per training example; held-out examples get one", { min: 1 }),
  // Such a question is known for three embedded passages in five, so two lists in five have one.
  unanswerable_proportion: number(0.6, "share of lists with unanswerable rank 3", {
    min: 0,
    max: 1,
  }),
} satisfies SettingTable;

/** Flags of the stages that train a model before PPO. */
const TRAINING = {
  train_file_path: text("data/sft_train.json", "questions: JSON lines or CMRC JSON"),
  test_file_path: text("data/test.json", "held-out data in the same format"),
  pretrained_model_path: text("pretrain_model/", "initial model; empty: a new model"),
  output_dir: text("sft_model/", "folder for the trained model"),
  num_train_epochs: integer(5, "passes over the training data", { min: 1 }),
  train_batch_size: integer(8, "examples per optimizer step", { min: 1 }),
  test_batch_size: integer(8, "examples per forward pass in evaluation", { min: 1 }),
  gradient_accumulation_steps: integer(1, "micro-batches per optimizer step", { min: 1 }),
  learning_rate: number(5e-5, "peak learning rate of AdamW", { above: 0 }),
  weight_decay: number(0, "AdamW weight decay, except on biases and layer norms", { min: 0 }),
  ...MACHINE,
  adam_epsilon: number(1e-8, "Adam epsilon", { above: 0, ...ADVANCED }),
  warmup_proportion: number(0.1, "share of steps used for warm-up", { min: 0, max: 1 }),
  dropout: number(0.1, "dropout rate of GPT-2 during training", { min: 0, max: 0.9 }),
  blocks_per_program: {
    ...SETTINGS.blocks_per_program,
    help: "blocks per checkpointing segment; needs --dropout 0; 0: off",
  },
  checkpoints: boolean(true, "write checkpoint-STEP and metrics.jsonl into output_dir", ADVANCED),
  max_grad_norm: { ...SETTINGS.max_grad_norm, ...ADVANCED },
  logging_steps: integer(5, "steps between progress lines", { min: 1, ...ADVANCED }),
  max_steps: integer(0, "stop after this many steps; 0: after the last epoch", { min: 0 }),
  names_file_path: text("", "CMRC JSON whose titles are the new names", ADVANCED),
  rename_proportion: number(0, "share of passages with a random new name", {
    min: 0,
    max: 1,
    ...ADVANCED,
  }),
} satisfies SettingTable;

/** Flags of the `sft` command. */
export const SFT_SETTINGS: TableOf<SftSettings> = {
  ...TRAINING,
  data_dir: text("data/", "folder with the vocab.txt of a new model"),
  passage_weight: number(1, "loss weight of passage tokens; question tokens have 1", { min: 0 }),
  embed: integer(128, "embedding width of a new model", { min: 1 }),
  layers: integer(4, "transformer blocks of a new model", { min: 1 }),
  heads: integer(4, "attention heads of a new model", { min: 1 }),
};

/** Flags of the `reward` command. */
export const REWARD_SETTINGS: TableOf<RewardSettings> = {
  ...TRAINING,
  train_file_path: text("data/reward_train.json", "ranked lists or questions"),
  test_file_path: text("data/reward_test.json", "held-out data in the same format"),
  pretrained_model_path: text("sft_model/", "model that the body starts from"),
  output_dir: text("rm_model/", "folder for the trained model"),
  num_train_epochs: { ...TRAINING.num_train_epochs, default: 10 },
  train_batch_size: integer(12, "lists per optimizer step", { min: 1 }),
  test_batch_size: integer(4, "lists per forward pass in evaluation", { min: 1 }),
  gradient_accumulation_steps: { ...TRAINING.gradient_accumulation_steps, default: 4 },
  learning_rate: { ...TRAINING.learning_rate, default: 1e-5 },
  weight_decay: { ...TRAINING.weight_decay, default: 0.01 },
  value_dropout: number(0.5, "dropout before the value head", { min: 0, max: 0.9 }),
  decay_layer_norms: boolean(false, "defect: also decay layer norms", ADVANCED),
  unstable_log_sigmoid: boolean(false, "defect: -log(sigmoid(x)), infinite below -89", ADVANCED),
  prompts_file_path: text("", "passages for score statistics; empty: 200 held-out ones"),
  ...LISTS,
};

/** Flags of the `data` command. */
export const DATA_SETTINGS: TableOf<DataSettings> = {
  train_file_path: text("data/cmrc_train.json", "passages: CMRC JSON or JSON lines"),
  test_file_path: text("data/cmrc_dev.json", "held-out data in the same format"),
  output_dir: text("output_data/", "folder for the files"),
  model_path: text("", "SFT model for ranked lists; empty: split the passages"),
  ...LISTS,
  per_question: boolean(true, "make lists per question; false: per passage"),
  ...MACHINE,
};

/** Flags of the `predict` command. */
export const PREDICT_SETTINGS: TableOf<PredictSettings> = {
  model_path: text("", "model folder; empty: the embedded SFT model"),
  file: text("", "passages: text, JSON lines or CMRC JSON; empty: standard input"),
  num_questions: integer(2, "questions per passage", { min: 1 }),
  top_p: { ...SETTINGS.top_p, default: 0.9 },
  top_k: SETTINGS.top_k,
  temperature: SETTINGS.temperature,
  repetition_penalty: { ...SETTINGS.repetition_penalty, default: 1.2 },
  min_length: integer(3, "minimum tokens of a question", { min: 0 }),
  ...MACHINE,
};

/** Flags of the `train` command. */
export const TRAIN_FLAGS: TableOf<TrainFlags> = {
  ...SETTINGS,
  resume: text("", "folder of a run to continue; the results are identical"),
  save_every: integer(1, "updates between saved states of 24 bytes per parameter", { min: 1 }),
  plan: boolean(false, "print the predicted memory and time, and exit"),
};

/** Flags of the `export` command. */
export const EXPORT_FLAGS: TableOf<ExportFlags> = {
  to: choice(["onnx", "openrlhf", "trl"], "export format"),
  model_path: text("", "model folder for --to onnx; empty: models/sft_model"),
  export_dir: text("", "folder to create; empty: out/ and the format's name"),
  ...SETTINGS,
};

/** Flags of the `sweep` command besides the settings of PPO, which it takes as lists. */
export const SWEEP_FLAGS: TableOf<SweepFlags> = {
  output: text("out/sweep.jsonl", "output file; finished trials in it are kept"),
  judged: integer(293, "held-out passages judged after each update; 0: none", { min: 0 }),
  jobs: integer(0, "trials at once; 0: limited by cores and memory", { min: 0 }),
  threads: integer(1, "CPU threads per trial; affects the last digits", { min: 1 }),
  ray: text("", "address of a Ray cluster, such as auto or ray://host:10001"),
  ray_folder: text("", "this project's folder on the cluster; empty: the same path"),
  python: text("python3", "Python executable with Ray installed"),
};

const {
  train_file_path: _data,
  ori_model_path: _policy,
  reward_model_path: _reward,
  output_dir: _folder,
  ...WITHOUT_PATHS
} = SETTINGS;

/** Flags of the commands that execute chapters. Chapters use the embedded models and data. */
export const CHAPTER_FLAGS: TableOf<ChapterFlags> = {
  ...WITHOUT_PATHS,
  held_out: integer(0, "held-out passages for the gold judge; 0: all", { min: 0 }),
};

/** Flags of the `notebooks` command. */
export const NOTEBOOKS_FLAGS: TableOf<NotebooksFlags> = {
  write: boolean(false, "replace the committed notebooks with the executed ones"),
  pages: boolean(false, "make pages of the committed outputs without executing"),
  ...CHAPTER_FLAGS,
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
