/**
 * One update of PPO: several epochs over a pool of answers; each minibatch is one step of the actor and one of the critic.
 *
 * Schulman et al. 2017, algorithm 1 and equations 6, 7 and 9. The losses are `policyLoss` and `valueLoss` of `lib/rl`
 * (`losses.ts` connects them to the models).
 */
import { whiten } from "../rl/mod.ts";
import { type Minibatches, shuffledMinibatches } from "./minibatches.ts";
import type { ActorStep, CriticStep, TrainedModels } from "./models.ts";
import type { Sample } from "./sample.ts";

/** How to learn from a pool. */
export interface UpdateOptions {
  /** Updates of the run before this one; with the epoch it decides the order of the answers. */
  readonly updatesDone: number;
  /** Passes over the pool. */
  readonly epochs: number;
  /** Answers of an optimizer step. */
  readonly minibatchSize: number;
  /** Start of all random numbers. */
  readonly seed: number;
  /** Adam's learning rate. */
  readonly learningRate: number;
  /** Whether advantages are shifted and scaled to mean 0 and standard deviation 1 over the pool. */
  readonly whitenAdvantages: boolean;
  /** Optimizer steps of this update that are done already, when a run is resumed (default 0). */
  readonly stepsDone?: number;
  /** Cuts the pool into the minibatches of one epoch (default: shuffled). */
  readonly minibatches?: Minibatches;
}

/** One minibatch with what its two optimizer steps found. */
export interface UpdateStep {
  /** The minibatch. */
  readonly samples: readonly Sample[];
  /** The actor's step. */
  readonly actor: ActorStep;
  /** The critic's step. */
  readonly critic: CriticStep;
}

/** Updates actor and critic on a pool of answers, minibatch by minibatch. */
export async function* update(
  { actor, critic }: TrainedModels,
  pool: readonly Sample[],
  {
    updatesDone,
    epochs,
    learningRate,
    whitenAdvantages,
    stepsDone = 0,
    minibatches = shuffledMinibatches,
    ...order
  }: UpdateOptions,
): AsyncGenerator<UpdateStep> {
  const ready = whitenAdvantages ? whitened(pool) : pool;
  const epochNumbers = Array.from({ length: epochs }, (_, epoch) => updatesDone * epochs + epoch);
  const steps = epochNumbers.flatMap((epoch) => minibatches(ready, { ...order, epoch }));

  for (const samples of steps.slice(stepsDone)) {
    yield {
      samples,
      actor: await actor.step(samples, learningRate), //   max(-A rho, -A clip(rho))
      critic: await critic.step(samples, learningRate), // max((V - R)^2, (V_clip - R)^2)
    };
  }
}

/** The pool with its advantages at mean 0 and standard deviation 1 over all tokens. */
function whitened(pool: readonly Sample[]): Sample[] {
  const advantages = whiten(pool.map((sample) => sample.advantages));
  return pool.map((sample, index) => ({ ...sample, advantages: advantages[index] }));
}
