/**
 * The measurements of chapter 04: bias and variance of GAE as lambda moves, in a world where the
 * true advantage is known, and what padding does to it.
 *
 *     an answer of T tokens, each helpful (+1) or harmful (-1) with equal chance
 *     the score, their sum, is the reward at the end
 *     V(s_t) = x_0 + ... + x_t-1           what is decided so far          A_t = x_t
 *     a critic that is late by one token gives V(s_t-1) at s_t
 */
import { randomStream } from "../random/mod.ts";
import { gae, type Row, tdErrors } from "../rl/mod.ts";
import { type EstimateError, estimateError } from "./estimate_error.ts";

/**
 * Rewards and values of the answer made of these tokens (+1 or -1), for a critic that is `late` by
 * so many tokens.
 */
function knownAnswer(tokens: readonly number[], late: number) {
  const sumBefore = (t: number) =>
    tokens.slice(0, Math.max(0, t)).reduce((sum, token) => sum + token, 0);
  const last = tokens.length - 1;
  return {
    rewards: tokens.map((_, t) => t === last ? sumBefore(tokens.length) : 0),
    values: tokens.map((_, t) => sumBefore(t - late)), // V(s_t-late)
  };
}

/**
 * Bias and standard deviation of GAE's estimate of the first token's advantage over sampled
 * answers that begin with a helpful token.
 *
 * `error` is the root of the mean squared error: sqrt(bias^2 + deviation^2).
 *
 * @param options.lambdas the lambdas to compare, on the same answers
 * @param options.late how many tokens the critic is late; 0 is a right critic
 * @param options.tokens tokens of an answer
 * @param options.answers answers sampled
 */
export function lambdaErrors(
  { lambdas, late, tokens, answers, seed }:
    & { readonly lambdas: readonly number[] }
    & Readonly<Record<"late" | "tokens" | "answers" | "seed", number>>,
): (EstimateError & { readonly lambda: number; readonly error: number })[] {
  const random = randomStream(seed);
  const sampled = Array.from({ length: answers }, () => {
    const later = Array.from({ length: tokens - 1 }, () => random() < 0.5 ? 1 : -1);
    return knownAnswer([1, ...later], late);
  });
  return lambdas.map((lambda) => {
    const estimates = sampled.map((answer) => gae({ ...answer, gamma: 1, lambda }).advantages[0]);
    const { bias, deviation } = estimateError(estimates, 1); // the truth is x_0 = 1
    return { lambda, bias, deviation, error: Math.sqrt(bias ** 2 + deviation ** 2) };
  });
}

/**
 * The weight of each n-step estimate in GAE, n = 1 ... steps: (1 - lambda) lambda^(n-1), and
 * lambda^(steps-1) for the last, which stands for all longer ones.
 *
 * Schulman et al. 2016, equation 16. The weights add up to 1.
 */
export function stepWeights(lambda: number, steps: number): number[] {
  return Array.from({ length: steps }, (_, n) => (n === steps - 1 ? 1 : 1 - lambda) * lambda ** n);
}

/**
 * The first token's n-step estimates, n = 1 ... T: delta_0 + ... + gamma^(n-1) delta_n-1, which is
 * n rewards and then the critic.
 */
export function stepEstimates(row: Parameters<typeof tdErrors>[0]): number[] {
  let sum = 0;
  return tdErrors(row).map((delta, n) => sum += row.gamma ** n * delta);
}

/**
 * What leaks into an advantage when GAE runs over the padding after an answer.
 *
 *     delta at the last token, as it should be:   r + gamma 0        - V(s)
 *     with padding after it:                      r + gamma V(pad_1) - V(s)
 *                                                 and gamma lambda A(pad_1) on top
 *
 * Where all P padding tokens have the value v and reward 0, and gamma = 1, the leak is v (1 -
 * lambda^P): a bonus (v > 0) that is larger the earlier an answer ends. It reaches the token k
 * places before the last with factor lambda^k.
 *
 * The advantage of an answer's last real token without padding (`real`) and with it, as the
 * tutorial computes it (`overPads`); `pads` counts the padding, and `leak` is overPads - real.
 * `length` counts the real tokens, which come first in `rewards` and `values`.
 *
 * @throws RangeError when the answer has no real token, or more than there are numbers.
 * @example
 * ```ts
 * import { paddingLeak } from "ppo/course/mod.ts";
 * import assert from "node:assert/strict";
 * const answer = { rewards: [1, 0, 0], values: [1, 4, 4], length: 1 };
 * const { real, leak } = paddingLeak(answer, { gamma: 1, lambda: 0.5 });
 * assert.deepEqual([real, leak], [0, 3]); // 1 - 1, and 4 (1 - 0.5^2)
 * ```
 */
export function paddingLeak(
  { rewards, values, length }: { rewards: Row; values: Row; length: number },
  options: { readonly gamma: number; readonly lambda: number },
): { pads: number; real: number; overPads: number; leak: number } {
  if (!(length >= 1 && length <= values.length)) {
    throw new RangeError(
      `Cannot find the last token of an answer of ${length} tokens in a row of ${values.length}`,
    );
  }
  const [real, overPads] = [length, values.length].map((width) => {
    const first = (row: Row) => Array.from(row).slice(0, width);
    return gae({ rewards: first(rewards), values: first(values), ...options })
      .advantages[length - 1];
  });
  return { pads: values.length - length, real, overPads, leak: overPads - real };
}
