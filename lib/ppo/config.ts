/**
 * The configuration of a run under the field's standard names, and the mapping from the tutorial's
 * names to them.
 *
 * On disk, on the command line and in notebooks, settings have the tutorial's names (`kl_coef`,
 * `lam`). Inside the library, they are the fields of `PpoConfig`.
 */
import type { SamplingSettings, WeightType } from "../lm/mod.ts";
import { type DefectName, DEFECTS, scheduleOf, type Settings } from "../settings/mod.ts";

/** How one timestep of answers is sampled and rewarded. */
export interface RolloutConfig {
  /** Prompts in a timestep. */
  readonly batchSize: number;
  /** Answers sampled for each prompt. */
  readonly answersPerPrompt: number;
  /** The maximum number of tokens in an answer. */
  readonly answerLength: number;
  /** The distribution from which tokens are sampled. */
  readonly sampling: SamplingSettings;
  /** Whether to take the most likely token instead of sampling one. */
  readonly greedy: boolean;
  /** Weight of the KL penalty against the reference. */
  readonly klCoef: number;
  /** The discount factor of future rewards. */
  readonly gamma: number;
  /** Lambda of GAE. */
  readonly lambda: number;
  /** Whether to normalise scores by the mean and standard deviation of the SFT model's scores. */
  readonly normaliseScores: boolean;
  /** The limit at which scores are clipped, in either direction. */
  readonly scoreClipRange: number;
  /** Subtracted from the score of an answer without an end token. */
  readonly missingEosPenalty: number;
}

/** How the actor and the critic are trained on a pool of answers. */
export interface UpdateConfig {
  /** Passes over the pool. */
  readonly epochs: number;
  /** Answers per optimizer step. */
  readonly minibatchSize: number;
  /** Adam's learning rate for actor and critic. */
  readonly learningRate: number;
  /** Adam's epsilon. */
  readonly adamEpsilon: number;
  /** The maximum global norm of the gradient. */
  readonly maxGradNorm: number;
  /** The clip range of the probability ratio around 1. */
  readonly clipRange: number;
  /** The clip range of a new value around the old one. */
  readonly valueClipRange: number;
  /** Whether to whiten the pool's advantages to mean 0 and standard deviation 1. */
  readonly whitenAdvantages: boolean;
  /** Whether the critic's value head starts at zero instead of the reward model's head. */
  readonly freshValueHead: boolean;
}

/** Limits on the memory of a run. They do not change the results, except for rounding. */
export interface MemoryConfig {
  /** Answers in one forward and backward pass; 0: no limit. */
  readonly microBatchSize: number;
  /** Blocks in one segment of gradient checkpointing; 0: no checkpointing. */
  readonly blocksPerSegment: number;
  /** Answer tokens whose logits are held at once in the actor's gradient; 0: no limit. */
  readonly logitsAtOnce: number;
  /** Answers scored, and prompts read, in one call; 0: no limit. */
  readonly scoreBatchSize: number;
  /** Answers generated at once; 0: a whole timestep. */
  readonly generateBatchSize: number;
  /**
   * Whether to load frozen models only while they are used, and to free caches and gradients
   * between uses.
   */
  readonly spareMemory: boolean;
  /** How frozen models are stored. */
  readonly frozenType: WeightType;
}

/** Everything that a run depends on besides its models and prompts. */
export interface PpoConfig extends RolloutConfig, UpdateConfig {
  /** The seed, on which all random numbers depend. */
  readonly seed: number;
  /** The maximum number of tokens in a row (prompt and answer). */
  readonly maxLength: number;
  /** Timesteps in the schedule. */
  readonly timesteps: number;
  /** Updates in the schedule. */
  readonly updates: number;
  /** Timesteps of experience per update. */
  readonly updateTimesteps: number;
  /** Memory limits. */
  readonly memory: MemoryConfig;
  /** Which of the tutorial's defects are on (`faithful.ts`). */
  readonly defects: Readonly<Record<DefectName, boolean>>;
}

/** The sampling distribution of a run with these settings. */
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
  const defects = Object.keys(DEFECTS) as DefectName[]; // the table's own keys
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
    ) as PpoConfig["defects"], // each has a switch
  };
}
