/**
 * PPO for a language model (Schulman et al. 2017; Ouyang et al. 2022): sample, score, update, and
 * repeat.
 *
 * `createPpo` compiles the programs and holds the models. The algorithm itself is in `rollout.ts`,
 * `update.ts` and `train.ts`.
 */
import type { Generator } from "../decode/mod.ts";
import {
  type AnswerLayout,
  chunksOf,
  downloadParameters,
  type Gpt2Arrays,
  type StoredGpt2,
  type TokenRow,
  type Weight,
  weightType,
} from "../lm/mod.ts";
import { trimMemory } from "../runtime/mod.ts";
import { configOf } from "./config.ts";
import { createModels } from "./create_models.ts";
import { rewardOfScore } from "./evaluators.ts";
import { actorWithDefects, withDefects } from "./faithful.ts";
import { checkInputs, fittingSettings, type PpoInputs } from "./inputs.ts";
import { withSchedule } from "./learning_rate.ts";
import type { Metrics } from "./metrics.ts";
import { createPromptSampler } from "./minibatches.ts";
import { type Run, START, updateWithMemoryHandling } from "./run.ts";
import type { Sample } from "./sample.ts";
import { type PpoState, stateOf, type StateOptions } from "./state.ts";
import { createStopwatch, watchedModels } from "./watched_models.ts";
import { measureStorage, type StorageDifference } from "./storage_difference.ts";
import { train } from "./train.ts";
import type { TrainOptions } from "./train_options.ts";
import type { UpdateStep } from "./update.ts";

/** A PPO run. */
export interface Ppo extends Run {
  /** Trains to the end of the schedule and yields one row of metrics per update. */
  train(options?: TrainOptions): AsyncGenerator<Metrics>;
  /**
   * Returns the state of the run, which `train({ from })` of a run with the same inputs can resume.
   * Call it between two rows that `train` yields, or after `train` has thrown.
   */
  state(options?: StateOptions): Promise<PpoState>;
  /**
   * `rollout` bound to this run: its current models and configuration, for one timestep of answers.
   */
  experience(timestep: number, prompts: readonly TokenRow[]): Promise<Sample[]>;
  /** Scores the same answers again. */
  rescore(samples: readonly Sample[]): Promise<Sample[]>;
  /** `update` bound to this run: its models and configuration, on a pool of answers. */
  learn(pool: readonly Sample[], updatesDone: number): Promise<UpdateStep[]>;
  /**
   * The gradient of the actor's loss on these answers as one minibatch, with their advantages as
   * given, computed for at most `microBatchSize` answers at once (default: all).
   */
  actorGradient(
    samples: readonly Sample[],
    options?: { microBatchSize?: number },
  ): Promise<ActorGradient>;
  /** The current actor, valid until the next update. */
  actor(): Gpt2Arrays;
  /**
   * The frozen SFT model. Throws a RangeError if it is loaded only while it is used, or stored as
   * float16.
   */
  readonly reference: Gpt2Arrays;
  /** The effect of storing the frozen models as float16, or undefined if they are float32. */
  storageDifference: StorageDifference | undefined;
  /** Samples answers with any parameters that have the actor's shapes. */
  readonly generator: Generator;
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
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createPpo } from "ppo/ppo/mod.ts";
 * import { initialWeights, valueModelSpec } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const spec = valueModelSpec(config);
 * const weights = initialWeights(spec, { normal: () => 1, layers: 1 });
 * const lengths = { max_len: 8, query_len: 2, batch_size: 1, num_return_sequences: 2 };
 * const settings = validateSettings({ ...lengths, normalise_scores: false, do_sample: false });
 * const model = { config, weights };
 * const inputs = {
 *   ...{ device: await openDevice("cpu"), policy: model, reward: model },
 *   ...{ special: { padId: 0, endId: 3 }, prompts: [[2, 4, 3]], settings },
 * };
 * const ppo = await createPpo(inputs);
 * const [{ logProbs, refLogProbs }] = await ppo.experience(1, inputs.prompts);
 * // One number per answer token, from the actor and from the reference.
 * deepEqual(logProbs.length, refLogProbs.length);
 * ```
 */
export async function createPpo(given: PpoInputs): Promise<Ppo> {
  checkInputs(given);
  const inputs = { ...given, settings: fittingSettings(given) };
  const settled = configOf(inputs.settings);
  const { rollout, minibatches, promptRandom: random } = withDefects(settled, inputs.special);
  const config = {
    ...settled,
    toReward: rewardOfScore(settled, inputs.scoreStatistics),
    minibatches,
  };
  const watch = createStopwatch();
  const checkAbort = () => ppo.signal?.throwIfAborted();
  const tidy = config.memory.spareMemory ? trimMemory : () => {};
  const models = watchedModels(await createModels(inputs, config, { checkAbort, tidy }), watch);
  const parts = { inputs, models, config, checkAbort };
  const update = withSchedule(updateWithMemoryHandling(parts), config);
  const { batchSize } = config;
  const ppo: Ppo = {
    ...{ inputs, models, config, rollout, update, checkAbort, watch },
    ...{ signal: undefined, progress: START, storageDifference: undefined },
    promptSampler: (drawn) => createPromptSampler(inputs.prompts, { batchSize, random, drawn }),
    train: (options = {}) => abortable(ppo, options),
    state: (options) => stateOf(ppo, options),
    experience: (timestep, prompts) => rollout(models, prompts, { ...config, timestep }),
    rescore: (samples) => rescore(ppo, samples),
    learn: (pool, updatesDone) => Array.fromAsync(update(models, pool, { ...config, updatesDone })),
    actorGradient: (samples, options) => actorGradient(ppo, samples, options),
    actor: () => models.trainedActor.state.parameters,
    get reference() {
      return wholeReference(models.frozenReference.kept);
    },
    generator: models.generator,
  };
  ppo.storageDifference = await measureStorage(inputs, models);
  return ppo;
}

async function rescore({ models, config, rollout }: Run, samples: readonly Sample[]) {
  const generate = () => Promise.resolve([...samples]);
  const actor = actorWithDefects({ ...models.actor, generate }, config);
  const scored = await rollout({ ...models, actor }, [], { ...config, timestep: 0 });
  return scored.map((sample, index) => ({ ...sample, timestep: samples[index].timestep }));
}

async function actorGradient(
  { models: { trainedActor: { state, trainer } }, inputs: { device } }: Run,
  samples: readonly Sample[],
  { microBatchSize = samples.length }: { microBatchSize?: number } = {},
): Promise<ActorGradient> {
  const groups: AnswerLayout["groups"] = (answers) => chunksOf([...answers.keys()], microBatchSize);
  const { loss, rows, gradients } = await trainer.gradient(state.parameters, samples, { groups });
  return { loss, logProbs: rows.logProbs, gradients: await downloadParameters(device, gradients) };
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
