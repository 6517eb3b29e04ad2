/**
 * One update of PPO: several epochs over a pool of answers. Each minibatch is used for one step of
 * the actor and one of the critic.
 *
 * Schulman et al. 2017, algorithm 1 and equations 6, 7 and 9. The actor and the critic are separate
 * models, so equation 9 becomes two losses with two optimizers. The value loss is clipped as in
 * OpenAI's baselines, and advantages are whitened once over the pool. There is no entropy bonus.
 * With `targetKl`, an update ends by Stable-Baselines3's rule: before a step at which the policy is
 * more than 1.5 `targetKl` away from the one that sampled. The losses are `policyLoss` and
 * `valueLoss` in `lib/rl`; `losses.ts` connects them to the models.
 */
import { whiten } from "../rl/mod.ts";
import type { PpoConfig } from "./config.ts";
import { type CutIntoMinibatches, shuffledMinibatches } from "./minibatches.ts";
import type { ActorStep, StepResult, TrainedModels } from "./models.ts";
import type { Sample } from "./sample.ts";

/** The options of an update. Clip ranges and Adam's other constants belong to the models. */
export interface UpdateOptions
  extends
    Pick<PpoConfig, "epochs" | "minibatchSize" | "learningRate" | "whitenAdvantages">,
    Partial<Pick<PpoConfig, "targetKl">> {
  /** Random seed of the shuffles. */
  readonly seed: number;
  /** Number of updates already made, which determines the epochs that seed the shuffles. */
  readonly updatesDone: number;
  /** Optimizer steps of this update that were made before the run was stopped (default 0). */
  readonly stepsDone?: number;
  /** Splits the pool into the minibatches of one epoch (default: shuffled). */
  readonly minibatches?: CutIntoMinibatches;
}

/** A minibatch and the results of its two optimizer steps. */
export interface UpdateStep {
  /** The minibatch; its advantages are whitened if `whitenAdvantages` is set. */
  readonly samples: readonly Sample[];
  /** The actor's step. */
  readonly actor: ActorStep;
  /** The critic's step. */
  readonly critic: StepResult;
}

/**
 * Updates the actor and the critic on a pool of answers. It is lazy: each step is taken when the
 * next value is requested.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { update } from "ppo/ppo/mod.ts";
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const steps: string[] = [];
 * const stepOf = (name: string) => () => {
 *   steps.push(name);
 *   return Promise.resolve({ loss: 0, gradNorm: 0, logProbs: [], entropy: [] });
 * };
 * const models = { actor: { step: stepOf("actor") }, critic: { step: stepOf("critic") } };
 * const adam = { learningRate: 0.1, epochs: 1, minibatchSize: 1, whitenAdvantages: false };
 * const pool = [sampleOf(7, 1)];
 * for await (const _ of update(models, pool, { ...adam, seed: 1, updatesDone: 0 }));
 * deepEqual(steps, ["actor", "critic"]); // one step each for the only minibatch
 * ```
 */
export async function* update(
  { actor, critic }: TrainedModels,
  pool: readonly Sample[],
  { epochs, learningRate, whitenAdvantages, updatesDone, stepsDone = 0, ...options }: UpdateOptions,
): AsyncGenerator<UpdateStep> {
  const { seed, minibatchSize, minibatches = shuffledMinibatches, targetKl = Infinity } = options;
  const ready = whitenAdvantages ? whitened(pool) : pool;
  let step = 0;
  for (let epoch = updatesDone * epochs; epoch < (updatesDone + 1) * epochs; epoch++) {
    for (const samples of minibatches(ready, { seed, epoch, minibatchSize })) {
      if (step++ < stepsDone) continue; // made before the run was stopped
      // Mean over tokens of max(-A ratio, -A clip(ratio)).
      const actorStep = await actor.step(samples, learningRate, { maxKl: 1.5 * targetKl });
      if (actorStep === undefined) return; // the policy has moved far enough
      // Mean over tokens of 0.5 max((V - R)^2, (V_clip - R)^2).
      const criticStep = await critic.step(samples, learningRate);
      yield { samples, actor: actorStep, critic: criticStep };
    }
  }
}

/** The pool, with advantages whitened to mean 0 and standard deviation 1 over all tokens. */
function whitened(pool: readonly Sample[]): Sample[] {
  const advantages = whiten(pool.map((sample) => sample.advantages));
  return pool.map((sample, index) => ({ ...sample, advantages: advantages[index] }));
}
