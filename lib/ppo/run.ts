/**
 * What a run consists of: models, configuration, the two functions of the algorithm, and its progress.
 *
 * What is not the algorithm is wrapped around it: timing, aborting, the tutorial's defects (`faithful.ts`), and here the memory
 * handling of an update.
 */
import { updateMemory } from "../memory/mod.ts";
import type { PpoConfig } from "./config.ts";
import type { RunModels } from "./create_models.ts";
import type { PpoInputs } from "./inputs.ts";
import type { PoolMetrics, StepMetrics } from "./metrics.ts";
import type { CutIntoMinibatches } from "./minibatches.ts";
import type { PromptSampler } from "./prompts.ts";
import type { Rollout, RolloutOptions } from "./rollout.ts";
import type { Sample } from "./sample.ts";
import type { Stopwatch } from "./stopwatch.ts";
import { update } from "./update.ts";

/** A run's configuration with the functions that follow from it: it can be spread into the options of `rollout` and `update`. */
export interface RunConfig extends PpoConfig {
  /** Turns a reward-model score into the reward at the last token. */
  readonly toReward: RolloutOptions["toReward"];
  /** Cuts a pool into the minibatches of one epoch. */
  readonly minibatches: CutIntoMinibatches;
}

/** How far a run has come. */
export interface Progress {
  /** Timesteps done. */
  readonly timestep: number;
  /** Updates done. */
  readonly update: number;
  /** Random numbers drawn so far to choose prompts. */
  readonly drawn: number;
  /** Answers since the last update. */
  readonly pool: readonly Sample[];
  /** Metrics of the pool, measured when its update began; undefined before that. */
  readonly before: PoolMetrics & { readonly kl_exact: number } | undefined;
  /** The optimizer steps of that update so far. */
  readonly steps: readonly StepMetrics[];
}

/** The start of a schedule. */
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
  /** What it started from. */
  readonly inputs: PpoInputs;
  /** The four models; each call is timed. */
  readonly models: RunModels;
  /** Its configuration. */
  readonly config: RunConfig;
  /** `rollout` of `rollout.ts`, or its wrapper where a defect changes it. */
  readonly rollout: Rollout;
  /** `update` of `update.ts`, with the memory handling of an update around it. */
  readonly update: typeof update;
  /** Draws prompts, after `drawn` numbers. */
  promptSampler(drawn?: number): PromptSampler;
  /** Throws the reason of `signal` when it was aborted. */
  checkAbort(): void;
  /** May stop `rollout` and `update` between two programs; `train` has its own while it runs. */
  signal: AbortSignal | undefined;
  /** Adds up the seconds of each part; `train` starts a new lap at each update. */
  readonly watch: Stopwatch;
  /** How far the run has come; replaced together with the models. */
  progress: Progress;
}

/** An update that keeps the memory its gradients need again and again, and that can be aborted between two steps. */
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
