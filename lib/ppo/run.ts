/**
 * What a run consists of: models, configuration, the two functions of the algorithm, and its
 * progress.
 *
 * Everything else is wrapped around the algorithm: timing, aborting, the tutorial's defects
 * (`faithful.ts`) and, in this file, the memory handling of an update.
 */
import { updateMemory } from "../memory/mod.ts";
import type { PpoConfig } from "./config.ts";
import type { RunModels } from "./create_models.ts";
import type { PpoInputs } from "./inputs.ts";
import type { PoolMetrics, StepMetrics } from "./metrics.ts";
import type { CutIntoMinibatches, PromptSampler } from "./minibatches.ts";
import type { Rollout, RolloutOptions } from "./rollout.ts";
import type { Sample } from "./sample.ts";
import type { Stopwatch } from "./watched_models.ts";
import { update } from "./update.ts";

/**
 * A run's configuration with the functions derived from it. It can be spread into the options of
 * `rollout` and `update`.
 */
export interface RunConfig extends PpoConfig {
  /** Turns a reward-model score into its contribution to the last token's reward. */
  readonly toReward: RolloutOptions["toReward"];
  /** Splits a pool into the minibatches of one epoch. */
  readonly minibatches: CutIntoMinibatches;
}

/** The progress of a run. */
export interface Progress {
  /** Timesteps completed. */
  readonly timestep: number;
  /** The number of updates made. */
  readonly update: number;
  /** How many random numbers have been drawn to choose prompts. */
  readonly drawn: number;
  /** Answers since the last update. */
  readonly pool: readonly Sample[];
  /** Metrics of the pool before its update, measured when it begins; undefined until then. */
  readonly before: PoolMetrics & { readonly kl_exact: number } | undefined;
  /** The optimizer steps made so far in that update. */
  readonly steps: readonly StepMetrics[];
}

/** The progress at the start of a schedule. */
export const START: Progress = {
  timestep: 0,
  update: 0,
  drawn: 0,
  pool: [],
  before: undefined,
  steps: [],
};

/** A run's parts. */
export interface Run {
  /** The inputs of the run. */
  readonly inputs: PpoInputs;
  /** The four models. The calls that `rollout` and `update` make are timed. */
  readonly models: RunModels;
  /** The configuration of the run. */
  readonly config: RunConfig;
  /** `rollout` from `rollout.ts`, or a wrapper if a defect changes it. */
  readonly rollout: Rollout;
  /** `update` from `update.ts`, with the memory handling of an update around it. */
  readonly update: typeof update;
  /** Draws prompts, starting after `drawn` random numbers. */
  promptSampler(drawn?: number): PromptSampler;
  /** Throws the reason of `signal` if it has been aborted. */
  checkAbort(): void;
  /**
   * May stop `rollout` and `update` between two programs. `train` sets it to its own signal and
   * removes that signal when it ends.
   */
  signal: AbortSignal | undefined;
  /** Adds up the seconds of each part; `train` starts a new lap at each update. */
  readonly watch: Stopwatch;
  /** The progress of the run, which is replaced together with the models. */
  progress: Progress;
}

/**
 * Wraps `update` so that the memory for its gradients is kept between steps, and so that it can be
 * aborted between two steps.
 */
export function updateWithMemoryHandling(
  { inputs, models, config: { memory }, checkAbort }:
    & Pick<Run, "inputs" | "models" | "checkAbort">
    & { config: PpoConfig },
): typeof update {
  const begin = updateMemory(inputs.policy.config, memory);
  return async function* (...given) {
    const end = begin();
    try {
      checkAbort();
      for await (const step of update(...given)) {
        yield step;
        checkAbort();
      }
    } finally {
      if (memory.spareMemory) models.releaseGradients();
      end();
    }
  };
}
