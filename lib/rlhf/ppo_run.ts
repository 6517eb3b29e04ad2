/**
 * What a PPO run does with its models at one point of its schedule: samples and scores answers, steps on minibatches, measures.
 *
 * The schedule itself is `ppo_loop.ts`.
 */
import { type Answer, downloadParameters, inRowOrder, type TokenRow, type Weight } from "../lm/mod.ts";
import { meanOf, uniform, whiten } from "../rl/mod.ts";
import { answerBatch } from "./answer_batch.ts";
import { answerGroups } from "./answer_groups.ts";
import { type Sample, scoreAnswers } from "./experience.ts";
import type { UpdateStep } from "./metrics.ts";
import { minibatches, minibatchParts } from "./minibatches.ts";
import type { Models, PpoInputs, Programs } from "./ppo_models.ts";
import type { Position } from "./ppo_state.ts";
import type { Settings } from "./settings.ts";
import type { createStopwatch } from "./stopwatch.ts";

/** A run's parts. */
export interface Run {
  readonly inputs: PpoInputs;
  readonly settings: Settings;
  readonly programs: Programs;
  readonly models: Models;
  readonly watch: ReturnType<typeof createStopwatch>;
  /** Where the schedule stands; replaced only together with what it says of the models. */
  position: Position;
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

/** Samples answers; row r's token t gets the random number of (seed, timestep, r, t), whatever the batch. */
export async function experience(
  run: Run,
  timestep: number,
  prompts: readonly TokenRow[],
): Promise<Sample[]> {
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
    grouping: { shape: inputs.policy.config },
  };
  return scoreAnswers(
    prompts,
    answers,
    { policy: programs.policy, value: programs.value, ...arrays },
    options,
  );
}

/** The same answers scored again. */
export function rescore(run: Run, samples: readonly Sample[]): Promise<Sample[]> {
  const answers = samples.map(({ answer, kept, logProbs, ended }) => ({
    tokens: [...answer],
    logProbs: [...logProbs],
    kept: [...kept],
    ended,
  }));
  return score(run, samples.map(({ prompt }) => prompt), { answers, timestep: samples[0].timestep });
}

/** How to step through an update. */
export interface UpdateSteps {
  /** Which update, counted from 0. */
  readonly update: number;
  /** Steps of it that were done before. */
  readonly done?: number;
  /** Looked at before each step. */
  readonly signal?: AbortSignal | undefined;
}

/** `ppo_epoch` passes over the pool; each minibatch is a step of the actor and one of the critic. */
export async function* optimizerSteps(
  run: Run,
  pool: readonly Sample[],
  { update, done = 0, signal }: UpdateSteps,
): AsyncGenerator<UpdateStep> {
  const { settings } = run;
  const ready = settings.whiten_advantages ? whitened(pool) : pool;
  const epochs = Array.from(
    { length: settings.ppo_epoch },
    (_, index) => update * settings.ppo_epoch + index,
  );
  for (const samples of epochs.flatMap((epoch) => minibatches(ready, settings, epoch)).slice(done)) {
    signal?.throwIfAborted();
    yield await optimizerStep(run, samples);
  }
}

async function optimizerStep(
  { settings, programs, models, watch, inputs }: Run,
  samples: readonly Sample[],
): Promise<UpdateStep> {
  const parts = minibatchParts(samples, {
    settings,
    shape: programs.shape,
    padId: inputs.special.padId,
    step: models.actor.step,
  });
  const rate = settings.learning_rate;
  const actor = await watch.time("actor", () => programs.actor.step(models.actor, parts, rate));
  models.actor = actor.state;
  const critic = await watch.time("critic", () => programs.critic.step(models.critic, parts, rate));
  models.critic = critic.state;
  return { samples, actor, critic };
}

/** The gradient of the actor's loss on these answers as one minibatch. */
export async function actorGradient(
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

/** Logits of one model that are looked at in one call: 32 MiB, and a handful of arrays of that size for each of the two models. */
const EXACT_KL_LOGITS = 2 ** 23;

/** Mean over answers of the KL to the reference, exact over the vocabulary, summed over an answer's tokens. */
export async function exactKl(
  { inputs, settings, programs, models }: Run,
  samples: readonly Sample[],
  { logitsAtOnce = EXACT_KL_LOGITS }: { logitsAtOnce?: number } = {},
): Promise<number> {
  const leftPadded = settings.left_pad_without_positions;
  const both = { parameters: models.actor.parameters, reference: models.reference };
  const { config } = programs.shape;
  const logits = settings.query_len * config.vocabSize; // an answer's, at most
  const groups = leftPadded ? [[...samples.keys()]] : answerGroups(samples, {
    shape: config,
    maxRows: Math.max(1, Math.floor(logitsAtOnce / logits)),
  });
  const found: number[][][] = [];
  for (const group of groups) {
    const part = group.map((row) => samples[row]);
    const batch = answerBatch(part, { padId: inputs.special.padId, leftPadded });
    found.push(await programs.exactKl(both, batch, part));
  }
  return meanOf(inRowOrder(groups, found).map((row) => row.reduce((total, kl) => total + kl, 0)));
}

/** The pool with its advantages at mean 0 and deviation 1 over all real tokens. */
function whitened(pool: readonly Sample[]): Sample[] {
  const real = whiten(pool.map(({ advantages, answer }) => advantages.slice(0, answer.length)));
  return pool.map((sample, index) => ({ ...sample, advantages: real[index] }));
}
