/**
 * One update: several epochs of minibatches on the experience of a rollout.
 *
 * Schulman et al. 2017 (PPO), algorithm 1. Huang et al. 2022, "The 37 implementation details of
 * proximal policy optimization", detail 7: each minibatch whitens its own advantages. An update
 * ends early when the next step would be made beyond 1.5 times the target KL divergence.
 */
import { type Random, shuffle } from "../random/mod.ts";
import { whiten } from "../rl/mod.ts";
import type { AgentConfig } from "./config.ts";
import type { AgentDesign } from "./design.ts";
import type { Learner, MinibatchArrays, StepMetrics } from "./learner.ts";
import type { Experience } from "./rollout.ts";

/** The options of an update. */
export interface UpdateOptions
  extends Pick<AgentConfig, "epochs" | "minibatchSize" | "normaliseAdvantages" | "targetKl"> {
  /** The design of the agent. */
  readonly design: AgentDesign;
  /** Adam's learning rate in this update. */
  readonly learningRate: number;
  /** The clip range of the probability ratio in this update. */
  readonly clipRange: number;
  /** Shuffles the steps of each epoch. */
  readonly random: Random;
}

/** Improves the agent and yields the metrics of each optimizer step. */
export async function* updateAgent(
  learner: Pick<Learner, "step">,
  experience: Experience,
  { epochs, minibatchSize, targetKl, random, ...options }: UpdateOptions,
): AsyncGenerator<StepMetrics> {
  const places = Array.from({ length: experience.count }, (_, place) => place);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle(places, random);
    for (let start = 0; start < order.length; start += minibatchSize) {
      const chosen = order.slice(start, start + minibatchSize);
      const minibatch = minibatchOf(experience, chosen, options);
      const step = await learner.step(minibatch, { ...options, maxKl: 1.5 * targetKl });
      if (step === undefined) return; // the policy has moved far enough
      yield step;
    }
  }
}

/** The chosen steps as arrays. */
function minibatchOf(
  experience: Experience,
  places: readonly number[],
  { design, normaliseAdvantages }: Pick<UpdateOptions, "design" | "normaliseAdvantages">,
): MinibatchArrays {
  const { observationSize, actionSize } = design;
  const column = (values: ArrayLike<number>) => ({
    dims: [places.length],
    data: Float32Array.from(places, (place) => values[place]),
  });
  const advantages = column(experience.advantages);
  return {
    observations: rowsAt(experience.observations, places, observationSize),
    actions: rowsAt(experience.actions, places, actionSize),
    oldLogProbs: column(experience.logProbs),
    advantages: normaliseAdvantages && places.length > 1 ? whitened(advantages) : advantages,
    returns: column(experience.returns),
    oldValues: column(experience.values),
  };
}

type Column = MinibatchArrays["advantages"];

/** (A - mean) / (standard deviation + 1e-8), with divisor n - 1 as in Stable-Baselines3. */
function whitened({ dims, data }: Column): Column {
  const [row] = whiten([data], { epsilon: 1e-16, unbiased: true });
  return { dims, data: Float32Array.from(row) };
}

/** Some rows of a matrix. */
function rowsAt(matrix: Float32Array, places: readonly number[], size: number): Column {
  const data = new Float32Array(places.length * size);
  places.forEach((place, row) => {
    data.set(matrix.subarray(place * size, (place + 1) * size), row * size);
  });
  return { dims: [places.length, size], data };
}
