/**
 * The measurements of chapter 05 on the KL divergence between two small policies: its estimators,
 * and their gradients as losses.
 */
import { randomStream } from "../random/mod.ts";
import { k1, k2, k3, klExact } from "../rl/mod.ts";
import type { Sampling } from "./advantage_study.ts";
import { type EstimateError, estimateError } from "./estimate_error.ts";

/**
 * Bias and standard deviation of k1, k2 and k3 in nats, over actions sampled from `policy`; both
 * rows are log-probabilities of all actions. `smallest` is the smallest estimate; only k1 can be
 * negative.
 */
export function klEstimates(
  policy: readonly number[],
  reference: readonly number[],
  { samples, seed }: Sampling,
): (EstimateError & { readonly estimator: string; readonly smallest: number })[] {
  const random = randomStream(seed);
  const actions = Array.from({ length: samples }, () => drawAction(policy, random()));
  const pairs = {
    logProbs: actions.map((a) => policy[a]),
    refLogProbs: actions.map((a) => reference[a]),
  };
  const exact = klExact(policy, reference);
  return Object.entries({ k1, k2, k3 }).map(([estimator, estimate]) => {
    const row = estimate(pairs);
    const smallest = row.reduce((least, value) => Math.min(least, value), Infinity);
    return { estimator, ...estimateError(row, exact), smallest };
  });
}

/** The first action whose cumulative probability exceeds u. */
function drawAction(policy: readonly number[], u: number): number {
  let sum = 0;
  const found = policy.findIndex((logProb) => (sum += Math.exp(logProb)) > u);
  return found < 0 ? policy.length - 1 : found;
}

/**
 * The expected gradients of three losses with respect to each action's logit (policy = softmax of
 * the logits), by enumeration with d log pi(a) / d logit_j = [a = j] - pi(j).
 *
 *     exact  sum_a pi(a) (log pi(a) - log pi_ref(a)) d log pi(a)
 *     k1     sum_a pi(a) d log pi(a)                                  = 0
 *     k3     sum_a pi(a) (1 - pi_ref(a) / pi(a)) d log pi(a)          = pi - pi_ref
 *
 * The last is the gradient of KL(pi_ref || pi), the other direction.
 */
export function klGradients(
  policy: readonly number[],
  reference: readonly number[],
): { exact: number; k1: number; k3: number }[] {
  const expected = (weight: (a: number) => number) => {
    const weights = policy.map((logProb, a) => Math.exp(logProb) * weight(a));
    const total = weights.reduce((sum, one) => sum + one, 0);
    return policy.map((logProb, j) => weights[j] - Math.exp(logProb) * total);
  };
  const exact = expected((a) => policy[a] - reference[a]);
  const one = expected(() => 1);
  const three = expected((a) => 1 - Math.exp(reference[a] - policy[a]));
  return policy.map((_, j) => ({ exact: exact[j], k1: one[j], k3: three[j] }));
}
