/**
 * MountainCarContinuous-v0: a car that gathers momentum between two hills, since its engine is too
 * weak to climb the right one.
 *
 *     v += 0.0015 clip(a, -1, 1) - 0.0025 cos(3 x)                then clipped to [-0.07, 0.07]
 *     x += v                                                      then clipped to [-1.2, 0.6]
 *     reward = 100 at the goal (x >= 0.45), minus 0.1 a² with the action before it is clipped
 *
 * Moore 1990, "Efficient memory-based learning for robot control". The constants and the order of
 * operations are those of Gymnasium 1.4, which keeps the first state of an episode in float64 and
 * all others in float32, and NumPy computes accordingly. The wall on the left stops the car.
 */
import type { Dynamics, State } from "./dynamics.ts";
import { type Box, box } from "./spaces.ts";

const POWER = 0.0015, GRAVITY = 0.0025;
const MIN_POSITION = -1.2, MAX_POSITION = 0.6, GOAL = 0.45;
const MAX_SPEED = 0.07;
const GOAL_REWARD = 100, ACTION_COST = 0.1;

const { fround } = Math;
const clip = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

/** The change of velocity, in float32 unless the force was clipped to a Python number. */
function acceleration(action: number, slope: number): number {
  const force = clip(action, -1, 1);
  if (force !== action) return force * POWER - slope;
  return fround(fround(force * fround(POWER)) - fround(slope));
}

/** Velocity and position after a step, in the precision of the state. */
function moved(before: State, action: number): { position: number; velocity: number } {
  const round = before instanceof Float32Array ? fround : (x: number) => x;
  const slope = GRAVITY * Math.cos(round(3 * before[0]));
  const maxSpeed = round(MAX_SPEED), wall = round(MIN_POSITION);
  const faster = round(before[1] + round(acceleration(action, slope)));
  const velocity = clip(faster, -maxSpeed, maxSpeed);
  const position = clip(round(before[0] + velocity), wall, round(MAX_POSITION));
  return { position, velocity: position === wall && velocity < 0 ? 0 : velocity };
}

/**
 * The dynamics of MountainCarContinuous-v0.
 *
 * State and observation are position and velocity, the latter per step.
 *
 * @example
 * ```ts
 * import { mountainCarContinuous } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * // cos(3 pi / 6) = 0, so the car does not roll, and 0.0015 0.5 is its velocity
 * const { state, reward } = mountainCarContinuous.next(Float64Array.of(-Math.PI / 6, 0), [0.5]);
 * assert.ok(Math.abs(state[1] - 0.00075) < 1e-9);
 * assert.equal(reward, -0.1 * 0.5 ** 2);
 * ```
 */
export const mountainCarContinuous: Dynamics<ArrayLike<number>, Box> = {
  id: "MountainCarContinuous-v0",
  observationSpace: box([MIN_POSITION, -MAX_SPEED], [MAX_POSITION, MAX_SPEED]),
  actionSpace: box([-1], [1]),
  maxEpisodeSteps: 999,
  firstState: (random) => Float64Array.of(random.uniform(-0.6, -0.4), 0),
  observe: (state) => new Float32Array(state),
  next(before, actions) {
    const action = fround(actions[0]);
    const { position, velocity } = moved(before, action);
    const goal = before instanceof Float32Array ? fround(GOAL) : GOAL;
    const terminated = position >= goal && velocity >= 0;
    const reward = (terminated ? GOAL_REWARD : 0) - action * action * ACTION_COST;
    return { state: Float32Array.of(position, velocity), reward, terminated };
  },
};
