/**
 * A learned policy, which acts without exploration: its evaluation and the episodes it plays.
 */
import {
  type ContinuousVectorEnv,
  type DiscreteVectorEnv,
  makeVectorEnv,
  type State,
} from "../control/mod.ts";
import type { Device } from "../runtime/mod.ts";
import { agentConfig } from "./config.ts";
import { designOf } from "./design.ts";
import { bestActions, takenActions } from "./explorer.ts";
import { createLearner } from "./learner.ts";
import { type Moments, normalised } from "./normalizer.ts";
import type { AgentRun } from "./run.ts";
import type { ControlSettings } from "../settings/mod.ts";

/** A policy as plain numbers. */
export interface SavedPolicy {
  /** The name of the environment. */
  readonly env: string;
  /** The settings that decide about its networks. */
  readonly settings: Partial<ControlSettings>;
  /** The vector of parameters. */
  readonly parameters: Float32Array;
  /** The moments by which it normalises observations, if it does. */
  readonly moments?: Pick<Moments, "mean" | "variance"> | undefined;
}

/** A policy that acts. */
export interface Policy {
  /** The name of the environment. */
  readonly env: string;
  /** The best actions at observations of several environments, both side by side. */
  act(observations: Float32Array): Promise<Float32Array>;
}

/** The policy of a run as it is now. */
export async function savedPolicy(
  run: AgentRun,
  settings: Partial<ControlSettings> = {},
): Promise<SavedPolicy> {
  const { parameters } = await run.learner.state();
  return { env: run.id, settings, parameters, moments: run.normalizer.moments() };
}

/**
 * Loads a policy.
 *
 * @throws RangeError when the number of parameters does not suit the environment and the settings.
 */
export async function loadPolicy(device: Device, saved: SavedPolicy): Promise<Policy> {
  const { env, parameters, moments } = saved;
  const config = agentConfig(saved.settings);
  const envs = makeVectorEnv(env, { count: 1 });
  const design = designOf(envs, config);
  const learner = await createLearner(device, design, config);
  const none = new Float32Array(parameters.length);
  await learner.restore({ step: 0, parameters, first: none, second: none });
  return {
    env,
    async act(observations) {
      const seen = moments === undefined
        ? Float32Array.from(observations)
        : normalised(observations, moments);
      const { outputs } = await learner.outputs(seen);
      return takenActions(bestActions(outputs, design), envs.actionSpace);
    },
  };
}

/** The options of an evaluation. */
export interface EvaluationOptions {
  /** The number of episodes (default: 100). */
  readonly episodes?: number;
  /** The seed of the first episode; the others have the seeds that follow (default: 0). */
  readonly seed?: number;
}

/** What a policy achieves. */
export interface Evaluation {
  /** The return of each episode, without discount. */
  readonly returns: readonly number[];
  /** The states of the first episode, for `animateStates`. */
  readonly states: readonly State[];
}

/**
 * Plays episodes with the best actions.
 *
 * @example
 * ```ts
 * import { createAgent, evaluatePolicy, loadPolicy, savedPolicy } from "ppo/agent/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import assert from "node:assert/strict";
 * const device = await openDevice("cpu", { threads: 1 });
 * const run = await createAgent(device, { env: "CartPole-v1" });
 * const policy = await loadPolicy(device, await savedPolicy(run));
 * const { returns, states } = await evaluatePolicy(policy, { episodes: 3 });
 * assert.equal(returns.length, 3);
 * assert.equal(states.length, returns[0] + 1); // every step has the reward 1
 * ```
 */
export async function evaluatePolicy(
  policy: Policy,
  { episodes = 100, seed = 0 }: EvaluationOptions = {},
): Promise<Evaluation> {
  const envs: DiscreteVectorEnv | ContinuousVectorEnv = makeVectorEnv(policy.env, {
    count: episodes,
  });
  let observations = envs.reset({ seed });
  const returns = new Array<number>(episodes).fill(0), ended = returns.map(() => false);
  const states: State[] = stateOf(envs);
  while (ended.includes(false)) {
    const step = envs.step(await policy.act(observations));
    if (!ended[0]) states.push(...stateOf(envs));
    observations = step.observations;
    for (let env = 0; env < episodes; env++) {
      if (!ended[env]) returns[env] += step.rewards[env];
      ended[env] ||= step.terminated[env] === 1 || step.truncated[env] === 1;
    }
  }
  return { returns, states };
}

/** The state of the first environment. */
const stateOf = ({ envs: [{ state }] }: DiscreteVectorEnv | ContinuousVectorEnv): State[] =>
  state === undefined ? [] : [state];
