/**
 * Normalisation of observations and rewards by running statistics, with the rules of
 * Stable-Baselines3's `VecNormalize`.
 *
 *     observation = clip((o - mean) / sqrt(variance + epsilon), -10, 10)
 *     reward      = clip(r / sqrt(Var(G) + epsilon), -10, 10)       G_t = gamma G_t-1 + r_t
 *
 * Engstrom et al. 2020, "Implementation matters in deep policy gradients", section 3, describe
 * both. G is the discounted sum of the rewards so far, which starts at 0 in each episode. Moments
 * of batches are combined as in Chan, Golub & LeVeque 1979.
 */
import type { VectorStep } from "../control/mod.ts";

const EPSILON = 1e-8;
const LIMIT = 10;
/** The weight of the initial moments, in observations. */
const INITIAL_COUNT = 1e-4;

/** Running moments of vectors. */
export interface Moments {
  /** The mean of each number. */
  readonly mean: readonly number[];
  /** The variance of each number, with divisor n. */
  readonly variance: readonly number[];
  /** How many vectors they describe. */
  readonly count: number;
}

/** The moments before anything was seen: mean 0 and variance 1. */
const initialMoments = (size: number): Moments => ({
  mean: new Array(size).fill(0),
  variance: new Array(size).fill(1),
  count: INITIAL_COUNT,
});

/**
 * The moments after more vectors, side by side.
 *
 * @example
 * ```ts
 * import { combinedMoments } from "ppo/agent/mod.ts";
 * import assert from "node:assert/strict";
 * const one = { mean: [1], variance: [0], count: 1 };
 * assert.deepEqual(combinedMoments(one, [3]), { mean: [2], variance: [1], count: 2 });
 * ```
 */
export function combinedMoments(before: Moments, vectors: ArrayLike<number>): Moments {
  const size = before.mean.length, added = vectors.length / size;
  if (added === 0) return before;
  const count = before.count + added;
  const next = before.mean.map((mean, at) => {
    const own = Array.from({ length: added }, (_, row) => vectors[row * size + at]);
    const ownMean = own.reduce((sum, x) => sum + x, 0) / added;
    const ownSquares = own.reduce((sum, x) => sum + (x - ownMean) ** 2, 0);
    const delta = ownMean - mean;
    const between = delta ** 2 * before.count * added / count;
    return {
      mean: mean + delta * added / count,
      variance: (before.variance[at] * before.count + ownSquares + between) / count,
    };
  });
  return { mean: next.map((x) => x.mean), variance: next.map((x) => x.variance), count };
}

const clip = (x: number): number => Math.min(Math.max(x, -LIMIT), LIMIT);

/**
 * Normalises vectors, side by side, by moments.
 *
 * @example
 * ```ts
 * import { normalised } from "ppo/agent/mod.ts";
 * import assert from "node:assert/strict";
 * const moments = { mean: [1], variance: [4], count: 9 };
 * assert.deepEqual(normalised(Float32Array.of(3, 99), moments), Float32Array.of(1, 10));
 * ```
 */
export function normalised(
  vectors: Float32Array,
  { mean, variance }: Pick<Moments, "mean" | "variance">,
): Float32Array<ArrayBuffer> {
  const size = mean.length;
  return Float32Array.from(vectors, (x, at) => {
    const own = at % size;
    return clip((x - mean[own]) / Math.sqrt(variance[own] + EPSILON));
  });
}

/** The state of a normaliser, as plain data. */
export interface NormalizerState {
  /** The moments of observations; null if they are not normalised. */
  readonly observations: Moments | null;
  /** The moments of discounted returns; null if rewards are not normalised. */
  readonly returns: Moments | null;
  /** G_t of each environment. */
  readonly discounted: readonly number[];
}

/** Normalises what the environments return, and learns the statistics on the way. */
export interface Normalizer {
  /** Counts observations and normalises them. */
  observe(observations: Float32Array): Float32Array<ArrayBuffer>;
  /** Counts the rewards of a step and normalises them. */
  rewards(step: VectorStep): Float64Array;
  /** The moments of the observations, for the use of a trained policy. */
  moments(): Moments | undefined;
  /** Returns the state. */
  state(): NormalizerState;
  /** Continues from a state. */
  restore(state: NormalizerState): void;
}

/** The options of a normaliser. */
export interface NormalizerOptions {
  /** The numbers of an observation. */
  readonly observationSize: number;
  /** The number of environments. */
  readonly envs: number;
  /** The discount factor of G. */
  readonly gamma: number;
  /** Whether to normalise observations. */
  readonly normaliseObservations: boolean;
  /** Whether to normalise rewards. */
  readonly normaliseRewards: boolean;
}

/** Creates a normaliser, which returns its input unchanged where nothing is to be normalised. */
export function createNormalizer(options: NormalizerOptions): Normalizer {
  const { observationSize, envs, gamma, normaliseObservations, normaliseRewards } = options;
  let observations = normaliseObservations ? initialMoments(observationSize) : null;
  let returns = normaliseRewards ? initialMoments(1) : null;
  let discounted: readonly number[] = new Array(envs).fill(0);
  return {
    observe(vectors) {
      if (observations === null) return Float32Array.from(vectors);
      observations = combinedMoments(observations, vectors);
      return normalised(vectors, observations);
    },
    rewards({ rewards, terminated, truncated, started }) {
      if (returns === null) return rewards;
      discounted = discounted.map((sum, env) => gamma * sum + rewards[env]); // G_t
      returns = combinedMoments(returns, discounted.filter((_, env) => started[env] === 0));
      const deviation = Math.sqrt(returns.variance[0] + EPSILON);
      const ends = (env: number) => terminated[env] === 1 || truncated[env] === 1;
      discounted = discounted.map((sum, env) => ends(env) ? 0 : sum);
      return rewards.map((reward) => clip(reward / deviation));
    },
    moments: () => observations ?? undefined,
    state: () => ({ observations, returns, discounted }),
    restore(state) {
      ({ observations, returns, discounted } = state);
    },
  };
}
