/**
 * The configuration of a run under standard names, and the mapping from the tutorial's names to
 * them.
 *
 * On disk, on the command line and in notebooks, settings have the tutorial's names (`kl_coef`,
 * `lam`). Inside the library, they are the fields of `PpoConfig`.
 */
import type { SamplingSettings, WeightType } from "../lm/mod.ts";
import { type DefectName, scheduleOf, type Settings, stepsAnUpdate } from "../settings/mod.ts";

/** The fields that are copies of one setting, with the name of that setting. */
export const SETTING_OF = {
  /** The seed, on which all random numbers depend. */
  seed: "seed",
  /** The maximum number of tokens in a row (prompt and answer). */
  maxLength: "max_len",
  /** Prompts in a timestep. */
  batchSize: "batch_size",
  /** Answers sampled for each prompt. */
  answersPerPrompt: "num_return_sequences",
  /** The maximum number of tokens in an answer. */
  answerLength: "query_len",
  /** Weight of the KL penalty against the reference. */
  klCoef: "kl_coef",
  /** The discount factor of future rewards. */
  gamma: "gamma",
  /** Lambda of GAE. */
  lambda: "lam",
  /** Whether to normalise scores by the mean and standard deviation of the SFT model's scores. */
  normaliseScores: "normalise_scores",
  /** The limit at which scores are clipped, in either direction. */
  scoreClipRange: "reward_clip_eps",
  /** Subtracted from the score of an answer without an end token. */
  missingEosPenalty: "missing_eos_penalty",
  /** Timesteps of experience per update. */
  updateTimesteps: "update_timesteps",
  /** Passes over the pool. */
  epochs: "ppo_epoch",
  /** Adam's learning rate for actor and critic, at the schedule's highest point. */
  learningRate: "learning_rate",
  /** How the learning rate changes with the optimizer steps: constant, linear or cosine. */
  schedule: "lr_schedule",
  /** The share of all optimizer steps over which the learning rate rises from 0. */
  warmupProportion: "warmup_proportion",
  /** Adam's epsilon. */
  adamEpsilon: "adam_epsilon",
  /** The maximum global norm of the gradient. */
  maxGradNorm: "max_grad_norm",
  /** The clip range of the probability ratio around 1. */
  clipRange: "policy_clip_eps",
  /** The clip range of a new value around the old one. */
  valueClipRange: "value_clip_eps",
  /** Whether to whiten the pool's advantages to mean 0 and standard deviation 1. */
  whitenAdvantages: "whiten_advantages",
  /** Whether the critic's value head starts at zero instead of the reward model's head. */
  freshValueHead: "fresh_value_head",
} as const;

/** The same for memory limits. */
export const MEMORY_SETTING_OF = {
  /** Answers in one forward and backward pass; 0: no limit. */
  microBatchSize: "micro_batch_size",
  /** Blocks in one segment of gradient checkpointing; 0: no checkpointing. */
  blocksPerSegment: "blocks_per_program",
  /** Answer tokens whose logits are held at once in the actor's gradient; 0: no limit. */
  logitsAtOnce: "logits_at_once",
  /** Answers scored, and prompts read, in one call; 0: no limit. */
  scoreBatchSize: "score_batch_size",
  /** Answers generated at once; 0: a whole timestep. */
  generateBatchSize: "generate_batch_size",
  /**
   * Whether to hold frozen models only while they are used, and to free caches and gradients
   * between uses.
   */
  spareMemory: "spare_memory",
} as const;

/** Settings under other names. */
export type Renamed<T extends Readonly<Record<string, keyof Settings>>> = {
  readonly [K in keyof T]: Settings[T[K]];
};

/**
 * Limits on the memory of a run. They do not change the results beyond
 * rounding, unless a defect makes padding or dropout depend on the batch.
 */
export interface MemoryConfig extends Renamed<typeof MEMORY_SETTING_OF> {
  /** How frozen models are stored. */
  readonly frozenType: WeightType;
}

/**
 * Everything that a run depends on besides its models and prompts, with the fields of `SETTING_OF`.
 */
export interface PpoConfig extends Renamed<typeof SETTING_OF> {
  /** The distribution from which tokens are sampled. */
  readonly sampling: SamplingSettings;
  /** Whether to take the most likely token instead of sampling one. */
  readonly greedy: boolean;
  /** Answers per optimizer step. */
  readonly minibatchSize: number;
  /** Timesteps in the schedule. */
  readonly timesteps: number;
  /** Updates in the schedule. */
  readonly updates: number;
  /** An update ends at 1.5 times this KL divergence, in nats per token. */
  readonly targetKl: number;
  /** Optimizer steps in an update, unless `targetKl` ends it early. */
  readonly stepsPerUpdate: number;
  /** Memory limits. */
  readonly memory: MemoryConfig;
  /** Which of the tutorial's defects are on (`faithful.ts`). */
  readonly defects: Readonly<Record<DefectName, boolean>>;
}

/**
 * The sampling distribution of a run with these settings.
 *
 * @example
 * ```ts
 * import { samplingOf } from "ppo/ppo/mod.ts";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * import { equal } from "node:assert/strict";
 * equal(samplingOf(validateSettings({ top_k: 5 })).topK, 5);
 * ```
 */
export const samplingOf = (settings: Settings): SamplingSettings => ({
  temperature: settings.temperature,
  topK: settings.top_k,
  topP: settings.top_p,
  repetitionPenalty: settings.repetition_penalty,
});

/**
 * How frozen models are stored.
 *
 * @example
 * ```ts
 * import { frozenType } from "ppo/ppo/mod.ts";
 * import { equal } from "node:assert/strict";
 * equal(frozenType({ frozen_dtype: "float16" }), "float16");
 * ```
 */
export const frozenType = ({ frozen_dtype }: Pick<Settings, "frozen_dtype">): WeightType =>
  frozen_dtype === "float16" ? "float16" : "float32";

/** Settings under the names of a table. */
const renamed = <T extends Readonly<Record<string, keyof Settings>>>(
  settings: Settings,
  names: T,
) =>
  // the table's own fields
  Object.fromEntries(
    Object.entries(names).map(([field, name]) => [field, settings[name]]),
  ) as Renamed<T>;

/**
 * The configuration for a full set of settings.
 *
 * @example
 * ```ts
 * import { configOf } from "ppo/ppo/mod.ts";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * import { equal } from "node:assert/strict";
 * const config = configOf(validateSettings({ lam: 0.9, batch_size: 4, num_return_sequences: 2 }));
 * equal(config.lambda, 0.9);
 * equal(config.minibatchSize, 8); // mini_batch_size 0: as many as a timestep has
 * ```
 */
export function configOf(settings: Settings): PpoConfig {
  return {
    ...renamed(settings, SETTING_OF),
    ...scheduleOf(settings),
    stepsPerUpdate: stepsAnUpdate(settings),
    targetKl: settings.target_kl || Infinity,
    sampling: samplingOf(settings),
    greedy: !settings.do_sample,
    minibatchSize: settings.mini_batch_size ||
      settings.batch_size * settings.num_return_sequences,
    memory: { ...renamed(settings, MEMORY_SETTING_OF), frozenType: frozenType(settings) },
    defects: settings, // the type leaves only the switches of the defects
  };
}
