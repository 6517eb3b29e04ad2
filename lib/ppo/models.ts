/**
 * The four models of PPO as interfaces, with only the calls that the algorithm makes.
 *
 * `create_models.ts` implements them. It decides how answers are grouped and padded, which programs
 * run, and when memory is freed.
 */
import type { PromptAndAnswer, TokenRow } from "../lm/mod.ts";
import type { Sample, SampledAnswer } from "./sample.ts";

/** Computes log-probabilities of answers. */
export interface Policy {
  /**
   * log pi(a_t) in nats under the sampling distribution, one row per answer. The cut-off is the one
   * with which the answer was sampled (`samplingMask`).
   */
  logProbs(answers: readonly PromptAndAnswer[]): Promise<number[][]>;
}

/** The results of an optimizer step, measured on its minibatch before the step. */
export interface StepResult {
  /** The clipped loss, mean over the minibatch's tokens. */
  readonly loss: number;
  /** The global gradient norm before clipping. */
  readonly gradNorm: number;
}

/** The results of an optimizer step of the actor. */
export interface ActorStep extends StepResult {
  /** log pi(a_t) in nats, one row per answer. */
  readonly logProbs: readonly number[][];
  /** Entropy of the sampling distribution at each token in nats, one row per answer. */
  readonly entropy: readonly number[][];
}

/** Options of the actor's step. */
export interface ActorStepOptions {
  /**
   * The step is taken only if the policy is at most this far from the one that sampled the
   * minibatch, by `approxKl` in nats per token (default: no limit).
   */
  readonly maxKl?: number;
}

/** The policy that is trained. */
export interface Actor extends Policy {
  /** Samples answers; the random numbers are functions of (seed, timestep, row, position). */
  generate(prompts: readonly TokenRow[], options: { timestep: number }): Promise<SampledAnswer[]>;
  /** One optimizer step on a minibatch, or undefined if `maxKl` prevented it. */
  step(
    minibatch: readonly Sample[],
    learningRate: number,
    options?: ActorStepOptions,
  ): Promise<ActorStep | undefined>;
}

/** The value model that is trained. */
export interface Critic {
  /** V(s_t) before each answer token, one row per answer. */
  values(answers: readonly PromptAndAnswer[]): Promise<number[][]>;
  /** One optimizer step on a minibatch. */
  step(minibatch: readonly Sample[], learningRate: number): Promise<StepResult>;
}

/** The frozen reward model. */
export interface RewardModel {
  /** One score per answer, in the reward model's own units. */
  scores(answers: readonly PromptAndAnswer[]): Promise<number[]>;
}

/** The models of a rollout. */
export interface RolloutModels {
  /** Samples the answers. */
  readonly actor: Pick<Actor, "generate">;
  /** The frozen SFT model. */
  readonly reference: Policy;
  /** Estimates values. */
  readonly critic: Pick<Critic, "values">;
  /** Scores the answers. */
  readonly reward: RewardModel;
}

/** The models of an update. */
export interface TrainedModels {
  /** The actor, trained with the clipped policy loss. */
  readonly actor: Pick<Actor, "step">;
  /** The critic, trained with the clipped value loss. */
  readonly critic: Pick<Critic, "step">;
}

/** All four models. */
export interface Models extends RolloutModels, TrainedModels {
  /** The policy that is trained. */
  readonly actor: Actor;
  /** Predicts the return at each token. */
  readonly critic: Critic;
}
