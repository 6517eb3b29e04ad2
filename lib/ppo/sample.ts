/** One sampled answer with everything that PPO knows of it. */
import type { PromptAndAnswer } from "../lm/mod.ts";

/** An answer as the actor sampled it. */
export interface SampledAnswer extends PromptAndAnswer {
  /** log pi_old(a_t) in nats, one number a token: the policy that sampled it. */
  readonly logProbs: readonly number[];
  /** Whether it ended by itself, with [SEP]. */
  readonly ended: boolean;
}

/** A sampled answer with its rewards, advantages and returns; all rows have one number an answer token. */
export interface Sample extends SampledAnswer {
  /** log pi_ref(a_t) in nats: the frozen reference. */
  readonly refLogProbs: readonly number[];
  /** V(s_t), the critic's value before each token. */
  readonly values: readonly number[];
  /** The reward model's score, in its own units. */
  readonly rawScore: number;
  /** The score as it enters the reward of the last token: normalised, clipped, minus the penalty for a missing end. */
  readonly score: number;
  /** r_t: the KL penalty at each token, plus the score at the last. */
  readonly rewards: readonly number[];
  /** A_t, by GAE. */
  readonly advantages: readonly number[];
  /** R_t = A_t + V(s_t), which the critic learns. */
  readonly returns: readonly number[];
  /** The timestep in which it was sampled, counted from 1. */
  readonly timestep: number;
}
