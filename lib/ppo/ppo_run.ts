/**
 * What a PPO run does with its models at one point of its schedule: samples and scores answers, steps on minibatches, measures.
 *
 * The schedule itself is `ppo_loop.ts`.
 */
import { type Answer } from "../decode/mod.ts";
import { downloadParameters, inRowOrder, type TokenRow, type Weight } from "../lm/mod.ts";
import { meanOf, whiten } from "../rl/mod.ts";
import { uniform } from "../random/mod.ts";
import { keepLittleMemory, keepMuchMemory, trimMemory } from "../runtime/mod.ts";
import { answerBatch } from "../lm/mod.ts";
import { answerGroups } from "../lm/mod.ts";
import { type Sample, scoreAnswers } from "./experience.ts";
import { keepsFreed } from "../memory/mod.ts";
import type { UpdateStep } from "./metrics.ts";
import { minibatches, minibatchParts } from "./minibatches.ts";
import { isLarge } from "../memory/mod.ts";
import type { Models, PpoInputs, Programs } from "./ppo_models.ts";
import type { Position } from "./ppo_state.ts";
import type { PolicyScorer } from "../lm/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { chunksOf } from "../lm/mod.ts";
import type { createStopwatch } from "./stopwatch.ts";
import type { ValueScorer } from "../lm/mod.ts";

/** A run's parts. */
export interface Run {
  readonly inputs: PpoInputs;
  readonly settings: Settings;
  readonly programs: Programs;
  readonly models: Models;
  readonly watch: ReturnType<typeof createStopwatch>;
  /** What may stop it between two programs, while it trains. */
  readonly interruption: { signal: AbortSignal | undefined };
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
  const { settings, watch } = run;
  const repeated = prompts.flatMap((prompt) =>
    Array<TokenRow>(settings.num_return_sequences).fill(prompt)
  );
  const answers = await watch.time("generate", () => generated(run, timestep, repeated));
  const samples = await watch.time(
    "score",
    () => score(run, { prompts: repeated, answers, timestep }),
  );
  giveBack(settings);
  return samples;
}

/** Samples `generate_batch_size` answers at a time. */
async function generated(
  { settings, programs, models, interruption }: Run,
  timestep: number,
  prompts: readonly TokenRow[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const part of chunksOf(prompts, settings.generate_batch_size || prompts.length)) {
    const first = answers.length;
    const draw = (row: number, position: number) => {
      interruption.signal?.throwIfAborted(); // asked for at each token
      return uniform(settings.seed, timestep, first + row, position);
    };
    const options = { maxNewTokens: settings.query_len, uniform: draw };
    answers.push(...await programs.generator.generate(models.actor.parameters, part, options));
  }
  if (settings.spare_memory) programs.generator.rest();
  giveBack(settings);
  return answers;
}

function score(
  { inputs, settings, programs, models, interruption }: Run,
  { prompts, answers, timestep }: {
    prompts: readonly TokenRow[];
    answers: readonly Answer[];
    timestep: number;
  },
): Promise<Sample[]> {
  const { reference, reward } = models;
  const arrays = {
    actor: models.actor.parameters,
    critic: models.critic.parameters,
    reference,
    reward,
  };
  const scoreStatistics = settings.normalise_scores ? inputs.scoreStatistics : undefined;
  const options = {
    settings,
    padId: inputs.special.padId,
    timestep,
    scoreStatistics,
    grouping: {
      shape: inputs.policy.config,
      ...(settings.score_batch_size > 0 ? { maxRows: settings.score_batch_size } : {}),
    },
  };
  const policy: PolicyScorer = (...given) => {
    interruption.signal?.throwIfAborted();
    giveBack(settings);
    return programs.policy(...given);
  };
  const value: ValueScorer = (...given) => {
    interruption.signal?.throwIfAborted();
    giveBack(settings);
    return programs.value(...given);
  };
  return scoreAnswers(prompts, answers, { policy, value, ...arrays }, options);
}

/** Between two calls of some seconds: what one leaves behind in pieces is of little use to the next. */
function giveBack({ spare_memory }: Settings): void {
  if (spare_memory) trimMemory();
}

/** The same answers scored again. */
export function rescore(run: Run, samples: readonly Sample[]): Promise<Sample[]> {
  const answers = samples.map(({ answer, samplingMask, logProbs, ended }) => ({
    tokens: [...answer],
    logProbs: [...logProbs],
    samplingMask: [...samplingMask],
    ended,
  }));
  return score(run, {
    prompts: samples.map(({ prompt }) => prompt),
    answers,
    timestep: samples[0].timestep,
  });
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
  const { config } = run.inputs.policy;
  const large = isLarge(config);
  if (keepsFreed(config, settings)) keepMuchMemory(); // every step needs the same again
  try {
    for (
      const samples of epochs.flatMap((epoch) => minibatches(ready, settings, epoch)).slice(done)
    ) {
      signal?.throwIfAborted();
      yield await optimizerStep(run, samples);
    }
    if (settings.spare_memory) run.programs.pool.release();
  } finally {
    if (large) keepLittleMemory();
    if (large || settings.spare_memory) trimMemory();
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
  const { loss, logProbs, gradients } = await programs.actor.gradient(
    models.actor.parameters,
    parts,
  );
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
  const { config } = programs.shape;
  const logits = settings.query_len * config.vocabSize; // an answer's, at most
  const rows = Math.min(settings.score_batch_size || Infinity, Math.floor(logitsAtOnce / logits));
  const groups = leftPadded ? [[...samples.keys()]] : answerGroups(samples, {
    shape: config,
    maxRows: Math.max(1, rows),
  });
  const found = await models.reference.use(async (reference) => {
    const found: number[][][] = [];
    for (const group of groups) {
      const part = group.map((row) => samples[row]);
      const batch = answerBatch(part, { padId: inputs.special.padId, leftPadded });
      giveBack(settings);
      found.push(
        await programs.exactKl({ parameters: models.actor.parameters, reference }, batch, part),
      );
    }
    return found;
  });
  giveBack(settings);
  return meanOf(inRowOrder(groups, found).map((row) => row.reduce((total, kl) => total + kl, 0)));
}

/** The pool with its advantages at mean 0 and deviation 1 over all real tokens. */
function whitened(pool: readonly Sample[]): Sample[] {
  const real = whiten(pool.map(({ advantages, answer }) => advantages.slice(0, answer.length)));
  return pool.map((sample, index) => ({ ...sample, advantages: real[index] }));
}
