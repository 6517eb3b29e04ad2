/**
 * PPO for a language model (Schulman et al. 2017; Ouyang et al. 2022): sample, score, update, again.
 *
 * `createPpo` compiles the programs and holds the models; `train` is an async generator of metrics, one row an update. The
 * schedule is the tutorial's: `num_episodes` x `max_timesteps` timesteps of `batch_size` prompts, an update every
 * `update_timesteps`, `ppo_epoch` passes over the pool of answers since the last one.
 */
import {
  type Answer,
  downloadParameters,
  type Generator,
  type Gpt2Arrays,
  type TokenRow,
  type ValueModelArrays,
  type Weight,
} from "../lm/mod.ts";
import { meanOf, randomStream, uniform, whiten } from "../rl/mod.ts";
import { answerBatch } from "./answer_batch.ts";
import { type Sample, scoreAnswers } from "./experience.ts";
import { type Metrics, poolMetrics, stepMetrics, type UpdateStep } from "./metrics.ts";
import { minibatches, minibatchParts } from "./minibatches.ts";
import {
  checkInputs,
  compilePrograms,
  loadModels,
  type Models,
  type PpoInputs,
  type Programs,
} from "./ppo_models.ts";
import type { Settings } from "./settings.ts";
import { createStopwatch } from "./stopwatch.ts";

/** Where a run stands, told after each timestep. */
export interface Progress {
  /** Timesteps done, counted from 1. */
  readonly timestep: number;
  /** Timesteps of the whole schedule. */
  readonly timesteps: number;
  /** Updates done before this timestep's. */
  readonly update: number;
  /** Updates of the whole schedule. */
  readonly updates: number;
}

/** How to train. */
export interface TrainOptions {
  /** Looked at between programs; an abort ends the run with its reason. */
  readonly signal?: AbortSignal;
  /** Called after each timestep, before its update. */
  readonly onProgress?: (progress: Progress) => void;
}

/** A gradient read back from the device. */
export interface ActorGradient {
  /** The clipped loss. */
  readonly loss: number;
  /** log pi(token), one row of the batch's width an answer. */
  readonly logProbs: number[][];
  /** By parameter name, before clipping. */
  readonly gradients: ReadonlyMap<string, Weight>;
}

/** A PPO run. */
export interface Ppo {
  /** One row of metrics an update; stops at the end of the schedule. */
  train(options?: TrainOptions): AsyncGenerator<Metrics>;
  /** Samples and scores one timestep's answers with the models as they are. */
  experience(timestep: number, prompts: readonly TokenRow[]): Promise<Sample[]>;
  /** The same answers scored again, as one batch. */
  rescore(samples: readonly Sample[]): Promise<Sample[]>;
  /** Updates actor and critic on a pool of answers; `update` counts from 0. */
  update(pool: readonly Sample[], update: number): Promise<UpdateStep[]>;
  /** Mean over sampled answers of KL(pi || pi_ref), exact over the vocabulary, summed over an answer's tokens. */
  exactKl(samples: readonly Sample[]): Promise<number>;
  /** The gradient of the actor's loss on these answers as one minibatch, by parameter name. */
  actorGradient(samples: readonly Sample[], options?: { microBatchSize?: number }): Promise<ActorGradient>;
  /** The actor as it is now; valid until the next update. */
  actor(): Gpt2Arrays;
  /** The critic as it is now; valid until the next update. */
  critic(): ValueModelArrays;
  /** The frozen SFT model. */
  readonly reference: Gpt2Arrays;
  /** Samples answers with any parameters of the actor's shape. */
  readonly generator: Generator;
}

/** A run's parts, as the functions below share them. */
interface Run {
  readonly inputs: PpoInputs;
  readonly settings: Settings;
  readonly programs: Programs;
  readonly models: Models;
  readonly watch: ReturnType<typeof createStopwatch>;
}

/** Answers whose KL is measured exactly at each update: the whole vocabulary costs as much as a forward pass of each model. */
const EXACT_KL_ANSWERS = 16;

/**
 * Compiles a run.
 *
 * @throws RangeError when there are fewer prompts than `batch_size`, one is too long, or normalisation lacks its statistics.
 */
export async function createPpo(inputs: PpoInputs): Promise<Ppo> {
  checkInputs(inputs);
  const programs = await compilePrograms(inputs);
  const models = await loadModels(inputs, programs);
  const run: Run = { inputs, settings: inputs.settings, programs, models, watch: createStopwatch() };
  return {
    train: (options = {}) => train(run, options),
    experience: (timestep, prompts) => experience(run, timestep, prompts),
    rescore: (samples) => rescore(run, samples),
    update: (pool, update) => updateModels(run, pool, { update }),
    exactKl: (samples) => exactKl(run, samples),
    actorGradient: (samples, options = {}) => actorGradient(run, samples, options),
    actor: () => models.actor.parameters,
    critic: () => models.critic.parameters,
    reference: models.reference,
    generator: programs.generator,
  };
}

async function* train(run: Run, { signal, onProgress }: TrainOptions): AsyncGenerator<Metrics> {
  const { settings, watch } = run;
  const timesteps = settings.num_episodes * settings.max_timesteps;
  const updates = Math.floor(timesteps / settings.update_timesteps);
  const nextPrompts = promptSampler(run.inputs.prompts, settings);
  let pool: Sample[] = [];
  for (let timestep = 1, update = 0; timestep <= timesteps; timestep++) {
    signal?.throwIfAborted();
    pool.push(...await experience(run, timestep, nextPrompts()));
    onProgress?.({ timestep, timesteps, update, updates });
    if (timestep % settings.update_timesteps !== 0) continue;
    const before = { ...poolMetrics(pool), kl_exact: await exactKl(run, pool.slice(-EXACT_KL_ANSWERS)) };
    const steps = await updateModels(run, pool, { update: update++, signal });
    const after = stepMetrics(steps, { clipRange: settings.policy_clip_eps });
    pool = [];
    yield { update, timestep, ...before, ...after, ...watch.lap() };
  }
}

/** Samples answers; row r's token t gets the random number of (seed, timestep, r, t), whatever the batch. */
async function experience(run: Run, timestep: number, prompts: readonly TokenRow[]): Promise<Sample[]> {
  const { settings, programs, models, watch } = run;
  const repeated = prompts.flatMap((prompt) => Array<TokenRow>(settings.num_return_sequences).fill(prompt));
  const draw = (row: number, position: number) => uniform(settings.seed, timestep, row, position);
  const options = { maxNewTokens: settings.query_len, uniform: draw };
  const answers = await watch.time(
    "generate",
    () => programs.generator.generate(models.actor.parameters, repeated, options),
  );
  return watch.time("score", () => score(run, repeated, { answers, timestep }));
}

function score(
  { inputs, settings, programs, models }: Run,
  prompts: readonly TokenRow[],
  { answers, timestep }: { answers: readonly Answer[]; timestep: number },
): Promise<Sample[]> {
  const { reference, reward } = models;
  const arrays = { actor: models.actor.parameters, reference, critic: models.critic.parameters, reward };
  const scoreStatistics = settings.normalise_scores ? inputs.scoreStatistics : undefined;
  const options = {
    settings,
    padId: inputs.special.padId,
    timestep,
    scoreStatistics,
  };
  return scoreAnswers(
    prompts,
    answers,
    { policy: programs.policy, value: programs.value, ...arrays },
    options,
  );
}

function rescore(run: Run, samples: readonly Sample[]): Promise<Sample[]> {
  const answers = samples.map(({ answer, kept, logProbs, ended }) => ({
    tokens: [...answer],
    logProbs: [...logProbs],
    kept: [...kept],
    ended,
  }));
  return score(run, samples.map(({ prompt }) => prompt), { answers, timestep: samples[0].timestep });
}

/** `ppo_epoch` passes over the pool; each minibatch is a step of the actor and one of the critic. */
async function updateModels(
  run: Run,
  pool: readonly Sample[],
  { update, signal }: { update: number; signal?: AbortSignal | undefined },
): Promise<UpdateStep[]> {
  const { settings, programs, models, watch, inputs } = run;
  const { shape } = programs;
  const ready = settings.whiten_advantages ? whitened(pool) : pool;
  const steps: UpdateStep[] = [];
  for (let epoch = update * settings.ppo_epoch; epoch < (update + 1) * settings.ppo_epoch; epoch++) {
    for (const samples of minibatches(ready, settings, epoch)) {
      signal?.throwIfAborted();
      const parts = minibatchParts(samples, {
        settings,
        shape,
        padId: inputs.special.padId,
        step: models.actor.step,
      });
      const actor = await watch.time(
        "actor",
        () => programs.actor.step(models.actor, parts, settings.learning_rate),
      );
      models.actor = actor.state;
      const critic = await watch.time(
        "critic",
        () => programs.critic.step(models.critic, parts, settings.learning_rate),
      );
      models.critic = critic.state;
      steps.push({ samples, actor, critic });
    }
  }
  return steps;
}

async function actorGradient(
  { inputs, settings, programs, models }: Run,
  samples: readonly Sample[],
  { microBatchSize = 0 }: { microBatchSize?: number },
): Promise<ActorGradient> {
  const own = { ...settings, micro_batch_size: microBatchSize };
  const parts = minibatchParts(samples, {
    settings: own,
    shape: programs.shape,
    padId: inputs.special.padId,
    step: 0,
  });
  const { loss, logProbs, gradients } = await programs.actor.gradient(models.actor.parameters, parts);
  return { loss, logProbs, gradients: await downloadParameters(inputs.device, gradients) };
}

async function exactKl(
  { inputs, settings, programs, models }: Run,
  samples: readonly Sample[],
): Promise<number> {
  const batch = answerBatch(samples, {
    padId: inputs.special.padId,
    leftPadded: settings.left_pad_without_positions,
  });
  const both = { parameters: models.actor.parameters, reference: models.reference };
  const rows = await programs.exactKl(both, batch, samples);
  return meanOf(rows.map((row) => row.reduce((total, kl) => total + kl, 0)));
}

/** The pool with its advantages at mean 0 and deviation 1 over all real tokens. */
function whitened(pool: readonly Sample[]): Sample[] {
  const real = whiten(pool.map(({ advantages, answer }) => advantages.slice(0, answer.length)));
  return pool.map((sample, index) => ({ ...sample, advantages: real[index] }));
}

/** Draws `batch_size` different prompts a call, from the seed alone (or, as a defect, from an order no seed governs). */
function promptSampler(prompts: readonly TokenRow[], settings: Settings): () => TokenRow[] {
  const random = settings.prompts_through_set ? Math.random : randomStream(settings.seed);
  return () => {
    const chosen = new Set<number>();
    while (chosen.size < settings.batch_size) chosen.add(Math.floor(random() * prompts.length));
    return [...chosen].map((index) => prompts[index]);
  };
}
