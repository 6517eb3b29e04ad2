/**
 * The schedule of PPO, the tutorial's: `num_episodes` x `max_timesteps` timesteps of `batch_size` prompts, an update every
 * `update_timesteps`, `ppo_epoch` passes over the pool of answers since the last one.
 *
 * Where it stands is one value, the position. It is replaced after each timestep and after each optimizer step, together with the
 * models, so that a run that is stopped between two programs can be taken up again where it was.
 */
import type { TokenRow } from "../lm/mod.ts";
import { randomStream } from "../random/mod.ts";
import type { Sample } from "./experience.ts";
import {
  meanStepMetrics,
  type Metrics,
  oneStepMetrics,
  poolMetrics,
  type StepMetrics,
} from "./metrics.ts";
import { exactKl, experience, optimizerSteps, type Run } from "./ppo_run.ts";
import { type PpoState, restore, START } from "./ppo_state.ts";
import { scheduleOf } from "../settings/mod.ts";
import type { Settings } from "../settings/mod.ts";

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

/** The pool that an update is about to learn from. */
export interface PoolReport {
  /** Counted from 1. */
  readonly update: number;
  /** Timesteps done. */
  readonly timestep: number;
  /** In the order of sampling. */
  readonly pool: readonly Sample[];
}

/** One optimizer step. */
export interface StepReport {
  /** Counted from 1 over the whole run: the tutorial's `ppo_step`. */
  readonly ppoStep: number;
  /** What it says. */
  readonly metrics: StepMetrics;
}

/** How to train. */
export interface TrainOptions {
  /** Looked at between programs; an abort ends the run with its reason. */
  readonly signal?: AbortSignal;
  /** Where to go on; default: the start of the schedule, with the models as they are. */
  readonly from?: PpoState;
  /** Called after each timestep, before its update. */
  readonly onProgress?: (progress: Progress) => void;
  /** Called with the answers of an update before it begins. */
  readonly onPool?: (report: PoolReport) => void;
  /** Called after each optimizer step. */
  readonly onStep?: (report: StepReport) => void;
}

/** Answers whose KL is measured exactly at each update: the whole vocabulary costs as much as a forward pass of each model. */
const EXACT_KL_ANSWERS = 16;

/** One row of metrics an update, to the end of the schedule. */
export async function* train(run: Run, options: TrainOptions): AsyncGenerator<Metrics> {
  run.interruption.signal = options.signal;
  try {
    yield* schedule(run, options);
  } finally {
    run.interruption.signal = undefined;
  }
}

async function* schedule(run: Run, options: TrainOptions): AsyncGenerator<Metrics> {
  const { timesteps, updates } = scheduleOf(run.settings);
  run.position = options.from === undefined ? START : await restore(run, options.from);
  const prompts = promptSampler(run.inputs.prompts, {
    settings: run.settings,
    drawn: run.position.drawn,
  });
  while (isUpdateDue(run) || run.position.timestep < timesteps) {
    options.signal?.throwIfAborted();
    if (isUpdateDue(run)) {
      yield await updateOnPool(run, options);
    } else {
      await sampleTimestep(run, prompts);
      const { timestep, update } = run.position;
      options.onProgress?.({ timestep, timesteps, update, updates });
    }
  }
}

const isUpdateDue = ({ settings, position: { timestep, pool } }: Run): boolean =>
  pool.length > 0 && timestep % settings.update_timesteps === 0;

async function sampleTimestep(run: Run, prompts: PromptSampler): Promise<void> {
  const { position } = run;
  const timestep = position.timestep + 1;
  const samples = await experience(run, timestep, prompts.next());
  run.position = {
    ...position,
    timestep,
    drawn: prompts.drawn(),
    pool: [...position.pool, ...samples],
  };
}

async function updateOnPool(run: Run, { signal, onPool, onStep }: TrainOptions): Promise<Metrics> {
  const { timestep, update, pool } = run.position;
  const before = run.position.before ??
    { ...poolMetrics(pool), kl_exact: await exactKl(run, pool.slice(-EXACT_KL_ANSWERS)) };
  if (run.position.before === undefined) onPool?.({ update: update + 1, timestep, pool });
  run.position = { ...run.position, before };
  const clip = { clipRange: run.settings.policy_clip_eps };
  for await (
    const step of optimizerSteps(run, pool, { update, done: run.position.steps.length, signal })
  ) {
    const metrics = oneStepMetrics(step, clip);
    run.position = { ...run.position, steps: [...run.position.steps, metrics] };
    onStep?.({ ppoStep: run.models.actor.step, metrics });
  }
  const after = meanStepMetrics(run.position.steps);
  run.position = { ...START, timestep, update: update + 1, drawn: run.position.drawn };
  return { update: update + 1, timestep, ...before, ...after, ...run.watch.lap() };
}

interface PromptSampler {
  /** `batch_size` different prompts. */
  next(): TokenRow[];
  /** Random numbers drawn so far. */
  drawn(): number;
}

/** Draws prompts from the seed alone (or, as a defect, from an order no seed governs), after `drawn` numbers. */
function promptSampler(
  prompts: readonly TokenRow[],
  { settings, drawn }: { settings: Settings; drawn: number },
): PromptSampler {
  const random = settings.prompts_through_set
    ? Math.random
    : randomStream(settings.seed, { skip: drawn });
  let count = drawn;
  return {
    next() {
      const chosen = new Set<number>();
      for (; chosen.size < settings.batch_size; count++) {
        chosen.add(Math.floor(random() * prompts.length));
      }
      return [...chosen].map((index) => prompts[index]);
    },
    drawn: () => count,
  };
}
