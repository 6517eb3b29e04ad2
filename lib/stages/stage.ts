/**
 * The schedule that the SFT and reward stages share: batches in random order for some epochs, with
 * one learning rate per step.
 *
 * Items of similar length share a batch, so that little padding is computed. Which batches there
 * are and their order is random.
 */
import { DivergenceError } from "../learn/mod.ts";
import { chunksOf } from "../lm/mod.ts";
import { warmupLinear } from "../optim/mod.ts";
import { type Random, shuffle } from "../random/mod.ts";
import { say } from "../text/mod.ts";

/**
 * Batches that are sorted by length together: more mean less padding and less randomness in who
 * shares a batch.
 */
const SORTED_TOGETHER = 16;

/** Where an optimizer step stands in the schedule. */
export interface StepPlace {
  /** Counted from 1. */
  readonly step: number;
  /** Steps that will be run. */
  readonly total: number;
  /** Counted from 1. */
  readonly epoch: number;
  /** The learning rate of this step. */
  readonly learningRate: number;
}

/** An optimizer step that is due. */
export interface PlannedStep<T> extends StepPlace {
  /** The items of the step. */
  readonly batch: readonly T[];
  /** Whether the epoch ends with this step. */
  readonly endsEpoch: boolean;
}

/** How long and how fast to train. */
export interface StageOptions<T> {
  /** Items of one batch. */
  readonly batchSize: number;
  /** Length of an item in tokens. */
  readonly lengthOf: (item: T) => number;
  /** Passes over all items. */
  readonly epochs: number;
  /** The highest learning rate of the schedule. */
  readonly learningRate: number;
  /** Share of all steps in which the learning rate rises from 0; afterwards it falls to 0. */
  readonly warmupProportion: number;
}

/** All items once, in random batches of similar length; the last batch may be smaller. */
function randomBatches<T>(
  items: readonly T[],
  { batchSize, lengthOf }: Pick<StageOptions<T>, "batchSize" | "lengthOf">,
  random: Random,
): T[][] {
  if (items.length < batchSize) {
    throw new RangeError(say({
      en: `Cannot make batches of ${batchSize}: there are only ${items.length} examples`,
      zh: `无法组成大小为 ${batchSize} 的批次：只有 ${items.length} 个样本`,
    }));
  }
  const batches = chunksOf(shuffle(items, random), batchSize * SORTED_TOGETHER).flatMap((chunk) =>
    chunksOf(chunk.toSorted((a, b) => lengthOf(a) - lengthOf(b)), batchSize)
  );
  return shuffle(batches, random);
}

/**
 * The steps of a stage, one after the other; each epoch has every item once.
 *
 * @throws {RangeError} If there are fewer items than a batch holds.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const batches = { batchSize: 2, lengthOf: () => 1 };
 * const schedule = { epochs: 2, learningRate: 1, warmupProportion: 0 };
 * const steps = [...plannedSteps(["a", "b"], { ...batches, ...schedule }, () => 0.5)];
 * deepEqual(steps.map(({ step, total, epoch }) => [step, total, epoch]), [[1, 2, 1], [2, 2, 2]]);
 * ```
 */
export function* plannedSteps<T>(
  items: readonly T[],
  { epochs, learningRate, warmupProportion, ...options }: StageOptions<T>,
  random: Random,
): Generator<PlannedStep<T>> {
  const perEpoch = Math.ceil(items.length / options.batchSize);
  const total = epochs * perEpoch;
  const warmup = Math.round(warmupProportion * total);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    for (const [index, batch] of randomBatches(items, options, random).entries()) {
      const step = (epoch - 1) * perEpoch + index + 1;
      // The last step has a rate above 0.
      const rate = learningRate * warmupLinear(step, { total: total + 1, warmup });
      yield { batch, step, total, epoch, endsEpoch: index + 1 === perEpoch, learningRate: rate };
    }
  }
}

/** An optimizer step that was made. */
export interface DoneStep extends StepPlace {
  /** The loss before the step. */
  readonly loss: number;
}

/** What to do with each step that is due. */
export interface StageRun<T, S> {
  /** The steps in order, as `plannedSteps` gives them. */
  readonly steps: Iterable<PlannedStep<T>>;
  /** Stops after this many steps; 0 runs them all. */
  readonly maxSteps: number;
  /** One optimizer step: the state after it, and the loss before it. */
  readonly step: (state: S, due: PlannedStep<T>) => Promise<{ state: S; loss: number }>;
  /** Called after each step. */
  readonly onStep?: (done: DoneStep) => void | Promise<void>;
  /** Called with the state at each epoch's end. */
  readonly onEpoch?: (done: DoneStep, state: S) => Promise<void>;
  /** When it is aborted, the current step is the last one. */
  readonly signal?: AbortSignal;
}

/** The end of a stage's training. */
export interface StageEnd<S> {
  /** The state after the last step. */
  readonly state: S;
  /** The number of steps. */
  readonly step: number;
  /** Whether the signal ended the run. */
  readonly stopped: boolean;
  /** Why the next step could not be taken; then the state is the last finite one. */
  readonly diverged?: DivergenceError;
}

/**
 * Runs the steps of a stage from a state, until the last step, an abort, or a step that diverges.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const due = { batch: [1], step: 1, total: 1, epoch: 1, endsEpoch: true, learningRate: 0.1 };
 * const step = (state: number) => Promise.resolve({ state: state + 1, loss: 0 });
 * const end = await trainStage(5, { steps: [due], maxSteps: 0, step });
 * deepEqual(end, { state: 6, step: 1, stopped: false });
 * ```
 */
export async function trainStage<T, S>(
  start: S,
  { steps, maxSteps, step, onStep, onEpoch, signal }: StageRun<T, S>,
): Promise<StageEnd<S>> {
  let state = start, made = 0;
  for (const due of steps) {
    await new Promise((resolve) => setTimeout(resolve, 0)); // lets events such as Ctrl-C arrive
    if (signal?.aborted) return { state, step: made, stopped: true };
    const after = await step(state, due).catch(divergence);
    if (after instanceof DivergenceError) {
      return { state, step: made, stopped: false, diverged: after };
    }
    state = after.state;
    made = due.step;
    const { epoch, learningRate, endsEpoch } = due;
    const total = maxSteps > 0 ? Math.min(maxSteps, due.total) : due.total;
    const done = { step: made, total, epoch, loss: after.loss, learningRate };
    await onStep?.(done);
    if (endsEpoch && !signal?.aborted) await onEpoch?.(done, state);
    if (made === total) break;
  }
  return { state, step: made, stopped: false };
}

/** The error of a step that has diverged, as a value. Other errors are thrown again. */
function divergence(error: unknown): DivergenceError {
  if (error instanceof DivergenceError) return error;
  throw error;
}

/**
 * Whether a weight decays, by its name: all but biases and layer norms do. (The tutorial's reward
 * stage decays GPT-2's layer norms by mistake.)
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const names = ["h.0.mlp.c_fc.weight", "h.0.mlp.c_fc.bias", "ln_f.weight"];
 * deepEqual(names.map(decaysWeight), [true, false, false]);
 * ```
 */
export const decaysWeight = (name: string): boolean => !/bias$|ln_/.test(name);
