/**
 * A run's configuration in the field's words, and the one place that maps the tutorial's names to them.
 *
 * On disk, on the command line and in notebooks settings have the tutorial's names (`kl_coef`, `lam`); inside the library they are the
 * fields of `PpoConfig`.
 */
import type { SamplingSettings, WeightType } from "../lm/mod.ts";
import { type DefectName, DEFECTS, scheduleOf, type Settings } from "../settings/mod.ts";

/** How one timestep of answers is sampled and rewarded. */
export interface RolloutConfig {
  /** Prompts in a timestep. */
  readonly batchSize: number;
  /** Answers sampled for each prompt. */
  readonly answersPerPrompt: number;
  /** The longest answer in tokens. */
  readonly answerLength: number;
  /** The distribution that tokens are drawn from. */
  readonly sampling: SamplingSettings;
  /** Takes the most likely token instead of drawing one. */
  readonly greedy: boolean;
  /** Weight of the KL penalty against the reference. */
  readonly klCoef: number;
  /** Discount of future rewards. */
  readonly gamma: number;
  /** Lambda of GAE. */
  readonly lambda: number;
  /** Normalises scores to the SFT model's mean 0 and standard deviation 1. */
  readonly normaliseScores: boolean;
  /** Scores are clipped to plus or minus this. */
  readonly scoreClipRange: number;
  /** Subtracted from the score of an answer without an end token. */
  readonly missingEosPenalty: number;
}

/** How actor and critic learn from a pool of answers. */
export interface UpdateConfig {
  /** Passes over the pool. */
  readonly epochs: number;
  /** Answers of an optimizer step. */
  readonly minibatchSize: number;
  /** Adam's learning rate for actor and critic. */
  readonly learningRate: number;
  /** Adam's epsilon. */
  readonly adamEpsilon: number;
  /** The global gradient norm is clipped to this. */
  readonly maxGradNorm: number;
  /** Range of the policy ratio around 1. */
  readonly clipRange: number;
  /** Range of a new value around the old one. */
  readonly valueClipRange: number;
  /** Shifts and scales the pool's advantages to mean 0 and standard deviation 1. */
  readonly whitenAdvantages: boolean;
  /** Starts the critic's head at zero instead of the reward model's. */
  readonly freshValueHead: boolean;
}

/** How much memory a run may use at once; none of it changes what is computed, except for rounding. */
export interface MemoryConfig {
  /** Answers in one pass of the gradient; 0: no limit. */
  readonly microBatchSize: number;
  /** Blocks in one segment of gradient checkpointing; 0: no checkpointing. */
  readonly blocksPerSegment: number;
  /** Answer tokens whose logits the actor's gradient holds at once; 0: no limit. */
  readonly logitsAtOnce: number;
  /** Answers scored, and prompts read, in one call; 0: no limit. */
  readonly scoreBatchSize: number;
  /** Answers generated at once; 0: a whole timestep. */
  readonly generateBatchSize: number;
  /** Loads frozen models only while they are used, and frees caches and gradients between uses. */
  readonly spareMemory: boolean;
  /** How frozen models are stored. */
  readonly frozenType: WeightType;
}

/** Everything that a run depends on besides its models and prompts. */
export interface PpoConfig extends RolloutConfig, UpdateConfig {
  /** All random numbers are functions of it. */
  readonly seed: number;
  /** The longest row in tokens, prompt and answer. */
  readonly maxLength: number;
  /** Timesteps of the schedule. */
  readonly timesteps: number;
  /** Updates of the schedule. */
  readonly updates: number;
  /** Timesteps of experience in an update. */
  readonly updateTimesteps: number;
  /** Memory limits. */
  readonly memory: MemoryConfig;
  /** Which of the tutorial's defects are on (`faithful.ts`). */
  readonly defects: Readonly<Record<DefectName, boolean>>;
}

/** The sampling distribution that settings ask for. */
export const samplingOf = (settings: Settings): SamplingSettings => ({
  temperature: settings.temperature,
  topK: settings.top_k,
  topP: settings.top_p,
  repetitionPenalty: settings.repetition_penalty,
});

/** How frozen models are stored. */
export const frozenType = ({ frozen_dtype }: Pick<Settings, "frozen_dtype">): WeightType =>
  frozen_dtype === "float16" ? "float16" : "float32";

const rolloutConfig = (settings: Settings): RolloutConfig => ({
  batchSize: settings.batch_size,
  answersPerPrompt: settings.num_return_sequences,
  answerLength: settings.query_len,
  sampling: samplingOf(settings),
  greedy: !settings.do_sample,
  klCoef: settings.kl_coef,
  gamma: settings.gamma,
  lambda: settings.lam,
  normaliseScores: settings.normalise_scores,
  scoreClipRange: settings.reward_clip_eps,
  missingEosPenalty: settings.missing_eos_penalty,
});

const updateConfig = (settings: Settings): UpdateConfig => ({
  epochs: settings.ppo_epoch,
  minibatchSize: settings.mini_batch_size || settings.batch_size * settings.num_return_sequences,
  learningRate: settings.learning_rate,
  adamEpsilon: settings.adam_epsilon,
  maxGradNorm: settings.max_grad_norm,
  clipRange: settings.policy_clip_eps,
  valueClipRange: settings.value_clip_eps,
  whitenAdvantages: settings.whiten_advantages,
  freshValueHead: settings.fresh_value_head,
});

const memoryConfig = (settings: Settings): MemoryConfig => ({
  microBatchSize: settings.micro_batch_size,
  blocksPerSegment: settings.blocks_per_program,
  logitsAtOnce: settings.logits_at_once,
  scoreBatchSize: settings.score_batch_size,
  generateBatchSize: settings.generate_batch_size,
  spareMemory: settings.spare_memory,
  frozenType: frozenType(settings),
});

/**
 * The configuration that a full set of settings describes.
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
  const defects = Object.keys(DEFECTS) as DefectName[]; // its own keys
  return {
    ...rolloutConfig(settings),
    ...updateConfig(settings),
    ...scheduleOf(settings),
    seed: settings.seed,
    maxLength: settings.max_len,
    updateTimesteps: settings.update_timesteps,
    memory: memoryConfig(settings),
    defects: Object.fromEntries(
      defects.map((name) => [name, settings[name]]),
    ) as PpoConfig["defects"], // a switch for each
  };
}
