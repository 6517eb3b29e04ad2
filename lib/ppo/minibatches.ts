/** The minibatches of one epoch: the pool of an update, shuffled and cut. */
import { chunksOf } from "../lm/mod.ts";
import { type Random, randomStream, shuffle } from "../random/mod.ts";
import type { Sample } from "./sample.ts";

/** What decides how a pool is cut. */
export interface EpochOptions {
  /** Start of all random numbers. */
  readonly seed: number;
  /** A different number for each epoch of each update. */
  readonly epoch: number;
  /** Answers of a minibatch; the last one of an epoch may be smaller. */
  readonly minibatchSize: number;
}

/** Cuts a pool into the minibatches of one epoch. */
export type Minibatches = (pool: readonly Sample[], options: EpochOptions) => Sample[][];

/** The random numbers of one epoch's order. */
export const epochRandom = ({ seed, epoch }: Pick<EpochOptions, "seed" | "epoch">): Random =>
  randomStream(seed, { skip: 1_000_000 * (epoch + 1) });

/** Shuffles the answers of all timesteps and cuts them into minibatches. */
export const shuffledMinibatches: Minibatches = (pool, { minibatchSize, ...epoch }): Sample[][] =>
  chunksOf(shuffle(pool, epochRandom(epoch)), minibatchSize);
