/** One sampled answer with everything that PPO computes for it. */
import type { PromptAndAnswer } from "../lm/mod.ts";

/** An answer as the actor sampled it. */
export interface SampledAnswer extends PromptAndAnswer {
  /** log pi_old(a_t) in nats under the policy that sampled the answer, one number per token. */
  readonly logProbs: readonly number[];
  /** Whether the answer ended with [SEP]. */
  readonly ended: boolean;
}

/**
 * A sampled answer with its rewards, advantages and returns. All rows have one number per answer
 * token.
 */
export interface Sample extends SampledAnswer {
  /** log pi_ref(a_t) in nats under the frozen reference, with the actor's cut-off. */
  readonly refLogProbs: readonly number[];
  /** V(s_t), the critic's value before each token. */
  readonly values: readonly number[];
  /** The reward model's score, in its own units. */
  readonly rawScore: number;
  /**
   * The score that is added to the last token's reward: normalised, clipped, minus the penalty for
   * a missing end token.
   */
  readonly score: number;
  /** r_t: the KL penalty at each token, plus the score at the last. */
  readonly rewards: readonly number[];
  /** A_t, by GAE. */
  readonly advantages: readonly number[];
  /** R_t = A_t + V(s_t), the critic's target. */
  readonly returns: readonly number[];
  /** The timestep in which the answer was sampled, counted from 1. */
  readonly timestep: number;
}
