/**
 * Every setting of PPO training in one table, and the rule that makes a full, checked set of values out of some.
 *
 * Names and defaults are the tutorial's where it has them, but the defaults of sampling are the correct ones
 * (repetition_penalty 1, no cut-off). Each defect of the tutorial is a switch; `faithful` turns all of them on.
 */
import { DEFECT_NAMES, type DefectName, DEFECTS } from "./defects.ts";
import {
  isAllowed,
  nearestName,
  type SettingSpec,
  type SettingValues,
  wanted,
} from "./setting_spec.ts";

/** Every setting of PPO: kind, default, range, help. */
export const SETTINGS = {
  train_file_path: {
    kind: "text",
    default: "data/ppo_train.json",
    help: "prompts: JSON lines with `content`",
  },
  ori_model_path: {
    kind: "text",
    default: "sft_model/",
    help: "the SFT model: actor and frozen reference",
  },
  reward_model_path: {
    kind: "text",
    default: "rm_model/",
    help: "the reward model; the critic starts as it",
  },
  output_dir: { kind: "text", default: "output_dir", help: "folder for checkpoints and logs" },
  device: {
    kind: "text",
    default: "auto",
    pattern: /^(auto|cpu|webgpu|-?\d+)$/,
    form: 'auto, cpu, webgpu or a number ("0": the first GPU, or the CPU where there is none)',
    help: "where to compute",
  },
  gpu_buffers: {
    kind: "text",
    default: "buckets",
    pattern: /^(buckets|exact)$/,
    form: "buckets or exact",
    help:
      "how a GPU's memory for intermediate results is used again: in buckets of up to 160 MiB; or exactly, faster with large models, and kept for every length met",
  },
  seed: { kind: "integer", default: 2048, min: 0, help: "start of all random numbers" },
  max_len: {
    kind: "integer",
    default: 768,
    min: 1,
    help: "longest sequence in tokens, prompt and answer",
  },
  query_len: { kind: "integer", default: 64, min: 1, help: "longest answer in tokens" },
  batch_size: { kind: "integer", default: 16, min: 1, help: "prompts a timestep" },
  num_return_sequences: { kind: "integer", default: 1, min: 1, help: "answers a prompt" },
  num_episodes: {
    kind: "integer",
    default: 3,
    min: 1,
    help: "episodes; a checkpoint is saved after each",
  },
  max_timesteps: { kind: "integer", default: 80, min: 1, help: "timesteps an episode" },
  update_timesteps: {
    kind: "integer",
    default: 20,
    min: 1,
    help: "timesteps of experience in an update",
  },
  ppo_epoch: {
    kind: "integer",
    default: 2,
    min: 1,
    help: "passes over the experience in an update",
  },
  mini_batch_size: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "answers an optimiser step; 0: as batch_size",
  },
  micro_batch_size: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "answers a pass; gradients add up to the minibatch's; 0: all at once",
  },
  blocks_per_program: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "blocks one training program holds; fewer need less memory; 0: all",
  },
  logits_at_once: {
    kind: "integer",
    default: 0,
    min: 0,
    help:
      "answer tokens whose logits the actor's step holds at once; fewer need less memory; 0: all",
  },
  score_batch_size: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "answers scored, and prompts read, at once; 0: as many as is fastest",
  },
  generate_batch_size: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "answers generated at once; 0: all of a timestep",
  },
  spare_memory: {
    kind: "boolean",
    default: false,
    help:
      "hold only what the moment needs: frozen models are read when asked, caches and gradients freed",
  },
  frozen_dtype: {
    kind: "text",
    default: "float32",
    pattern: /^(float32|float16)$/,
    form: "float32 or float16",
    help:
      "how a GPU stores reference and reward model; float16 takes half the memory, and they still compute in float32",
  },
  memory_gib: {
    kind: "number",
    default: 0,
    min: 0,
    help:
      "memory that may be used on the CPU, in GiB; what is not given of the settings above is chosen to fit; 0: what is free",
  },
  learning_rate: { kind: "number", default: 1e-5, min: 0, help: "Adam's, for actor and critic" },
  adam_epsilon: { kind: "number", default: 1e-5, above: 0, help: "Adam's epsilon" },
  max_grad_norm: {
    kind: "number",
    default: 1,
    above: 0,
    help: "the global gradient norm is cut to this",
  },
  kl_coef: { kind: "number", default: 0.02, min: 0, help: "price of a nat of KL to the reference" },
  gamma: { kind: "number", default: 1, min: 0, max: 1, help: "discount of rewards to come" },
  lam: {
    kind: "number",
    default: 0.95,
    min: 0,
    max: 1,
    help: "lambda of GAE: 0 trusts the critic, 1 the rewards",
  },
  policy_clip_eps: {
    kind: "number",
    default: 0.2,
    above: 0,
    help: "the ratio is clipped to 1 +- this",
  },
  value_clip_eps: {
    kind: "number",
    default: 0.2,
    above: 0,
    help: "a new value is clipped to the old +- this",
  },
  reward_clip_eps: { kind: "number", default: 5, above: 0, help: "a score is clipped to +- this" },
  whiten_advantages: {
    kind: "boolean",
    default: true,
    help: "advantages to mean 0, deviation 1 over an update",
  },
  normalise_scores: {
    kind: "boolean",
    default: true,
    help: "scores to the SFT model's mean 0, deviation 1",
  },
  fresh_value_head: {
    kind: "boolean",
    default: true,
    help: "the critic's head starts at zero; false keeps the reward model's",
  },
  missing_eos_penalty: {
    kind: "number",
    default: 1,
    min: 0,
    help: "taken off the score of an endless answer",
  },
  do_sample: { kind: "boolean", default: true, help: "sample; false takes the likeliest token" },
  temperature: { kind: "number", default: 1, above: 0, help: "logits are divided by it" },
  top_k: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "sample from the k likeliest tokens; 0: from all",
  },
  top_p: {
    kind: "number",
    default: 1,
    above: 0,
    max: 1,
    help: "sample from the likeliest tokens that sum to p",
  },
  repetition_penalty: {
    kind: "number",
    default: 1,
    above: 0,
    help: "makes tokens already there less likely",
  },
  faithful: {
    kind: "boolean",
    default: false,
    help: "do as the tutorial does, every defect included",
  },
  ...DEFECTS,
} satisfies { [name: string]: SettingSpec };

/** A full set of values, one a row of SETTINGS. */
export type Settings = SettingValues<typeof SETTINGS>;

/** Settings that say how much memory a run takes, and not what it computes: numbers agree to rounding. */
export const MEMORY_SETTINGS = [
  "micro_batch_size",
  "blocks_per_program",
  "logits_at_once",
  "score_batch_size",
  "generate_batch_size",
  "spare_memory",
  "memory_gib",
] as const;

/** Sampling as in the tutorial: its own penalty, and the cut-off that its library applied unasked. */
const FAITHFUL: Partial<Settings> = { repetition_penalty: 1.4, top_k: 50, fresh_value_head: false };

/**
 * Checks names and values, one by one: what a file or a command line gave is then known to be settings.
 *
 * @throws {RangeError} For an unknown name (with the nearest one) or a value outside its range.
 */
export function checkSettings(
  given: { [name: string]: unknown },
): asserts given is Partial<Settings> {
  for (const [name, value] of Object.entries(given)) {
    const spec = Object.entries(SETTINGS).find(([known]) => known === name)?.[1];
    if (spec === undefined) {
      const near = nearestName(name, Object.keys(SETTINGS));
      const hint = near === undefined ? "" : `; did you mean "${near}"?`;
      throw new RangeError(`Cannot use the setting "${name}": there is none of that name${hint}`);
    }
    if (!isAllowed(spec, value)) {
      throw new RangeError(`Cannot use ${name} ${shown(value)}: it must be ${wanted(spec)}`);
    }
  }
}

function shown(value: unknown): string {
  return typeof value === "number" ? String(value) : JSON.stringify(value) ?? String(value);
}

/** Defaults, then what `faithful` changes, then what was given: later ones win. */
function layered(given: Partial<Settings>): Settings {
  const values = defaultSettings();
  if (given.faithful !== true) return { ...values, ...given };
  const defects = Object.fromEntries(DEFECT_NAMES.map((name) => [name, true]));
  return { ...values, ...FAITHFUL, ...defects, ...given };
}

/** The value of a switch and of the setting that says the same in the positive, from whichever was given. */
function agree(
  given: Partial<Settings>,
  { defect, setting, values }: { defect: DefectName; setting: keyof Settings; values: Settings },
): boolean {
  const off = given[setting] === undefined ? undefined : !given[setting];
  const on = given[defect];
  if (on !== undefined && off !== undefined && on !== off) {
    const found = `${defect} is ${on} and ${setting} is ${given[setting]}`;
    throw new RangeError(`Cannot use these settings: ${found}, which contradict each other`);
  }
  return on ?? off ?? values[defect];
}

function checkTogether(values: Settings): void {
  const { max_len, query_len, update_timesteps, num_episodes, max_timesteps } = values;
  if (max_len - query_len - 3 < 1) {
    throw new RangeError(
      `Cannot use max_len ${max_len} with query_len ${query_len}: max_len - query_len - 3 tokens are left for a prompt`,
    );
  }
  if (update_timesteps > num_episodes * max_timesteps) {
    const total = `num_episodes ${num_episodes} times max_timesteps ${max_timesteps} timesteps`;
    throw new RangeError(
      `Cannot use update_timesteps ${update_timesteps}: ${total} would bring no update`,
    );
  }
}

/** The default of every setting. */
export function defaultSettings(): Settings {
  // The one cast: Object.fromEntries forgets which name has which type.
  return Object.fromEntries(
    Object.entries(SETTINGS).map(([name, spec]) => [name, spec.default]),
  ) as Settings;
}

/**
 * A full set of values from some of them.
 *
 * With `faithful: true` every defect is on, repetition_penalty is 1.4 and top_k 50, except for what is given.
 *
 * @throws {RangeError} For an unknown name, a value outside its range, or values that contradict each other.
 *
 * @example
 * ```ts
 * import { equal, throws } from "node:assert/strict";
 * equal(validateSettings({ kl_coef: 0.05 }).lam, 0.95);
 * equal(validateSettings({ faithful: true }).repetition_penalty, 1.4);
 * throws(() => validateSettings({ lam: 1.5 }), { message: "Cannot use lam 1.5: it must be a number from 0 to 1" });
 * ```
 */
export function validateSettings(given: Partial<Settings> = {}): Settings {
  checkSettings(given);
  const values = layered(given);
  const no_whitening = agree(given, {
    defect: "no_whitening",
    setting: "whiten_advantages",
    values,
  });
  const no_score_normalisation = agree(given, {
    defect: "no_score_normalisation",
    setting: "normalise_scores",
    values,
  });
  const no_missing_eos_penalty = agree(given, {
    defect: "no_missing_eos_penalty",
    setting: "missing_eos_penalty",
    values,
  });
  const settings = {
    ...values,
    no_whitening,
    whiten_advantages: !no_whitening,
    no_score_normalisation,
    normalise_scores: !no_score_normalisation,
    no_missing_eos_penalty,
    missing_eos_penalty: no_missing_eos_penalty ? 0 : values.missing_eos_penalty,
  };
  checkTogether(settings);
  return settings;
}
