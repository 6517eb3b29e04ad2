/**
 * The design of an agent: which distribution its actions have, and the sizes of its networks.
 *
 *     categorical       logits of the choices              from the actor network
 *     gaussian          means of the actions               sigma: a parameter, or fixed
 *     state-dependent   means and features of the state    sigma of each feature (gSDE)
 */
import type { Box, Discrete, VectorEnv } from "../control/mod.ts";
import type { AgentConfig } from "./config.ts";

/** The distribution of the actions. */
export type DistributionKind = "categorical" | "gaussian" | "state-dependent";

/** What an agent is made of. */
export interface AgentDesign extends Pick<AgentConfig, "hidden" | "activation"> {
  /** The distribution of the actions. */
  readonly kind: DistributionKind;
  /** The numbers of an observation. */
  readonly observationSize: number;
  /** The outputs of the actor: a logit for each choice, or a mean for each number of an action. */
  readonly outputSize: number;
  /** The numbers of an action. */
  readonly actionSize: number;
  /** The log standard deviation at the start. */
  readonly initialLogStd: number;
  /** Whether the standard deviation keeps its initial value. */
  readonly fixedStd: boolean;
}

/** The spaces of an environment. */
export type Spaces = Pick<VectorEnv<never>, "observationSpace"> & {
  readonly id: string;
  readonly actionSpace: Discrete | Box;
};

/**
 * The design of an agent for an environment.
 *
 * @throws RangeError when gSDE is asked for with choices or with a fixed standard deviation.
 * @example
 * ```ts
 * import { agentConfig, designOf } from "ppo/agent/mod.ts";
 * import { makeEnv } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const { kind, outputSize } = designOf(makeEnv("CartPole-v1"), agentConfig());
 * assert.deepEqual([kind, outputSize], ["categorical", 2]);
 * ```
 */
export function designOf(
  { id, observationSpace, actionSpace }: Spaces,
  { hidden, activation, stateDependentNoise, initialLogStd, fixedStd }: AgentConfig,
): AgentDesign {
  const isDiscrete = actionSpace.kind === "discrete";
  if (stateDependentNoise && (isDiscrete || fixedStd)) {
    const found = isDiscrete ? "its actions are choices" : "fixed_std is true";
    throw new RangeError(`Cannot use use_sde with ${id}: ${found}. Omit one of the two`);
  }
  const gaussian = stateDependentNoise ? "state-dependent" : "gaussian";
  return {
    kind: isDiscrete ? "categorical" : gaussian,
    observationSize: observationSpace.size,
    outputSize: isDiscrete ? actionSpace.n : actionSpace.size,
    actionSize: actionSpace.size,
    hidden,
    activation,
    initialLogStd,
    fixedStd,
  };
}
