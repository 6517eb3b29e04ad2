/**
 * What chapter 04 measures: bias and variance of GAE as lambda moves, in a world where the true advantage is known.
 *
 *     an answer of T tokens, each helpful (+1) or harmful (-1) with equal chance; its score is their sum, paid at the end
 *     V(s_t) = x_0 + ... + x_t-1           what is decided so far          A_t = x_t
 *     a critic that is late by one token says V(s_t-1) at s_t
 */
import { gae, meanOf, tdErrors, varianceOf } from "../rl/mod.ts";
import { randomStream } from "../random/mod.ts";

/** One answer of the world, one number a token. */
export interface KnownAnswer {
  /** The score at the last token, 0 before. */
  readonly rewards: readonly number[];
  /** What the critic says before each token. */
  readonly values: readonly number[];
  /** The true A_t. */
  readonly advantages: readonly number[];
}

/** The answer made of these tokens (+1 or -1), seen by a critic that is `late` by so many tokens (0: a right one). */
export function knownAnswer(tokens: readonly number[], { late }: { late: number }): KnownAnswer {
  const sumBefore = (t: number) =>
    tokens.slice(0, Math.max(0, t)).reduce((sum, token) => sum + token, 0);
  const last = tokens.length - 1;
  return {
    rewards: tokens.map((_, t) => t === last ? sumBefore(tokens.length) : 0),
    values: tokens.map((_, t) => sumBefore(t - late)), // V(s_t-late)
    advantages: [...tokens], // A_t = x_t
  };
}

/** How well GAE estimates the first token's advantage at one lambda. */
export interface LambdaError {
  /** GAE's lambda. */
  readonly lambda: number;
  /** Mean estimate minus the truth. */
  readonly bias: number;
  /** Standard deviation of the estimate. */
  readonly deviation: number;
  /** Root of the mean squared error: sqrt(bias^2 + deviation^2). */
  readonly error: number;
}

/** What `lambdaErrors` samples. */
export interface LambdaStudy {
  /** One result each. */
  readonly lambdas: readonly number[];
  /** How many tokens the critic is late. */
  readonly late: number;
  /** Tokens of an answer. */
  readonly tokens: number;
  /** Answers sampled; the same ones for every lambda. */
  readonly answers: number;
  /** Of the sampled answers. */
  readonly seed: number;
}

/** Bias, deviation and error of the first token's advantage over sampled answers that begin with a helpful token. */
export function lambdaErrors({ lambdas, late, tokens, answers, seed }: LambdaStudy): LambdaError[] {
  const random = randomStream(seed);
  const sampled = Array.from({ length: answers }, () => {
    const later = Array.from({ length: tokens - 1 }, () => random() < 0.5 ? 1 : -1);
    return knownAnswer([1, ...later], { late });
  });
  return lambdas.map((lambda) => {
    const estimates = sampled.map(({ rewards, values }) =>
      gae({ rewards, values, gamma: 1, lambda }).advantages[0]
    );
    const bias = meanOf(estimates) - 1; // the truth is x_0 = 1
    const variance = varianceOf(estimates);
    return { lambda, bias, deviation: Math.sqrt(variance), error: Math.sqrt(bias ** 2 + variance) };
  });
}

/**
 * The weight of each n-step estimate in GAE, n = 1 ... steps: (1 - lambda) lambda^(n-1), and lambda^(steps-1) for the last, which
 * stands for all longer ones.
 *
 * Schulman et al. 2016, equation 16. The weights add up to 1.
 */
export function stepWeights(lambda: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, n) => (n === steps - 1 ? 1 : 1 - lambda) * lambda ** n);
}

/**
 * The first token's n-step estimates, n = 1 ... T: delta_0 + ... + gamma^(n-1) delta_n-1, which is n rewards and then the critic.
 */
export function stepEstimates(
  { rewards, values, gamma }: {
    rewards: readonly number[];
    values: readonly number[];
    gamma: number;
  },
): number[] {
  let sum = 0;
  return tdErrors({ rewards, values, gamma }).map((delta, n) => sum += gamma ** n * delta);
}
