/** The environments by name, as in Gymnasium's registry. */
import { closestMatch } from "leven";
import { acrobot } from "./acrobot.ts";
import { cartPole } from "./cart_pole.ts";
import type { Dynamics } from "./dynamics.ts";
import { type Env, envFrom, type EnvOptions } from "./env.ts";
import { mountainCarContinuous } from "./mountain_car_continuous.ts";
import { pendulum } from "./pendulum.ts";
import type { Box, Discrete } from "./spaces.ts";
import { type VectorEnv, vectorEnvFrom, type VectorOptions } from "./vector_env.ts";

/** The name of an environment whose actions are choices. */
export type DiscreteEnvId = "CartPole-v1" | "Acrobot-v1";
/** The name of an environment whose actions are vectors. */
export type ContinuousEnvId = "Pendulum-v1" | "MountainCarContinuous-v0";
/** An environment whose actions are choices. */
export type DiscreteEnv = Env<number, Discrete>;
/** An environment whose actions are vectors. */
export type ContinuousEnv = Env<ArrayLike<number>, Box>;
/** Several environments whose actions are choices. */
export type DiscreteVectorEnv = VectorEnv<number, Discrete>;
/** Several environments whose actions are vectors. */
export type ContinuousVectorEnv = VectorEnv<ArrayLike<number>, Box>;

/** The names of all environments. */
export const ENV_IDS: readonly (DiscreteEnvId | ContinuousEnvId)[] = [
  "CartPole-v1",
  "Pendulum-v1",
  "MountainCarContinuous-v0",
  "Acrobot-v1",
];

const DISCRETE: Readonly<Record<DiscreteEnvId, Dynamics<number, Discrete>>> = {
  "CartPole-v1": cartPole,
  "Acrobot-v1": acrobot,
};
const CONTINUOUS: Readonly<Record<ContinuousEnvId, Dynamics<ArrayLike<number>, Box>>> = {
  "Pendulum-v1": pendulum,
  "MountainCarContinuous-v0": mountainCarContinuous,
};

const isDiscrete = (id: string): id is DiscreteEnvId => Object.hasOwn(DISCRETE, id);
const isContinuous = (id: string): id is ContinuousEnvId => Object.hasOwn(CONTINUOUS, id);

/** A name without its version and its capitals. */
const stemOf = (id: string): string => id.toLowerCase().replace(/-v\d*$/, "");

/** The environment that is most likely meant: its beginning, or a misspelling. */
function nearest(id: string): string | undefined {
  const stem = stemOf(id), stems = ENV_IDS.map(stemOf);
  const begins = stem.length > 2 ? stems.find((known) => known.startsWith(stem)) : undefined;
  const maxDistance = Math.max(2, Math.floor(stem.length / 3));
  const found = begins ?? closestMatch(stem, stems, { maxDistance });
  return found === undefined ? undefined : ENV_IDS[stems.indexOf(found)];
}

/** An error that lists the known names and suggests the nearest one. */
function unknown(id: string): RangeError {
  const hint = nearest(id);
  const question = hint === undefined ? "" : ` Did you mean ${hint}?`;
  const known = `The environments are ${ENV_IDS.join(", ")}.`;
  return new RangeError(
    `Cannot create the environment "${id}": there is none.${question} ${known}`,
  );
}

/**
 * Creates one of Gymnasium's environments.
 *
 * With the same seed and actions, an episode equals that of Gymnasium 1.4. Its first observation is
 * equal bit for bit, and so is the observation after a step from the same state. Over a whole
 * episode, observations stay within 1e-6: the sines of V8 and glibc differ in the last bit of about
 * one argument in seven hundred, and the dynamics amplify that.
 *
 * @throws RangeError if the name is unknown or the time limit is not a positive whole number.
 * @example
 * ```ts
 * import { makeEnv } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const env = makeEnv("Pendulum-v1");
 * const observation = env.reset({ seed: 42 });
 * // as gymnasium.make("Pendulum-v1").reset(seed=42)
 * assert.deepEqual(observation, Float32Array.of(-0.14995256, 0.9886932, -0.12224312));
 * const { reward, terminated, truncated } = env.step([0.5]);
 * assert.ok(reward < 0 && !terminated && !truncated);
 * ```
 */
export function makeEnv(id: DiscreteEnvId, options?: EnvOptions): DiscreteEnv;
/** Creates an environment whose actions are vectors. */
export function makeEnv(id: ContinuousEnvId, options?: EnvOptions): ContinuousEnv;
/** Creates an environment whose name is known at run time only. */
export function makeEnv(id: string, options?: EnvOptions): DiscreteEnv | ContinuousEnv;
export function makeEnv(id: string, options: EnvOptions = {}): DiscreteEnv | ContinuousEnv {
  if (isDiscrete(id)) return envFrom(DISCRETE[id], options);
  if (isContinuous(id)) return envFrom(CONTINUOUS[id], options);
  throw unknown(id);
}

/**
 * Creates several of Gymnasium's environments that are stepped together.
 *
 * @throws RangeError if the name is unknown, or the count or the time limit is not a positive whole
 *   number.
 * @example
 * ```ts
 * import { makeVectorEnv } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const envs = makeVectorEnv("CartPole-v1", { count: 3 });
 * assert.equal(envs.reset({ seed: 0 }).length, 3 * 4);
 * assert.deepEqual([...envs.step([0, 1, 1]).rewards], [1, 1, 1]);
 * ```
 */
export function makeVectorEnv(id: DiscreteEnvId, options: VectorOptions): DiscreteVectorEnv;
/** Creates several environments whose actions are vectors. */
export function makeVectorEnv(id: ContinuousEnvId, options: VectorOptions): ContinuousVectorEnv;
/** Creates several environments whose name is known at run time only. */
export function makeVectorEnv(
  id: string,
  options: VectorOptions,
): DiscreteVectorEnv | ContinuousVectorEnv;
export function makeVectorEnv(
  id: string,
  options: VectorOptions,
): DiscreteVectorEnv | ContinuousVectorEnv {
  if (isDiscrete(id)) return vectorEnvFrom(DISCRETE[id], options);
  if (isContinuous(id)) return vectorEnvFrom(CONTINUOUS[id], options);
  throw unknown(id);
}
