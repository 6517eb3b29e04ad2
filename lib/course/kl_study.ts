/** What chapter 05 measures of KL between two small policies: the estimators' bias and deviation, and what they do as a loss. */
import { k1, k2, k3, klExact, meanOf, varianceOf } from "../rl/mod.ts";
import { randomStream } from "../random/mod.ts";

/** One estimator over many samples, in nats. */
export interface KlEstimate {
  /** "k1", "k2" or "k3". */
  readonly estimator: string;
  /** Mean minus the exact KL. */
  readonly bias: number;
  /** Standard deviation of one sample's estimate. */
  readonly deviation: number;
  /** The smallest estimate: negative ones are possible for k1 only. */
  readonly smallest: number;
}

/** Bias and deviation of k1, k2, k3 over actions sampled from `policy`; both rows are log-probabilities of all actions. */
export function klEstimates(
  policy: readonly number[],
  reference: readonly number[],
  { samples, seed }: { samples: number; seed: number },
): KlEstimate[] {
  const random = randomStream(seed);
  const actions = Array.from({ length: samples }, () => drawAction(policy, random()));
  const pairs = {
    logProbs: actions.map((a) => policy[a]),
    refLogProbs: actions.map((a) => reference[a]),
  };
  const exact = klExact(policy, reference);
  return Object.entries({ k1, k2, k3 }).map(([estimator, estimate]) => {
    const row = estimate(pairs);
    return {
      estimator,
      bias: meanOf(row) - exact,
      deviation: Math.sqrt(varianceOf(row)),
      smallest: row.reduce((least, value) => Math.min(least, value), Infinity),
    };
  });
}

/** The first action whose cumulative probability exceeds u. */
function drawAction(policy: readonly number[], u: number): number {
  let sum = 0;
  const found = policy.findIndex((logProb) => (sum += Math.exp(logProb)) > u);
  return found < 0 ? policy.length - 1 : found;
}

/** For each action's logit, the expected gradient of three losses (policy = softmax of the logits). */
export interface KlGradient {
  /** Of the exact KL(pi || pi_ref). */
  readonly exact: number;
  /** Of k1 as a loss: its expectation is 0 whatever the reference. */
  readonly k1: number;
  /** Of k3 as a loss: the gradient of KL(pi_ref || pi), the other direction. */
  readonly k3: number;
}

/**
 * Expected gradients by enumeration, with d log pi(a) / d logit_j = [a = j] - pi(j).
 *
 *     exact  sum_a pi(a) (log pi(a) - log pi_ref(a)) d log pi(a)
 *     k1     sum_a pi(a) d log pi(a)                                  = 0
 *     k3     sum_a pi(a) (1 - pi_ref(a) / pi(a)) d log pi(a)          = pi - pi_ref
 */
export function klGradients(policy: readonly number[], reference: readonly number[]): KlGradient[] {
  const expected = (weight: (a: number) => number) => {
    const weights = policy.map((logProb, a) => Math.exp(logProb) * weight(a));
    const total = weights.reduce((sum, one) => sum + one, 0);
    return policy.map((logProb, j) => weights[j] - Math.exp(logProb) * total);
  };
  const [exact, one, three] = [
    expected((a) => policy[a] - reference[a]),
    expected(() => 1),
    expected((a) => 1 - Math.exp(reference[a] - policy[a])),
  ];
  return policy.map((_, j) => ({ exact: exact[j], k1: one[j], k3: three[j] }));
}
