/**
 * Generalised advantage estimation over a rollout of several environments.
 *
 * Each environment's steps are cut into rows at the ends of episodes, and every row goes through
 * `gae` from `lib/rl`, the function that the language model uses. The value that follows a row is
 *
 *     0          if the episode was terminated, since nothing follows
 *     V(s_T)     if it was truncated, or the rollout ended first: s_T is the last observation
 *
 * Pardo et al. 2018, "Time limits in reinforcement learning", section 3. A step that only reset its
 * environment belongs to no row: its mask is 0.
 */
import { gae, type Row } from "../rl/mod.ts";
import type { VectorStep } from "./vector_env.ts";

/** The inputs of `vectorGae`. */
export interface VectorGaeInputs {
  /** What each step returned, in order. */
  readonly steps: readonly Omit<VectorStep, "observations">[];
  /**
   * V of the observations before each step, and of those after the last one; axes time (one more
   * than steps) and env.
   */
  readonly values: readonly Row[];
  /** The discount factor, in [0, 1]. */
  readonly gamma: number;
  /** The weight of later errors, in [0, 1]. */
  readonly lambda: number;
}

/** The results of `vectorGae`; axes time and env. */
export interface VectorGae {
  /** A_t, 0 where the step was a reset. */
  readonly advantages: readonly number[][];
  /** R_t, the target of the critic, 0 where the step was a reset. */
  readonly returns: readonly number[][];
  /** 1 at experience, 0 where the step was a reset; the mask of both losses. */
  readonly mask: readonly number[][];
}

/** The steps of one environment that belong together, and the value that follows them. */
interface EpisodePart {
  readonly times: readonly number[];
  readonly bootstrap: number;
}

function episodeParts({ steps, values }: VectorGaeInputs, env: number): EpisodePart[] {
  const parts: EpisodePart[] = [];
  let times: number[] = [];
  steps.forEach(({ terminated, truncated, started }, t) => {
    if (started[env] === 1) return;
    times.push(t);
    const isLast = terminated[env] === 1 || truncated[env] === 1 || t + 1 === steps.length;
    if (!isLast) return;
    parts.push({ times, bootstrap: terminated[env] === 1 ? 0 : values[t + 1][env] });
    times = [];
  });
  return parts;
}

function requireValues({ steps, values }: VectorGaeInputs): void {
  if (values.length === steps.length + 1) return;
  const found = `${steps.length} steps have ${values.length} rows of values`;
  const wanted = "there must be one more, for the observations after the last step";
  throw new RangeError(`Cannot estimate advantages: ${found}, but ${wanted}`);
}

/**
 * Computes advantages, returns and the mask of a rollout.
 *
 * @throws RangeError unless there is one row of values more than steps, and gamma and lambda lie in
 *   [0, 1].
 * @example
 * ```ts
 * import { vectorGae } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const rewards = Float64Array.of(1), no = Uint8Array.of(0), yes = Uint8Array.of(1);
 * const step = { rewards, terminated: no, truncated: no, started: no };
 * const values = [[2], [3], [5]];
 * // the second step is truncated: 1 + 0.5 5 - 3 = 0.5, and 1 + 0.5 3 - 2 + 0.5 0.5 = 0.75
 * const steps = [step, { ...step, truncated: yes }];
 * const { advantages } = vectorGae({ steps, values, gamma: 0.5, lambda: 1 });
 * assert.deepEqual(advantages, [[0.75], [0.5]]);
 * ```
 */
export function vectorGae(inputs: VectorGaeInputs): VectorGae {
  requireValues(inputs);
  const { steps, values, gamma, lambda } = inputs;
  const empty = () => steps.map(({ rewards }) => Array.from(rewards, () => 0));
  const advantages = empty(), returns = empty(), mask = empty();
  for (let env = 0; env < (values[0]?.length ?? 0); env++) {
    for (const { times, bootstrap } of episodeParts(inputs, env)) {
      const row = gae({
        rewards: times.map((t) => steps[t].rewards[env]),
        values: times.map((t) => values[t][env]),
        gamma,
        lambda,
        bootstrap,
      });
      times.forEach((t, at) => {
        advantages[t][env] = row.advantages[at];
        returns[t][env] = row.returns[at];
        mask[t][env] = 1;
      });
    }
  }
  return { advantages, returns, mask };
}
