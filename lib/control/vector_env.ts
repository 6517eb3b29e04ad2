/**
 * Several environments at once, stepped together, as in Gymnasium's `SyncVectorEnv`.
 *
 * An environment whose episode has ended is reset by the *next* step, which ignores its action:
 *
 *     step             t           t + 1           t + 2
 *     observation      last one    first one       second one
 *     reward           r           0               r
 *     ended            true        false           false
 *     started          false       true            false
 *
 * The observation of step t is thus the last one of its episode, from which a truncated episode
 * bootstraps V. Step t + 1 is no experience: `vectorGae` gives it the mask 0.
 * Environment i is seeded with seed + i. Gymnasium's `make_vec("CartPole-v1")` is another class by
 * default, which draws all first states from one stream; compare with `vectorization_mode="sync"`.
 */
import type { Dynamics } from "./dynamics.ts";
import { type Env, envFrom, type EnvOptions, type EnvSnapshot, type Step } from "./env.ts";
import type { ActionSpace, Box } from "./spaces.ts";

/** The options of several environments. */
export interface VectorOptions extends EnvOptions {
  /** The number of environments. */
  readonly count: number;
}

/** What a step of several environments returns; axis env, or env by observation. */
export interface VectorStep {
  /**
   * The float32 observations, side by side: those of environment i begin at i times their size.
   * Where an episode ended, it is the last one of that episode.
   */
  readonly observations: Float32Array;
  /** The reward of each environment, 0 where it was reset. */
  readonly rewards: Float64Array;
  /** 1 where the episode ended because nothing can follow, else 0. */
  readonly terminated: Uint8Array;
  /** 1 where the time limit ended the episode, else 0. */
  readonly truncated: Uint8Array;
  /** 1 where the step was a reset, so that the observation is the first one of an episode. */
  readonly started: Uint8Array;
}

/** Several environments of one kind. */
export interface VectorEnv<Action, Space extends ActionSpace<Action> = ActionSpace<Action>> {
  /** The name of the environment, with its version. */
  readonly id: string;
  /** The number of environments. */
  readonly count: number;
  /** The bounds of the observations of one environment. */
  readonly observationSpace: Box;
  /** The actions of one environment. */
  readonly actionSpace: Space;
  /** The environments themselves. */
  readonly envs: readonly Env<Action, Space>[];
  /**
   * Starts an episode in every environment and returns the observations, side by side.
   *
   * @throws RangeError if the first reset has no seed, or the seed is no whole number from 0 on.
   */
  reset(options?: { readonly seed?: number }): Float32Array;
  /**
   * Takes a step in every environment, with the actions side by side. An environment whose episode
   * ended at the last step is reset instead.
   *
   * @throws Error before the first reset.
   * @throws RangeError when the number of actions does not fit, or an environment refuses one.
   */
  step(actions: ArrayLike<number>): VectorStep;
  /**
   * Returns everything that the next steps depend on, one snapshot for each environment.
   *
   * @throws Error before the first reset.
   */
  snapshot(): EnvSnapshot[];
  /**
   * Continues from snapshots of environments of the same kind.
   *
   * @throws RangeError unless there is one for each environment.
   */
  restore(snapshots: readonly EnvSnapshot[]): void;
}

/** What one environment contributes to a step of all. */
interface Part {
  readonly step: Step;
  readonly started: boolean;
}

const hasEnded = ({ step }: Part): boolean => step.terminated || step.truncated;

/** The first observation of the next episode, on which the action has no influence. */
const restarted = <Action>(env: Env<Action>): Part => ({
  step: { observation: env.reset(), reward: 0, terminated: false, truncated: false },
  started: true,
});

/** Lays vectors of one size side by side. */
function sideBySide(vectors: readonly Float32Array[], size: number): Float32Array {
  const numbers = new Float32Array(vectors.length * size);
  vectors.forEach((vector, index) => numbers.set(vector, index * size));
  return numbers;
}

const together = (parts: readonly Part[], size: number): VectorStep => ({
  observations: sideBySide(parts.map(({ step }) => step.observation), size),
  rewards: Float64Array.from(parts, ({ step }) => step.reward),
  terminated: Uint8Array.from(parts, ({ step }) => Number(step.terminated)),
  truncated: Uint8Array.from(parts, ({ step }) => Number(step.truncated)),
  started: Uint8Array.from(parts, ({ started }) => Number(started)),
});

function requireCount(id: string, count: number): number {
  if (Number.isInteger(count) && count > 0) return count;
  const found = `count is ${count}, but it must be a positive whole number`;
  throw new RangeError(`Cannot create several ${id}: ${found}`);
}

function requireNumbers(id: string, actions: ArrayLike<number>, wanted: number): void {
  if (actions.length === wanted) return;
  const found = `the actions are ${actions.length} numbers, but there must be ${wanted}`;
  throw new RangeError(`Cannot step ${id}: ${found}`);
}

function requireSnapshots(id: string, found: number, wanted: number): void {
  if (found === wanted) return;
  throw new RangeError(
    `Cannot restore ${wanted} ${id}: there must be as many snapshots, but the list has ${found}`,
  );
}

/**
 * Creates several environments from dynamics, one of Gymnasium's or your own.
 *
 * @throws RangeError if the count or the time limit is not a positive whole number.
 * @example
 * ```ts
 * import { cartPole, vectorEnvFrom } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const envs = vectorEnvFrom(cartPole, { count: 2, maxEpisodeSteps: 1 });
 * envs.reset({ seed: 0 }); // the seeds are 0 and 1
 * assert.deepEqual([...envs.step([0, 1]).truncated], [1, 1]);
 * const { rewards, started } = envs.step([0, 1]); // resets both
 * assert.deepEqual([[...rewards], [...started]], [[0, 0], [1, 1]]);
 * ```
 */
export function vectorEnvFrom<Action, Space extends ActionSpace<Action>>(
  dynamics: Dynamics<Action, Space>,
  { count, ...options }: VectorOptions,
): VectorEnv<Action, Space> {
  const { id, observationSpace, actionSpace } = dynamics;
  const envs = Array.from({ length: requireCount(id, count) }, () => envFrom(dynamics, options));
  const { size } = observationSpace;
  let ended = envs.map(() => false);
  return {
    id,
    count,
    observationSpace,
    actionSpace,
    envs,
    reset({ seed } = {}) {
      const seedOf = (index: number) => seed === undefined ? {} : { seed: seed + index };
      ended = envs.map(() => false);
      return sideBySide(envs.map((env, index) => env.reset(seedOf(index))), size);
    },
    step(actions) {
      requireNumbers(id, actions, count * actionSpace.size);
      const parts = envs.map((env, index): Part =>
        ended[index]
          ? restarted(env)
          : { step: env.step(actionSpace.actionAt(actions, index)), started: false }
      );
      ended = parts.map(hasEnded);
      return together(parts, size);
    },
    snapshot: () => envs.map((env) => env.snapshot()),
    restore(snapshots) {
      requireSnapshots(id, snapshots.length, count);
      envs.forEach((env, index) => env.restore(snapshots[index]));
      ended = snapshots.map((snapshot) => snapshot.ended);
    },
  };
}
