/**
 * PPO for a language model (Schulman et al. 2017; Ouyang et al. 2022): sample, score, update, again.
 *
 * `createPpo` compiles the programs and holds the models; `train` is an async generator of metrics, one row an update
 * (`ppo_loop.ts`), and `state` is all that it takes to go on later.
 */
import { type Generator } from "../decode/mod.ts";
import {
  type Gpt2Arrays,
  type StoredGpt2,
  type TokenRow,
  type ValueModelArrays,
  weightType,
} from "../lm/mod.ts";
import type { Sample } from "./experience.ts";
import type { Metrics, UpdateStep } from "./metrics.ts";
import { train, type TrainOptions } from "./ppo_loop.ts";
import {
  checkInputs,
  compilePrograms,
  fittingSettings,
  loadModels,
  type PpoInputs,
} from "./ppo_models.ts";
import {
  type ActorGradient,
  actorGradient,
  exactKl,
  experience,
  optimizerSteps,
  rescore,
  type Run,
} from "./ppo_run.ts";
import { type PpoState, START, stateOf, type StateOptions } from "./ppo_state.ts";
import { measureStorage, type StorageDifference } from "./storage_difference.ts";
import { createStopwatch, type PartSeconds } from "./stopwatch.ts";

/** A PPO run. */
export interface Ppo {
  /** One row of metrics an update; stops at the end of the schedule. */
  train(options?: TrainOptions): AsyncGenerator<Metrics>;
  /** Where the run stands, for `train({ from })` of a run with the same inputs; ask between two programs. */
  state(options?: StateOptions): Promise<PpoState>;
  /** Samples and scores one timestep's answers with the models as they are. */
  experience(timestep: number, prompts: readonly TokenRow[]): Promise<Sample[]>;
  /** The same answers scored again. */
  rescore(samples: readonly Sample[]): Promise<Sample[]>;
  /** Updates actor and critic on a pool of answers; `update` counts from 0. */
  update(pool: readonly Sample[], update: number): Promise<UpdateStep[]>;
  /**
   * Mean over sampled answers of KL(pi || pi_ref), exact over the vocabulary, summed over an answer's tokens; answers are taken in
   * groups of at most `logitsAtOnce` logits a model.
   */
  exactKl(samples: readonly Sample[], options?: { logitsAtOnce?: number }): Promise<number>;
  /** The gradient of the actor's loss on these answers as one minibatch, by parameter name. */
  actorGradient(
    samples: readonly Sample[],
    options?: { microBatchSize?: number },
  ): Promise<ActorGradient>;
  /** The actor as it is now; valid until the next update. */
  actor(): Gpt2Arrays;
  /** The critic as it is now; valid until the next update. */
  critic(): ValueModelArrays;
  /** The frozen SFT model; asking throws a RangeError where it is read only while it scores, or stored as float16. */
  readonly reference: Gpt2Arrays;
  /** What storing the frozen models as float16 changed, where they are. */
  readonly storageDifference: StorageDifference | undefined;
  /** Samples answers with any parameters of the actor's shape. */
  readonly generator: Generator;
  /** What each part took since it was last asked, in seconds; `train` asks at each update. */
  lap(): PartSeconds;
}

/**
 * Compiles a run.
 *
 * @throws RangeError when there are fewer prompts than `batch_size`, one is too long, or normalisation lacks its statistics.
 */
export async function createPpo(given: PpoInputs): Promise<Ppo> {
  checkInputs(given);
  const inputs = { ...given, settings: fittingSettings(given) };
  const interruption: Run["interruption"] = { signal: undefined };
  const checkpoint = () => interruption.signal?.throwIfAborted();
  const programs = await compilePrograms(inputs, { checkpoint });
  const models = await loadModels(inputs, programs);
  const { settings } = inputs;
  const storageDifference = await measureStorage(inputs, programs, models);
  const watch = createStopwatch();
  const run: Run = { inputs, settings, programs, models, watch, interruption, position: START };
  return {
    train: (options = {}) => train(run, options),
    state: (options = {}) => stateOf(run, options),
    experience: (timestep, prompts) => experience(run, timestep, prompts),
    rescore: (samples) => rescore(run, samples),
    update: (pool, update) => Array.fromAsync(optimizerSteps(run, pool, { update })),
    exactKl: (samples, options = {}) => exactKl(run, samples, options),
    actorGradient: (samples, options = {}) => actorGradient(run, samples, options),
    actor: () => models.actor.parameters,
    critic: () => models.critic.parameters,
    get reference() {
      return wholeReference(models.reference.kept);
    },
    storageDifference,
    generator: programs.generator,
    lap() {
      const seconds = run.watch.read();
      run.watch.lap();
      return seconds;
    },
  };
}

function wholeReference(kept: StoredGpt2 | undefined): Gpt2Arrays {
  if (kept === undefined) {
    throw new RangeError(
      "Cannot give the reference model: spare_memory reads it only while it is asked",
    );
  }
  if (isInFloat32(kept)) return kept;
  throw new RangeError(
    "Cannot give the reference model: it is stored as float16, and programs for others read float32",
  );
}

const isInFloat32 = (model: StoredGpt2): model is Gpt2Arrays => weightType(model) === "float32";
