/**
 * The parts of a run: models, configuration, the two functions of the algorithm, and its progress.
 *
 * Everything that is not part of the algorithm is wrapped around it here: defects, timing,
 * aborting, and the memory handling of an update.
 */
import { updateMemory } from "../memory/mod.ts";
import { trimMemory } from "../runtime/mod.ts";
import { configOf, type PpoConfig } from "./config.ts";
import { createModels, type RunModels } from "./create_models.ts";
import { withDefects } from "./faithful.ts";
import type { PpoInputs } from "./inputs.ts";
import type { CutIntoMinibatches } from "./minibatches.ts";
import { createPromptSampler, type PromptSampler } from "./prompts.ts";
import { rewardOfScore } from "./reward_of_score.ts";
import type { Rollout, RolloutOptions } from "./rollout.ts";
import { type Progress, type Resumable, START } from "./state.ts";
import { createStopwatch, type Stopwatch, timedModels } from "./stopwatch.ts";
import { update } from "./update.ts";

/**
 * A run's configuration with the functions derived from it. It can be spread into the options of
 * `rollout` and `update`.
 */
export interface RunConfig extends PpoConfig {
  /** Turns a reward-model score into the reward at the last token. */
  readonly toReward: RolloutOptions["toReward"];
  /** Splits a pool into the minibatches of one epoch. */
  readonly minibatches: CutIntoMinibatches;
}

/** A run's parts. */
export interface Run extends Resumable {
  /** The inputs of the run. */
  readonly inputs: PpoInputs;
  /** The four models, whose calls are timed. */
  readonly models: RunModels;
  /** The configuration of the run. */
  readonly config: RunConfig;
  /** `rollout` of `rollout.ts`, or a wrapper if a defect changes it. */
  readonly rollout: Rollout;
  /** `update` of `update.ts`, with the memory handling of an update around it. */
  readonly update: typeof update;
  /** Draws prompts, starting after `drawn` random numbers. */
  promptSampler(drawn?: number): PromptSampler;
  /** Throws the reason of `signal` if it has been aborted. */
  checkAbort(): void;
  /** The signal that may stop the run between two programs. */
  signal: AbortSignal | undefined;
  /** Adds up the seconds of each part. */
  readonly watch: Stopwatch;
  /** The progress of the run, which is replaced together with the models. */
  progress: Progress;
}

/** Compiles and loads a run whose inputs have been checked. */
export async function createRun(inputs: PpoInputs): Promise<Run> {
  const { special: { padId }, settings, prompts, scoreStatistics } = inputs;
  const config = configOf(settings);
  const { rollout, minibatches, promptRandom } = withDefects(config, { padId });
  const watch = createStopwatch();
  const checkAbort = () => run.signal?.throwIfAborted();
  const tidy = config.memory.spareMemory ? trimMemory : () => {};
  const models = await createModels(inputs, config, { checkAbort, tidy });
  const run: Run = {
    inputs,
    models: timedModels(models, watch),
    config: { ...config, toReward: rewardOfScore(config, scoreStatistics), minibatches },
    rollout,
    update: updateWithMemoryHandling({ inputs, models, config, checkAbort }),
    promptSampler: (drawn = 0) =>
      createPromptSampler(prompts, { batchSize: config.batchSize, random: promptRandom, drawn }),
    checkAbort,
    signal: undefined,
    watch,
    progress: START,
  };
  return run;
}

/**
 * Wraps `update` so that the memory for its gradients is kept between steps, and so that it can be
 * aborted between two steps.
 */
function updateWithMemoryHandling(
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
