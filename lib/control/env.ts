/**
 * Environments with Gymnasium's interface: `reset`, `step`, seeds and a time limit.
 *
 * An episode is *terminated* by the environment (the pole fell) and *truncated* by the time limit.
 * Both may happen at the same step. Gymnasium's `info` is always empty for these environments and
 * is left out. A step after the end of an episode is refused, whereas Gymnasium may only warn.
 */
import {
  type GeneratorState,
  type NumpyGenerator,
  numpyGenerator,
  resumeGenerator,
} from "../random/mod.ts";
import type { Dynamics, State } from "./dynamics.ts";
import type { ActionSpace, Box } from "./spaces.ts";

/** What a step returns. */
export interface Step {
  /** The float32 observation after the step, the last one of the episode if it ends here. */
  readonly observation: Float32Array;
  /** The reward of the step. */
  readonly reward: number;
  /** Whether the episode ends because nothing can follow: V of the observation counts as 0. */
  readonly terminated: boolean;
  /** Whether the time limit ends the episode: V of the observation counts as usual. */
  readonly truncated: boolean;
}

/** An environment with a current episode. */
export interface Env<Action, Space extends ActionSpace<Action> = ActionSpace<Action>> {
  /** The name, with its version. */
  readonly id: string;
  /** The bounds of the observations. */
  readonly observationSpace: Box;
  /** The actions. */
  readonly actionSpace: Space;
  /** The number of steps after which an episode is truncated. */
  readonly maxEpisodeSteps: number;
  /** The current state, for drawing; undefined before the first reset. */
  readonly state: State | undefined;
  /**
   * Starts an episode and returns its first observation.
   *
   * With a seed, the environment starts a new stream of random numbers; without, it continues.
   *
   * @throws RangeError if the first reset has no seed, or the seed is no whole number from 0 on.
   */
  reset(options?: { readonly seed?: number }): Float32Array;
  /**
   * Takes a step.
   *
   * @throws Error before the first reset and after the end of an episode.
   * @throws RangeError when the environment refuses the action.
   */
  step(action: Action): Step;
  /**
   * Returns everything that the next steps depend on.
   *
   * @throws Error before the first reset.
   */
  snapshot(): EnvSnapshot;
  /** Continues from a snapshot of an environment of the same kind. */
  restore(snapshot: EnvSnapshot): void;
}

/** An environment in the middle of an episode, as plain data that JSON can hold. */
export interface EnvSnapshot {
  /** The generator of its random numbers. */
  readonly random: GeneratorState;
  /** The numbers of its state. */
  readonly state: readonly number[];
  /** The precision of its state, in bits. */
  readonly bits: number;
  /** The steps of the episode so far. */
  readonly steps: number;
  /** Whether the episode has ended. */
  readonly ended: boolean;
}

/** The options of an environment. */
export interface EnvOptions {
  /** The time limit, in steps; default: that of Gymnasium's registry. */
  readonly maxEpisodeSteps?: number;
}

/** An episode so far. */
interface Episode {
  readonly state: State;
  readonly steps: number;
  readonly ended: boolean;
}

function requireLimit(id: string, maxEpisodeSteps: number): number {
  if (Number.isInteger(maxEpisodeSteps) && maxEpisodeSteps > 0) return maxEpisodeSteps;
  const found = `maxEpisodeSteps is ${maxEpisodeSteps}`;
  throw new RangeError(`Cannot create ${id}: ${found}, but it must be a positive whole number`);
}

function requireRandom(id: string, random: NumpyGenerator | undefined): NumpyGenerator {
  if (random !== undefined) return random;
  throw new RangeError(`Cannot reset ${id}: the first reset needs a seed, such as { seed: 0 }`);
}

function requireOngoing(id: string, episode: Episode | undefined): Episode {
  if (episode?.ended === false) return episode;
  const reason = episode === undefined
    ? "it has not been reset. Call reset first"
    : "the episode has ended. Call reset to start another one";
  throw new Error(`Cannot step ${id}: ${reason}`);
}

function requireStarted<T>(id: string, value: T | undefined): T {
  if (value !== undefined) return value;
  throw new Error(`Cannot save ${id}: it has not been reset. Call reset first`);
}

/** An episode with its generator, as plain data. */
const snapshotOf = (random: NumpyGenerator, { state, steps, ended }: Episode): EnvSnapshot => ({
  random: random.state(),
  state: [...state],
  bits: 8 * state.BYTES_PER_ELEMENT,
  steps,
  ended,
});

const episodeOf = ({ state, bits, steps, ended }: EnvSnapshot): Episode => ({
  state: bits === 32 ? Float32Array.from(state) : Float64Array.from(state),
  steps,
  ended,
});

function requireAction<Action>(id: string, space: ActionSpace<Action>, action: Action): Action {
  const objection = space.objectionTo(action);
  if (objection === undefined) return action;
  throw new RangeError(`Cannot step ${id}: ${objection}`);
}

/**
 * Creates an environment from dynamics, one of Gymnasium's or your own.
 *
 * @throws RangeError if the time limit is not a positive whole number.
 * @example
 * ```ts
 * import { cartPole, envFrom } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const env = envFrom(cartPole, { maxEpisodeSteps: 2 });
 * env.reset({ seed: 0 });
 * assert.equal(env.step(1).truncated, false);
 * assert.equal(env.step(1).truncated, true);
 * ```
 */
export function envFrom<Action, Space extends ActionSpace<Action>>(
  dynamics: Dynamics<Action, Space>,
  { maxEpisodeSteps = dynamics.maxEpisodeSteps }: EnvOptions = {},
): Env<Action, Space> {
  const { id, observationSpace, actionSpace } = dynamics;
  const limit = requireLimit(id, maxEpisodeSteps);
  let random: NumpyGenerator | undefined, episode: Episode | undefined;
  return {
    id,
    observationSpace,
    actionSpace,
    maxEpisodeSteps: limit,
    get state() {
      return episode?.state;
    },
    reset({ seed } = {}) {
      random = seed === undefined ? requireRandom(id, random) : numpyGenerator(seed);
      episode = { state: dynamics.firstState(random), steps: 0, ended: false };
      return dynamics.observe(episode.state);
    },
    step(action) {
      const before = requireOngoing(id, episode), steps = before.steps + 1;
      const allowed = requireAction(id, actionSpace, action);
      const { state, reward, terminated } = dynamics.next(before.state, allowed);
      const truncated = steps >= limit;
      episode = { state, steps, ended: terminated || truncated };
      return { observation: dynamics.observe(state), reward, terminated, truncated };
    },
    snapshot: () => snapshotOf(requireStarted(id, random), requireStarted(id, episode)),
    restore(snapshot) {
      random = resumeGenerator(snapshot.random);
      episode = episodeOf(snapshot);
    },
  };
}
