/**
 * What the SFT and reward stages share: an order of batches for some epochs, and a schedule over all their steps.
 *
 * Items of like length stand in one batch, so that few pads are computed; which batches there are and their order is random.
 */
import { warmupLinear } from "../optim/mod.ts";
import { type Random, shuffle } from "../random/mod.ts";
import { chunksOf } from "../lm/mod.ts";

/** Batches within which lengths are sorted: more means fewer pads and less chance in who meets whom. */
const SORTED_TOGETHER = 16;

/** How to make batches. */
export interface BatchOptions<T> {
  /** Items of one batch. */
  readonly batchSize: number;
  /** Length of an item in tokens. */
  readonly lengthOf: (item: T) => number;
}

/**
 * All items once, in random batches of like length; the last batch may be smaller.
 *
 * @throws {RangeError} If there are fewer items than a batch holds.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const batches = randomBatches([4, 9, 5, 8], { batchSize: 2, lengthOf: (length) => length }, () => 0.5);
 * deepEqual(batches.map((batch) => batch.toSorted()).toSorted(), [[4, 5], [8, 9]]);
 * ```
 */
export function randomBatches<T>(
  items: readonly T[],
  { batchSize, lengthOf }: BatchOptions<T>,
  random: Random,
): T[][] {
  if (items.length < batchSize) {
    throw new RangeError(
      `Cannot make batches of ${batchSize}: there are only ${items.length} examples`,
    );
  }
  const shuffled = shuffle(items, random);
  const batches = chunksOf(shuffled, batchSize * SORTED_TOGETHER).flatMap((chunk) =>
    chunksOf(chunk.toSorted((a, b) => lengthOf(a) - lengthOf(b)), batchSize)
  );
  return shuffle(batches, random);
}

/** One optimizer step that is due. */
export interface PlannedStep<T> {
  /** What the step learns from. */
  readonly batch: readonly T[];
  /** From 1. */
  readonly step: number;
  /** Steps of all epochs. */
  readonly total: number;
  /** From 1. */
  readonly epoch: number;
  /** Whether the epoch ends with this step. */
  readonly endsEpoch: boolean;
  /** The schedule's, for this step. */
  readonly learningRate: number;
}

/** How long and how fast to train. */
export interface StageOptions<T> extends BatchOptions<T> {
  /** Passes over all items. */
  readonly epochs: number;
  /** The highest learning rate of the schedule. */
  readonly learningRate: number;
  /** Share of all steps in which the learning rate rises from 0; then it falls to 0. */
  readonly warmupProportion: number;
}

/** The steps of a stage, one after the other. */
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
      const rate = learningRate * warmupLinear(step, { total: total + 1, warmup }); // the last step moves too
      yield { batch, step, total, epoch, endsEpoch: index + 1 === perEpoch, learningRate: rate };
    }
  }
}

/** A step that was made. */
export interface DoneStep {
  /** From 1. */
  readonly step: number;
  /** Steps that will be run. */
  readonly total: number;
  /** From 1. */
  readonly epoch: number;
  /** Before the step. */
  readonly loss: number;
  /** The schedule's, for this step. */
  readonly learningRate: number;
}

/** What to do with each step that is due. */
export interface StageRun<T, S> {
  /** In their order, as `plannedSteps` gives them. */
  readonly steps: Iterable<PlannedStep<T>>;
  /** Stops after this many steps; 0: runs them all. */
  readonly maxSteps: number;
  /** One optimizer step: the state after it, and the loss before it. */
  readonly step: (state: S, due: PlannedStep<T>) => Promise<{ state: S; loss: number }>;
  /** Told after each step. */
  readonly onStep?: (done: DoneStep) => void | Promise<void>;
  /** Called with the state at each epoch's end. */
  readonly onEpoch?: (done: DoneStep, state: S) => Promise<void>;
  /** When it is aborted, the step that is being made is the last one. */
  readonly signal?: AbortSignal;
}

/** How a run ended. */
export interface StageEnd<S> {
  /** After the last step. */
  readonly state: S;
  /** Steps made. */
  readonly step: number;
  /** Whether the signal ended it before its time. */
  readonly stopped: boolean;
}

/** Runs the steps of a stage from a state to the last one, or to the one in which it is told to stop. */
export async function trainStage<T, S>(
  start: S,
  { steps, maxSteps, step, onStep, onEpoch, signal }: StageRun<T, S>,
): Promise<StageEnd<S>> {
  let state = start, made = 0;
  for (const due of steps) {
    await othersTurn();
    if (signal?.aborted) return { state, step: made, stopped: true };
    const after = await step(state, due);
    state = after.state;
    made = due.step;
    const total = maxSteps > 0 ? Math.min(maxSteps, due.total) : due.total;
    const done = {
      step: made,
      total,
      epoch: due.epoch,
      loss: after.loss,
      learningRate: due.learningRate,
    };
    await onStep?.(done);
    if (due.endsEpoch && !signal?.aborted) await onEpoch?.(done, state);
    if (made === total) break;
  }
  return { state, step: made, stopped: false };
}

/** Lets what waits outside, such as Ctrl-C, have its turn: native computation ends within a turn of ours. */
const othersTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** Which weights decay, by name: all but biases and layer norms. (The tutorial's reward stage decays GPT-2's norms, by mistake.) */
export const decaysWeight = (name: string): boolean => !/bias$|ln_/.test(name);
