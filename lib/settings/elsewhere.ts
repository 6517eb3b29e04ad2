/**
 * The counterpart of every PPO setting in two libraries that can use more than one machine:
 * OpenRLHF (on Ray) and TRL.
 *
 * The table is complete. A new setting does not compile until the table has a row for it. Flags and
 * fields are those of OpenRLHF 0.11.2 (`openrlhf.cli.train_ppo_ray`) and TRL 1.12.0
 * (`trl.experimental.ppo.PPOConfig`).
 */
import { DEFECT_NAMES, type DefectName, type Settings } from "./settings.ts";

/** The value of a field of one of these libraries. */
export type FieldValue = string | number | readonly number[] | boolean;

/** What a field is computed from. */
export interface FieldSource {
  /** All settings. */
  readonly settings: Settings;
  /** The number of distinct passages, because the other libraries count passes over them. */
  readonly prompts: number;
  /** The value of the setting whose row the field is in. */
  readonly own: FieldValue;
}

/**
 * The counterpart of a setting in one library: names in that library with their values, constant or
 * computed (`true`: a flag without a value; `false`: omitted). `remark` is not a field but a phrase
 * that says what differs.
 */
export interface Elsewhere {
  /** A field. */
  readonly [name: string]: FieldValue | ((source: FieldSource) => FieldValue);
}

/** A setting in both libraries. */
export interface ElsewhereRow {
  /** As flags of `train_ppo_ray`. */
  readonly openrlhf: Elsewhere;
  /** As fields of `PPOConfig`. */
  readonly trl: Elsewhere;
}

/** The value of a field with the same meaning in the other library. */
const same = ({ own }: FieldSource): FieldValue => own;

/** Fields in each library, or a remark alone. */
function row(openrlhf: Elsewhere | string, trl: Elsewhere | string): ElsewhereRow {
  const cell = (of: Elsewhere | string) => typeof of === "string" ? { remark: of } : of;
  return { openrlhf: cell(openrlhf), trl: cell(trl) };
}
const none = (remark: string): ElsewhereRow => row(remark, remark);
/** One field in each library has the same meaning. */
const renamed = (openrlhf: string, trl: string): ElsewhereRow =>
  row({ [openrlhf]: same }, { [trl]: same });

const answersOfPool = ({ batch_size, update_timesteps, num_return_sequences }: Settings): number =>
  batch_size * update_timesteps * num_return_sequences;
const answersOfMinibatch = (settings: Settings): number =>
  settings.mini_batch_size || settings.batch_size * settings.num_return_sequences;
const promptsOfRun = ({ batch_size, num_episodes, max_timesteps }: Settings): number =>
  batch_size * num_episodes * max_timesteps;
const usesCheckpointing = ({ settings }: FieldSource): boolean => settings.blocks_per_program > 0;

/** The scheduler's name in transformers, where the constant one has no warm-up. */
const schedulerOf = ({ settings: { lr_schedule, warmup_proportion } }: FieldSource): string =>
  lr_schedule === "constant" && warmup_proportion > 0 ? "constant_with_warmup" : lr_schedule;

const LEFT_OUT = none("a mistake in the tutorial; omitted");
// The one cast: Object.fromEntries forgets the names.
const defects = Object.fromEntries(DEFECT_NAMES.map((name) => [name, LEFT_OUT])) as {
  readonly [K in DefectName]: ElsewhereRow;
};

/** The counterparts of each setting. */
export const ELSEWHERE: { readonly [K in keyof Settings]: ElsewhereRow } = {
  ...defects,
  train_file_path: row(
    { "data.prompt_dataset": "prompts.jsonl", "data.input_key": "input" },
    "prompts.jsonl, read by the script",
  ),
  ori_model_path: row(
    { "actor.model_name_or_path": "actor", remark: "also the reference" },
    { sft_model_path: "actor", remark: "also the reference" },
  ),
  reward_model_path: row(
    { "reward.model_name_or_path": "reward", "critic.model_name_or_path": "critic" },
    { reward_model_path: "reward", remark: "the critic is read from critic/" },
  ),
  output_dir: renamed("ckpt.output_dir", "output_dir"),
  device: none("always a GPU; the launch file requests one"),
  seed: row(
    { "train.seed": same, remark: "the random numbers differ" },
    { seed: same, remark: "the random numbers differ" },
  ),
  max_len: row({ "data.max_len": same }, "the prompts in prompts.jsonl are already truncated"),
  query_len: renamed("rollout.max_new_tokens", "response_length"),
  batch_size: row({
    "rollout.batch_size": ({ settings }) => settings.batch_size * settings.update_timesteps,
    remark: "prompts per update: batch_size times update_timesteps",
  }, {
    per_device_train_batch_size: ({ settings }) => answersOfPool(settings),
    gradient_accumulation_steps: 1,
    local_rollout_forward_batch_size: same,
    remark: "answers per update",
  }),
  num_return_sequences: row(
    { "rollout.n_samples_per_prompt": same },
    "one answer per prompt; the script repeats the prompts",
  ),
  num_episodes: row({
    "train.num_episodes": ({ settings, prompts }) => Math.ceil(promptsOfRun(settings) / prompts),
    remark: "passes over the prompts, rounded up",
  }, {
    total_episodes: ({ settings }) => promptsOfRun(settings) * settings.num_return_sequences,
    remark: "answers in the whole run",
  }),
  max_timesteps: none("determines the number of answers; see num_episodes"),
  update_timesteps: none("determines the size of a rollout; see batch_size"),
  ppo_epoch: renamed("train.max_epochs", "num_ppo_epochs"),
  mini_batch_size: row(
    { "train.batch_size": ({ settings }) => answersOfMinibatch(settings) },
    { num_mini_batches: ({ settings: s }) => Math.ceil(answersOfPool(s) / answersOfMinibatch(s)) },
  ),
  micro_batch_size: row({
    "train.micro_batch_size": ({ own, settings }) => own || answersOfMinibatch(settings),
    "rollout.micro_batch_size": ({ own, settings }) => own || settings.batch_size,
  }, "not split; the whole minibatch at once"),
  blocks_per_program: row(
    { "actor.gradient_checkpointing_enable": usesCheckpointing },
    { gradient_checkpointing: usesCheckpointing },
  ),
  logits_at_once: none("not split; all logits of a pass at once"),
  score_batch_size: row("see rollout.micro_batch_size", "see local_rollout_forward_batch_size"),
  generate_batch_size: row("vLLM fills its batches itself", "see local_rollout_forward_batch_size"),
  spare_memory: none("sharding and offloading save GPU memory instead"),
  gpu_buffers: none("PyTorch manages GPU memory itself"),
  frozen_dtype: none("frozen models have the same dtype as the others"),
  memory_gib: none("all memory of the GPU may be used"),
  learning_rate: row({
    "actor.adam.lr": same,
    "critic.adam.lr": same,
    "actor.adam.betas": [0.9, 0.999],
    "critic.adam.betas": [0.9, 0.999],
  }, { learning_rate: same, remark: "one AdamW for both" }),
  lr_schedule: row(
    { "actor.lr_scheduler": schedulerOf, "critic.lr_scheduler": schedulerOf },
    { lr_scheduler_type: schedulerOf, remark: "changes once per update" },
  ),
  warmup_proportion: row(
    { "actor.lr_warmup_ratio": same, "critic.lr_warmup_ratio": same },
    { warmup_ratio: same },
  ),
  target_kl: none("no counterpart; every update runs all of its epochs"),
  adam_epsilon: row({ "actor.adam.eps": same, "critic.adam.eps": same }, { adam_epsilon: same }),
  max_grad_norm: row(
    { "actor.max_norm": same, "critic.max_norm": same },
    { max_grad_norm: same, remark: "not applied by PPOTrainer" },
  ),
  kl_coef: row(
    { "algo.kl.init_coef": same, "algo.kl.estimator": "k1" },
    { kl_coef: same, kl_estimator: "k1" },
  ),
  gamma: renamed("algo.advantage.gamma", "gamma"),
  lam: row({ "algo.advantage.lambd": same, "algo.advantage.estimator": "gae" }, { lam: same }),
  policy_clip_eps: renamed("actor.eps_clip", "cliprange"),
  value_clip_eps: row(
    { "critic.value_clip": same },
    { cliprange_value: same, vf_coef: 1, remark: "one loss: policy + vf_coef times value" },
  ),
  reward_clip_eps: row(
    { "reward.clip_range": ({ own }) => [-Number(own), Number(own)] },
    "done by the script's score head",
  ),
  whiten_advantages: none("both always whiten"),
  normalise_scores: row({ "reward.normalize_enable": same }, "done by the script's score head"),
  fresh_value_head: none("the head in critic/ is zero if this is set"),
  missing_eos_penalty: row("no counterpart", { missing_eos_penalty: ({ own }) => own || false }),
  do_sample: none("both always sample"),
  temperature: renamed("rollout.temperature", "temperature"),
  top_k: none("both sample from all tokens"),
  top_p: row({ "rollout.top_p": same }, "samples from all tokens"),
  repetition_penalty: none("no counterpart"),
  faithful: none("turns on the tutorial's mistakes; omitted"),
};

/** The fields of a cell, without its remark. */
const fieldsOf = ({ remark: _, ...fields }: Elsewhere) => Object.entries(fields);

/**
 * Names in other libraries that have exactly this setting's meaning, with and without their prefix.
 */
export const namesElsewhere = ({ openrlhf, trl }: ElsewhereRow): string[] =>
  [openrlhf, trl].flatMap(fieldsOf).filter(([, value]) => value === same)
    .flatMap(([name]) => [name, name.split(".").at(-1) ?? name]);

/** All fields of one library with their values, in the table's order. */
export function fieldsElsewhere(
  library: keyof ElsewhereRow,
  settings: Settings,
  prompts: number,
): [string, FieldValue][] {
  const values = new Map<string, FieldValue>(Object.entries(settings));
  return Object.entries(ELSEWHERE).flatMap(([setting, row]) => {
    const source = { settings, prompts, own: values.get(setting) ?? "" };
    return fieldsOf(row[library]).map(([name, value]): [string, FieldValue] => [
      name,
      typeof value === "function" ? value(source) : value,
    ]);
  });
}

/** The table in Markdown, with the columns setting, OpenRLHF and TRL. */
export function elsewhereTable(): string {
  const cell = (elsewhere: Elsewhere, mark: string) => {
    const names = fieldsOf(elsewhere).map(([name]) => `\`${mark}${name}\``).join(", ");
    return [names, elsewhere.remark ?? ""].filter((part) => part !== "").join("; ");
  };
  const rows = Object.entries(ELSEWHERE).map(([name, { openrlhf, trl }]) =>
    `| \`${name}\` | ${cell(openrlhf, "--")} | ${cell(trl, "")} |\n`
  );
  return `| setting | OpenRLHF 0.11.2 | TRL 1.12.0 |\n| --- | --- | --- |\n${rows.join("")}`;
}
