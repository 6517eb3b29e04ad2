/**
 * The prompts of each timestep, which are distinct and depend only on the seed (except under the
 * defect `prompts_through_set`), and the minibatches of each epoch, made by shuffling and splitting
 * the pool of an update.
 */
import { chunksOf, type TokenRow } from "../lm/mod.ts";
import { type Random, randomStream, shuffle } from "../random/mod.ts";
import type { Sample } from "./sample.ts";

/** The settings that determine how a pool is split. */
export interface EpochOptions {
  /** Random seed. */
  readonly seed: number;
  /** The number of the epoch in the whole run, counted from 0. */
  readonly epoch: number;
  /** Answers per minibatch; the last one of an epoch may be smaller. */
  readonly minibatchSize: number;
}

/** Splits a pool into the minibatches of one epoch. */
export type CutIntoMinibatches = (pool: readonly Sample[], options: EpochOptions) => Sample[][];

/**
 * How many numbers of the random stream are reserved for one epoch, which is far more than a
 * shuffle uses.
 */
const NUMBERS_PER_EPOCH = 1_000_000;

/**
 * The random numbers of one epoch. The run's prompts use the part of the stream before the first
 * epoch.
 */
export const epochRandom = ({ seed, epoch }: Pick<EpochOptions, "seed" | "epoch">): Random =>
  randomStream(seed, { skip: NUMBERS_PER_EPOCH * (epoch + 1) });

/**
 * Shuffles the answers of all timesteps and splits them into minibatches.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { shuffledMinibatches } from "ppo/ppo/mod.ts";
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const pool = [7, 8, 9].map((token) => sampleOf(token, 1));
 * const minibatches = shuffledMinibatches(pool, { seed: 1, epoch: 0, minibatchSize: 2 });
 * deepEqual(minibatches.map(({ length }) => length), [2, 1]);
 * ```
 */
export const shuffledMinibatches: CutIntoMinibatches = (
  pool,
  { seed, epoch, minibatchSize },
): Sample[][] => chunksOf(shuffle(pool, epochRandom({ seed, epoch })), minibatchSize);

/** Draws the prompts for one timestep after another. */
export interface PromptSampler {
  /** Draws `batchSize` distinct prompts. */
  next(): TokenRow[];
  /**
   * How many random numbers have been drawn. A sampler that skips this many continues from here.
   */
  drawn(): number;
}

/**
 * Draws prompts with the numbers of `random(skip)`, which is a stream without its first `skip`
 * numbers.
 */
export function createPromptSampler(
  prompts: readonly TokenRow[],
  { batchSize, random, drawn = 0 }: {
    batchSize: number;
    random: (skip: number) => Random;
    drawn?: number | undefined;
  },
): PromptSampler {
  if (batchSize > prompts.length) {
    throw new RangeError(
      `Cannot draw ${batchSize} different prompts: there are only ${prompts.length}`,
    );
  }
  const numbers = random(drawn);
  let count = drawn;
  return {
    next() {
      const chosen = new Set<number>();
      for (; chosen.size < batchSize; count++) chosen.add(Math.floor(numbers() * prompts.length));
      return [...chosen].map((index) => prompts[index]);
    },
    drawn: () => count,
  };
}
