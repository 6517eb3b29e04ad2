/**
 * PPO for a language model (Schulman et al. 2017; Ouyang et al. 2022): sample, score, update, and
 * repeat.
 *
 * `createPpo` compiles the programs and holds the models. The algorithm itself is in `rollout.ts`,
 * `update.ts` and `train.ts`.
 */
import type { Generator } from "../decode/mod.ts";
import {
  chunksOf,
  downloadParameters,
  type Gpt2Arrays,
  type StoredGpt2,
  type TokenRow,
  type ValueModelArrays,
  type Weight,
  weightType,
} from "../lm/mod.ts";
import { actorWithDefects } from "./faithful.ts";
import { checkInputs, fittingSettings, type PpoInputs } from "./inputs.ts";
import type { Metrics, PoolMetrics } from "./metrics.ts";
import { createRun, type Run } from "./run.ts";
import type { Sample } from "./sample.ts";
import { type PpoState, stateOf, type StateOptions } from "./state.ts";
import { measureStorage, type StorageDifference } from "./storage_difference.ts";
import { measurePool } from "./metrics.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train_options.ts";
import type { UpdateStep } from "./update.ts";

/** A PPO run. */
export interface Ppo
  extends Pick<Run, "models" | "config" | "rollout" | "update" | "promptSampler"> {
  /** Trains to the end of the schedule and yields one row of metrics per update. */
  train(options?: TrainOptions): AsyncGenerator<Metrics>;
  /**
   * Returns the state of the run, for `train({ from })` of a run with the same inputs. Call it
   * between two values of `train`, or after `train` has thrown.
   */
  state(options?: StateOptions): Promise<PpoState>;
  /**
   * Runs `rollout` with this run's current models and configuration, for one timestep of answers.
   */
  experience(timestep: number, prompts: readonly TokenRow[]): Promise<Sample[]>;
  /** Scores the same answers again. */
  rescore(samples: readonly Sample[]): Promise<Sample[]>;
  /** Runs `update` with this run's models and configuration, on a pool of answers. */
  learn(pool: readonly Sample[], updatesDone: number): Promise<UpdateStep[]>;
  /** The metrics of a pool that are logged before its update. */
  measure(pool: readonly Sample[]): Promise<PoolMetrics & { kl_exact: number }>;
  /**
   * The exact KL(pi || pi_ref) in nats, summed over an answer's tokens and averaged over answers.
   */
  exactKl(samples: readonly Sample[], options?: { maxLogits?: number }): Promise<number>;
  /**
   * The gradient of the actor's loss on these answers as one minibatch, computed for at most
   * `microBatchSize` answers at once (default: all).
   */
  actorGradient(
    samples: readonly Sample[],
    options?: { microBatchSize?: number },
  ): Promise<ActorGradient>;
  /** The current actor, valid until the next update. */
  actor(): Gpt2Arrays;
  /** The current critic, valid until the next update. */
  critic(): ValueModelArrays;
  /**
   * The frozen SFT model. Throws a RangeError if it is loaded only while it is used, or stored as
   * float16.
   */
  readonly reference: Gpt2Arrays;
  /** The effect of storing the frozen models as float16, or undefined if they are float32. */
  readonly storageDifference: StorageDifference | undefined;
  /** Samples answers with any parameters that have the actor's shapes. */
  readonly generator: Generator;
  /** The seconds spent in each part since the last call. `train` calls this at each update. */
  lap(): ReturnType<Run["watch"]["lap"]>;
  /**
   * Sets a signal that stops `rollout` and `update` between two programs. `train` has its own
   * signal.
   */
  abortOn(signal: AbortSignal | undefined): void;
}

/** A gradient in host memory. */
export interface ActorGradient {
  /** The clipped loss. */
  readonly loss: number;
  /** log pi(a_t) in nats, one row per answer. */
  readonly logProbs: readonly number[][];
  /** The gradient by parameter name, before clipping. */
  readonly gradients: ReadonlyMap<string, Weight>;
}

/**
 * Compiles a run.
 *
 * @throws RangeError when there are fewer prompts than `batch_size`, a prompt is too long, or the
 *   statistics for score normalisation are missing.
 */
export async function createPpo(given: PpoInputs): Promise<Ppo> {
  checkInputs(given);
  const inputs = { ...given, settings: fittingSettings(given) };
  const run = await createRun(inputs);
  const { models, config, rollout, update, promptSampler, watch } = run;
  const storageDifference = await measureStorage(inputs, models);
  return {
    ...{
      models,
      config,
      rollout,
      update,
      promptSampler,
      storageDifference,
      generator: models.generator,
    },
    train: (options = {}) => abortable(run, options),
    state: (options = {}) => stateOf(run, options),
    experience: (timestep, prompts) => rollout(models, prompts, { ...config, timestep }),
    async rescore(samples) {
      const generate = () => Promise.resolve([...samples]);
      const actor = actorWithDefects({ ...models.actor, generate }, config);
      const scored = await rollout({ ...models, actor }, [], { ...config, timestep: 0 });
      return scored.map((sample, index) => ({ ...sample, timestep: samples[index].timestep }));
    },
    learn: (pool, updatesDone) => Array.fromAsync(update(models, pool, { ...config, updatesDone })),
    measure: (pool) => measurePool(models, pool),
    exactKl: (samples, options) => models.exactKl(samples, options),
    async actorGradient(samples, { microBatchSize = samples.length } = {}) {
      const { state, trainer } = models.trainedActor;
      const { loss, rows, gradients } = await trainer.gradient(state.parameters, samples, {
        groups: (answers) => chunksOf([...answers.keys()], microBatchSize),
      });
      return {
        loss,
        logProbs: rows.logProbs,
        gradients: await downloadParameters(inputs.device, gradients),
      };
    },
    actor: () => models.trainedActor.state.parameters,
    critic: () => models.trainedCritic.state.parameters,
    get reference() {
      return wholeReference(models.frozenReference.kept);
    },
    lap: watch.lap,
    abortOn(signal) {
      run.signal = signal;
    },
  };
}

/** Trains, and stops when the signal in the options is aborted. */
async function* abortable(run: Run, options: TrainOptions): AsyncGenerator<Metrics> {
  run.signal = options.signal;
  try {
    yield* train(run, options);
  } finally {
    run.signal = undefined;
  }
}

function wholeReference(kept: StoredGpt2 | undefined): Gpt2Arrays {
  if (kept === undefined) {
    throw new RangeError(
      "Cannot give the reference model: with spare_memory it is loaded only while it is used",
    );
  }
  if (isInFloat32(kept)) return kept;
  throw new RangeError(
    "Cannot give the reference model: it is stored as float16, and programs for others read float32",
  );
}

const isInFloat32 = (model: StoredGpt2): model is Gpt2Arrays => weightType(model) === "float32";
