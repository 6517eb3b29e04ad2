/**
 * The settings of the stages before and after PPO: the tutorial's flags with its defaults. The fixed recipes of the models in
 * `models/`, which hold when no path of one's own is given, are in `embedded_recipes.ts`.
 */
import type { SettingTable, SettingValues } from "./setting_spec.ts";

const MACHINE = {
  device: {
    kind: "text",
    default: "auto",
    pattern: /^(auto|cpu|webgpu|-?\d+)$/,
    form: 'auto, cpu, webgpu or a number ("0": the first GPU, or the CPU where there is none)',
    help: "where to compute",
  },
  threads: { kind: "integer", default: 0, min: 0, help: "threads of the CPU; 0: one a core" },
  seed: { kind: "integer", default: 42, min: 0, help: "start of all random numbers" },
  max_len: { kind: "integer", default: 768, min: 1, help: "longest sequence in tokens" },
  query_max_len: { kind: "integer", default: 64, min: 1, help: "longest answer in tokens" },
} satisfies SettingTable;

const LISTS = {
  lists: {
    kind: "integer",
    default: 2,
    min: 1,
    help: "ranked lists for training; one where held out",
  },
  unanswerable_proportion: {
    kind: "number",
    default: 0.6, // such a question is known for three embedded passages in five: so two lists in five have one
    min: 0,
    max: 1,
    help:
      "share of the lists whose rank 3 asks for what the passage leaves out, where that is known",
  },
} satisfies SettingTable;

const COMMON = {
  ...MACHINE,
  adam_epsilon: { kind: "number", default: 1e-8, above: 0, help: "Adam's epsilon" },
  warmup_proportion: {
    kind: "number",
    default: 0.1,
    min: 0,
    max: 1,
    help: "share of the steps in which the learning rate rises",
  },
  dropout: {
    kind: "number",
    default: 0.1,
    min: 0,
    max: 0.9,
    help: "GPT-2's dropout while it trains: embeddings, attention weights, both halves of a block",
  },
  blocks_per_program: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "blocks one training program holds; fewer need less memory, and dropout 0; 0: all",
  },
  checkpoints: {
    kind: "boolean",
    default: true,
    help: "write checkpoint-N (N: steps made) and metrics.jsonl into output_dir",
  },
  max_grad_norm: {
    kind: "number",
    default: 1,
    above: 0,
    help: "the global gradient norm is cut to this",
  },
  logging_steps: {
    kind: "integer",
    default: 5,
    min: 1,
    help: "steps between two lines of progress",
  },
  max_steps: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "stop after this many steps; 0: after the last epoch",
  },
  names_file_path: {
    kind: "text",
    default: "",
    help: "CMRC JSON whose titles are the passages' names, for rename_proportion",
  },
  rename_proportion: {
    kind: "number",
    default: 0,
    min: 0,
    max: 1,
    help: "share of the examples whose passage gets a random name",
  },
} satisfies SettingTable;

/** Flags of the `sft` command. */
export const SFT_SETTINGS = {
  train_file_path: {
    kind: "text",
    default: "data/sft_train.json",
    help: "questions to learn from: JSON lines with `content` and `query`, or CMRC JSON",
  },
  test_file_path: { kind: "text", default: "data/test.json", help: "the same, held out" },
  pretrained_model_path: {
    kind: "text",
    default: "pretrain_model/",
    help: "the model to start from; empty: a new one",
  },
  data_dir: { kind: "text", default: "data/", help: "folder of vocab.txt, for a new model" },
  output_dir: { kind: "text", default: "sft_model/", help: "folder for the model" },
  num_train_epochs: {
    kind: "integer",
    default: 5,
    min: 1,
    help: "passes over the training questions",
  },
  train_batch_size: { kind: "integer", default: 8, min: 1, help: "questions an optimiser step" },
  test_batch_size: { kind: "integer", default: 8, min: 1, help: "questions a pass when measuring" },
  gradient_accumulation_steps: {
    kind: "integer",
    default: 1,
    min: 1,
    help: "parts of a batch, one pass each",
  },
  learning_rate: { kind: "number", default: 5e-5, above: 0, help: "AdamW's, at its highest" },
  weight_decay: {
    kind: "number",
    default: 0,
    min: 0,
    help: "AdamW's, not on biases and layer norms",
  },
  passage_weight: {
    kind: "number",
    default: 1,
    min: 0,
    help: "what a token of the passage counts in the loss; of the question: 1",
  },
  embed: { kind: "integer", default: 128, min: 1, help: "width of a new model" },
  layers: { kind: "integer", default: 4, min: 1, help: "blocks of a new model" },
  heads: { kind: "integer", default: 4, min: 1, help: "attention heads of a new model" },
  ...COMMON,
} satisfies SettingTable;

/** Flags of the `reward` command. */
export const REWARD_SETTINGS = {
  train_file_path: {
    kind: "text",
    default: "data/reward_train.json",
    help:
      "ranked lists to learn from; or questions (as for sft), of which the lists are made first",
  },
  test_file_path: { kind: "text", default: "data/reward_test.json", help: "the same, held out" },
  pretrained_model_path: {
    kind: "text",
    default: "sft_model/",
    help: "the model whose body to start from",
  },
  output_dir: { kind: "text", default: "rm_model/", help: "folder for the model" },
  num_train_epochs: {
    kind: "integer",
    default: 10,
    min: 1,
    help: "passes over the training lists",
  },
  train_batch_size: { kind: "integer", default: 12, min: 1, help: "lists an optimiser step" },
  test_batch_size: { kind: "integer", default: 4, min: 1, help: "lists a pass when measuring" },
  gradient_accumulation_steps: {
    kind: "integer",
    default: 4,
    min: 1,
    help: "parts of a batch, one pass each",
  },
  learning_rate: { kind: "number", default: 1e-5, above: 0, help: "AdamW's, at its highest" },
  weight_decay: {
    kind: "number",
    default: 0.01,
    min: 0,
    help: "AdamW's, not on biases and layer norms",
  },
  value_dropout: {
    kind: "number",
    default: 0.5,
    min: 0,
    max: 0.9,
    help: "dropout before the value head while it trains",
  },
  decay_layer_norms: {
    kind: "boolean",
    default: false,
    help: "defect: decay layer norms too, as the tutorial does with GPT-2's names",
  },
  unstable_log_sigmoid: {
    kind: "boolean",
    default: false,
    help: "defect: -log(sigmoid(x)) in the loss, which overflows below -89",
  },
  prompts_file_path: {
    kind: "text",
    default: "",
    help:
      "passages: the old model's answers to them give the mean and deviation of scores; empty: 200 held-out ones",
  },
  ...LISTS,
  ...COMMON,
} satisfies SettingTable;

/** Flags of the `data` command. */
export const DATA_SETTINGS = {
  train_file_path: {
    kind: "text",
    default: "data/cmrc_train.json",
    help:
      "passages with questions to train on: CMRC JSON, or JSON lines with `content` and `query`",
  },
  test_file_path: { kind: "text", default: "data/cmrc_dev.json", help: "the same, held out" },
  output_dir: { kind: "text", default: "output_data/", help: "folder for the files" },
  model_path: {
    kind: "text",
    default: "",
    help: "the SFT model that writes the answers of rank 2: makes the ranked lists; empty: splits",
  },
  ...LISTS,
  per_question: {
    kind: "boolean",
    default: true,
    help: "lists for every question, as the tutorial has; false: for every passage",
  },
  ...MACHINE,
} satisfies SettingTable;

/** Flags of the `predict` command. */
export const PREDICT_SETTINGS = {
  model_path: {
    kind: "text",
    default: "",
    help: "the model, such as ppo_model/; empty: the embedded SFT model with its own lengths",
  },
  file: {
    kind: "text",
    default: "",
    help:
      "passages: a passage a line, JSON lines with `content`, or CMRC JSON; empty: standard input",
  },
  num_questions: { kind: "integer", default: 2, min: 1, help: "questions a passage" },
  top_p: {
    kind: "number",
    default: 0.9,
    above: 0,
    max: 1,
    help: "sample from the likeliest tokens that sum to p",
  },
  top_k: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "sample from the k likeliest tokens; 0: from all",
  },
  temperature: { kind: "number", default: 1, above: 0, help: "logits are divided by it" },
  repetition_penalty: {
    kind: "number",
    default: 1.2,
    above: 0,
    help: "makes tokens already there, in the passage too, less likely",
  },
  min_length: { kind: "integer", default: 3, min: 0, help: "shortest question in tokens" },
  ...MACHINE,
  max_len: { ...MACHINE.max_len, help: "longest sequence in tokens; cut to the model's positions" },
  query_max_len: MACHINE.query_max_len,
} satisfies SettingTable;

/** Values of the `predict` command. */
export type PredictSettings = SettingValues<typeof PREDICT_SETTINGS>;
/** Values of the `sft` command. */
export type SftSettings = SettingValues<typeof SFT_SETTINGS>;
/** Values of the `reward` command. */
export type RewardSettings = SettingValues<typeof REWARD_SETTINGS>;
/** Values of the `data` command. */
export type DataSettings = SettingValues<typeof DATA_SETTINGS>;

/** Paths that make a run one's own: with one of them given, the tutorial's defaults hold. */
const OWN_PATHS = ["train_file_path", "test_file_path", "pretrained_model_path", "model_path"];

/** Defaults, then the embedded recipe unless a path of one's own was given, then what was given: later ones win. */
export function stageValues<Values extends { [name: string]: unknown }>(
  { values, given }: { values: Values; given: Partial<Values> },
  embedded: Partial<Values>,
): { settings: Values; isEmbedded: boolean } {
  const isEmbedded = !OWN_PATHS.some((name) => Object.hasOwn(given, name));
  return { settings: isEmbedded ? { ...values, ...embedded, ...given } : values, isEmbedded };
}
