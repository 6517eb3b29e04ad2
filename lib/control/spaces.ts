/**
 * Spaces: which actions and observations an environment has.
 *
 * They have the names and the sampling of Gymnasium's `Discrete` and `Box`, so that a sampled
 * action equals Gymnasium's bit for bit. Discrete actions count from 0, and boxes are vectors of
 * float32 numbers.
 */
import type { NumpyGenerator } from "../random/mod.ts";

/** What environments need of a space of actions. */
export interface ActionSpace<Action> {
  /** The numbers in one action. */
  readonly size: number;
  /**
   * Draws an action, uniformly.
   *
   * @throws RangeError if a bound is infinite.
   */
  sample(random: NumpyGenerator): Action;
  /** Why the environment refuses an action, as a clause, or undefined if it does not. */
  objectionTo(action: Action): string | undefined;
  /** Reads the action of one environment from the actions of several, side by side. */
  actionAt(actions: ArrayLike<number>, index: number): Action;
}

/** The choices 0 to n - 1. */
export interface Discrete extends ActionSpace<number> {
  /** Distinguishes the two kinds of spaces. */
  readonly kind: "discrete";
  /** The number of choices. */
  readonly n: number;
}

/** Vectors with a lower and an upper bound for each number. */
export interface Box extends ActionSpace<ArrayLike<number>> {
  /** Distinguishes the two kinds of spaces. */
  readonly kind: "box";
  /** The lower bounds, or -Infinity. */
  readonly low: Float32Array;
  /** The upper bounds, or Infinity. */
  readonly high: Float32Array;
}

/**
 * Creates a space of n choices.
 *
 * @throws RangeError unless n is a positive whole number.
 * @example
 * ```ts
 * import { discrete } from "ppo/control/mod.ts";
 * import { numpyGenerator } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const space = discrete(3);
 * const random = numpyGenerator(0);
 * // as Gymnasium's Discrete(3, seed=0)
 * assert.deepEqual([space.sample(random), space.sample(random), space.sample(random)], [2, 1, 1]);
 * assert.equal(space.objectionTo(3), "the action is 3, but it must be a whole number from 0 to 2");
 * ```
 */
export function discrete(n: number): Discrete {
  if (!Number.isInteger(n) || n < 1) {
    const found = `n is ${n}, but it must be a positive whole number`;
    throw new RangeError(`Cannot create a discrete space: ${found}`);
  }
  return {
    kind: "discrete",
    n,
    size: 1,
    sample: (random) => random.integers(n),
    objectionTo: (action) => {
      if (Number.isInteger(action) && action >= 0 && action < n) return undefined;
      return `the action is ${action}, but it must be a whole number from 0 to ${n - 1}`;
    },
    actionAt: (actions, index) => actions[index],
  };
}

/** Whether there are this many numbers, none of them NaN; plain numbers have no length. */
function isVector(value: ArrayLike<number>, size: number): boolean {
  if (value.length !== size) return false;
  for (let at = 0; at < size; at++) if (!(value[at] <= Infinity)) return false;
  return true;
}

/** Draws every number between its bounds. */
function between(low: Float32Array, high: Float32Array, random: NumpyGenerator): Float32Array {
  return low.map((bound, at) => {
    const number = random.uniform(bound, high[at]);
    if (Number.isFinite(number)) return number;
    throw new RangeError(`Cannot sample from ${bound} to ${high[at]}: both must be finite`);
  });
}

/**
 * Creates a space of vectors between two bounds.
 *
 * A vector outside the bounds is an acceptable action, which the environments clip as Gymnasium
 * does. Vectors of another length and NaN are refused.
 *
 * @throws RangeError when the bounds differ in length, or a lower bound is not below the upper one.
 * @example
 * ```ts
 * import { box } from "ppo/control/mod.ts";
 * import { numpyGenerator } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const space = box([-2], [2]);
 * // as Gymnasium's Box(-2, 2, (1,), seed=0)
 * assert.deepEqual(space.sample(numpyGenerator(0)), Float32Array.of(0.54784673));
 * assert.equal(space.objectionTo([3]), undefined); // it will be clipped
 * const objection = "the action is 1,2, but it must be a list of 1 number";
 * assert.equal(space.objectionTo([1, 2]), objection);
 * ```
 */
export function box(low: ArrayLike<number>, high: ArrayLike<number>): Box {
  const size = low.length;
  if (high.length !== size || Array.from(low).some((bound, at) => !(bound < high[at]))) {
    const found = `[${Array.from(low)}] to [${Array.from(high)}]`;
    const hint = "each lower bound must be below the upper one";
    throw new RangeError(`Cannot create a box from ${found}: ${hint}`);
  }
  const lowest = Float32Array.from(low), highest = Float32Array.from(high);
  return {
    kind: "box",
    low: lowest,
    high: highest,
    size,
    sample: (random) => between(lowest, highest, random),
    objectionTo: (action) => {
      if (isVector(action, size)) return undefined;
      const wanted = `a list of ${size} number${size === 1 ? "" : "s"}`;
      return `the action is ${action}, but it must be ${wanted}`;
    },
    actionAt: (actions, index) =>
      Float32Array.from({ length: size }, (_, at) => actions[index * size + at]),
  };
}
