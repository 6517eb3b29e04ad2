/**
 * REINFORCE on one state and a handful of tokens, written out: the parameters are the logits
 * themselves.
 *
 *     pi = softmax(theta)        d log pi(a) / d theta_j = [a = j] - pi(j)
 *     theta <- theta + alpha R(a) d log pi(a) / d theta,   a drawn from pi
 *
 * Williams 1992, section 3.
 */
import { distributionOfRow, drawFromRow } from "../lm/mod.ts";
import { randomStream } from "../random/mod.ts";

/** softmax(theta). */
export const softmaxOf = (theta: readonly number[]): number[] =>
  distributionOfRow(theta).logProbs.map(Math.exp);

/**
 * The policy gradient by enumeration: sum_a pi(a) R(a) ([a = j] - pi(j)), one number per logit.
 */
export function policyGradient(theta: readonly number[], rewards: readonly number[]): number[] {
  const pi = softmaxOf(theta);
  return theta.map((_, j) =>
    pi.reduce((sum, p, a) => sum + p * rewards[a] * ((a === j ? 1 : 0) - pi[j]), 0)
  );
}

/**
 * The gradient of J(theta) = sum_a pi(a) R(a), the mean reward, with respect to each logit, by
 * finite differences: (J(theta_j + h) - J(theta_j - h)) / 2h.
 */
export function measuredSlope(theta: readonly number[], rewards: readonly number[]): number[] {
  const h = 1e-4;
  const meanReward = (j: number, by: number) =>
    softmaxOf(theta.map((value, index) => index === j ? value + by : value))
      .reduce((sum, pi, a) => sum + pi * rewards[a], 0);
  return theta.map((_, j) => (meanReward(j, h) - meanReward(j, -h)) / (2 * h));
}

/**
 * pi before each step, and after the last.
 *
 * @param options.rewards R(a), one number per token
 * @param options.learningRate alpha
 * @param options.steps tokens drawn, one per step
 */
export function reinforceByHand(
  theta: readonly number[],
  { rewards, learningRate: alpha, steps, seed }:
    & { readonly rewards: readonly number[] }
    & Readonly<Record<"learningRate" | "steps" | "seed", number>>,
): number[][] {
  const random = randomStream(seed);
  const policies = [softmaxOf(theta)];
  for (let step = 0; step < steps; step++) {
    const pi = policies[step];
    const a = drawFromRow(pi.map(Math.log), random());
    theta = theta.map((value, j) => value + alpha * rewards[a] * ((a === j ? 1 : 0) - pi[j]));
    policies.push(softmaxOf(theta));
  }
  return policies;
}
