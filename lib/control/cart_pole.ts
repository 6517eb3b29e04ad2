/**
 * CartPole-v1: a pole on a cart, which pushes to the left (0) and to the right (1) keep upright.
 *
 *     u    = (F + m l ω² sin θ) / M
 *     ω'   = (g sin θ - cos θ u) / (l (4/3 - m cos² θ / M))        angular acceleration
 *     v'   = u - m l ω' cos θ / M                                  acceleration of the cart
 *     x, v, θ, ω  +=  τ (v, v', ω, ω')                             explicit Euler
 *
 * Barto, Sutton & Anderson 1983, "Neuronlike adaptive elements that can solve difficult learning
 * control problems"; equations by Florian 2007, "Correct equations for the dynamics of the
 * cart-pole system", without friction. Constants, limits and order of operations are those of
 * Gymnasium 1.4. The reward is 1 for every step, including the last one.
 */
import type { Dynamics } from "./dynamics.ts";
import { box, type Discrete, discrete } from "./spaces.ts";

const GRAVITY = 9.8; // m/s^2
const POLE_MASS = 0.1, TOTAL_MASS = POLE_MASS + 1; // m and M, in kg
const HALF_LENGTH = 0.5; // l, in m
const POLE_MASS_LENGTH = POLE_MASS * HALF_LENGTH; // m l
const FORCE = 10; // N
const TIME_STEP = 0.02; // τ, in s
const MAX_POSITION = 2.4; // m
const MAX_ANGLE = 12 * 2 * Math.PI / 360; // rad
const START = 0.05;

const limits = [2 * MAX_POSITION, Infinity, 2 * MAX_ANGLE, Infinity];

/**
 * The dynamics of CartPole-v1.
 *
 * State and observation are the cart's position (m) and velocity (m/s) and the pole's angle (rad,
 * 0 is upright) and angular velocity (rad/s).
 *
 * @example
 * ```ts
 * import { cartPole } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const { state, reward, terminated } = cartPole.next(Float64Array.of(0, 0, 0, 0), 1);
 * // upright: u = 10 / 1.1, ω' = -u / (0.5 (4/3 - 0.1 / 1.1)) = -14.634, and τ ω' = -0.2927
 * assert.ok(Math.abs(state[3] - -0.2927) < 1e-4);
 * assert.deepEqual([reward, terminated], [1, false]);
 * ```
 */
export const cartPole: Dynamics<number, Discrete> = {
  id: "CartPole-v1",
  observationSpace: box(limits.map((limit) => -limit), limits),
  actionSpace: discrete(2),
  maxEpisodeSteps: 500,
  firstState: (random) => new Float64Array(4).map(() => random.uniform(-START, START)),
  observe: (state) => new Float32Array(state),
  next(before, action) {
    const x = before[0], v = before[1], theta = before[2], omega = before[3];
    const force = action === 1 ? FORCE : -FORCE;
    const cos = Math.cos(theta), sin = Math.sin(theta);
    const u = (force + POLE_MASS_LENGTH * (omega * omega) * sin) / TOTAL_MASS;
    const angular = (GRAVITY * sin - cos * u) /
      (HALF_LENGTH * (4 / 3 - POLE_MASS * (cos * cos) / TOTAL_MASS)); // ω'
    const linear = u - POLE_MASS_LENGTH * angular * cos / TOTAL_MASS; // v'
    const state = new Float64Array(4);
    state[0] = x + TIME_STEP * v;
    state[1] = v + TIME_STEP * linear;
    state[2] = theta + TIME_STEP * omega;
    state[3] = omega + TIME_STEP * angular;
    const terminated = Math.abs(state[0]) > MAX_POSITION || Math.abs(state[2]) > MAX_ANGLE;
    return { state, reward: 1, terminated };
  },
};
