/**
 * The parts of a run: models, configuration, the two functions of the algorithm, and where the schedule stands.
 *
 * What is not the algorithm is wrapped around it here: defects, timing, aborting and the memory policy of an update.
 */
import { updateMemory } from "../memory/mod.ts";
import { trimMemory } from "../runtime/mod.ts";
import { configOf, type PpoConfig } from "./config.ts";
import { createModels, type RunModels } from "./create_models.ts";
import { algorithmOf, type Rollout } from "./faithful.ts";
import type { PpoInputs } from "./inputs.ts";
import type { Minibatches } from "./minibatches.ts";
import { createPromptSampler, type PromptSampler } from "./prompts.ts";
import { rewardOfScore } from "./reward_of_score.ts";
import type { RolloutOptions } from "./rollout.ts";
import { type Position, START } from "./state.ts";
import { createStopwatch, type Stopwatch, timedModels } from "./stopwatch.ts";
import { update } from "./update.ts";

/** A run's configuration with the functions that follow from it: it can be spread into the options of `rollout` and `update`. */
export interface RunConfig extends PpoConfig {
  /** Turns a reward-model score into the reward at the last token. */
  readonly toReward: RolloutOptions["toReward"];
  /** Cuts a pool into the minibatches of one epoch. */
  readonly minibatches: Minibatches;
}

/** A run's parts. */
export interface Run {
  /** What it started from. */
  readonly inputs: PpoInputs;
  /** The four models; each call is timed. */
  readonly models: RunModels;
  /** Its configuration. */
  readonly config: RunConfig;
  /** `rollout.ts`, or with a defect that changes it, its wrapper. */
  readonly rollout: Rollout;
  /** `update.ts`, with the memory policy of an update around it. */
  readonly update: typeof update;
  /** Draws prompts, after `drawn` numbers. */
  promptSampler(drawn?: number): PromptSampler;
  /** Throws when the signal of the training was aborted. */
  checkAbort(): void;
  /** What may stop it, while it trains. */
  signal: AbortSignal | undefined;
  /** Adds up the seconds of each part. */
  readonly watch: Stopwatch;
  /** Where the schedule stands; replaced together with the models. */
  position: Position;
}

/** Compiles and loads a run; the inputs are checked already. */
export async function createRun(inputs: PpoInputs): Promise<Run> {
  const { special: { padId }, settings, prompts, scoreStatistics } = inputs;
  const config = configOf(settings);
  const { rollout, minibatches, promptRandom } = algorithmOf(config, { padId });
  const watch = createStopwatch();
  const control = { signal: undefined as AbortSignal | undefined };
  const checkAbort = () => control.signal?.throwIfAborted();
  const tidy = config.memory.spareMemory ? trimMemory : () => {};
  const models = await createModels(inputs, config, { checkAbort, tidy });
  return {
    inputs,
    models: timedModels(models, watch),
    config: { ...config, toReward: rewardOfScore(config, scoreStatistics), minibatches },
    rollout,
    update: updateWithPolicy({ inputs, models, config, checkAbort }),
    promptSampler: (drawn = 0) =>
      createPromptSampler(prompts, { batchSize: config.batchSize, random: promptRandom, drawn }),
    checkAbort,
    get signal() {
      return control.signal;
    },
    set signal(signal) {
      control.signal = signal;
    },
    watch,
    position: START,
  };
}

/** An update whose gradients keep the memory that they need again and again, and that can be aborted between two steps. */
function updateWithPolicy(
  { inputs: { policy }, models, config: { memory }, checkAbort }:
    & Pick<Run, "inputs" | "models" | "checkAbort">
    & { config: PpoConfig },
): typeof update {
  return async function* (...given) {
    const release = updateMemory(policy.config, memory);
    try {
      checkAbort();
      for await (const step of update(...given)) {
        yield step;
        checkAbort();
      }
      if (memory.spareMemory) models.releaseGradients();
    } finally {
      release();
    }
  };
}
