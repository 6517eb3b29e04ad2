/**
 * Pendulum-v1: a pendulum that a torque too weak to lift it swings up and keeps upright.
 *
 *     cost = norm(θ)² + 0.1 ω² + 0.001 u²                         before the step
 *     ω   += (3 g / (2 l) sin θ + 3 / (m l²) u) τ                 then clipped to [-8, 8]
 *     θ   += ω τ                                                  semi-implicit Euler
 *
 * u is the action, clipped to [-2, 2], and norm(θ) the angle in [-pi, pi), with 0 upright. The
 * constants and the order of operations are those of Gymnasium 1.4, which computes 3 u and 0.001 u²
 * in float32 because actions are. An episode never terminates. It is truncated after 200 steps.
 */
import type { Dynamics } from "./dynamics.ts";
import { type Box, box } from "./spaces.ts";

const GRAVITY = 10; // g, in m/s^2
const MASS = 1, LENGTH = 1; // m and l, in kg and m
const TIME_STEP = 0.05; // τ, in s
const MAX_TORQUE = 2; // N m
const MAX_SPEED = 8; // rad/s
const TORQUE_COST = Math.fround(0.001);

const { fround } = Math;
const clip = (x: number, limit: number): number => Math.min(Math.max(x, -limit), limit);

/** The angle in [-pi, pi). */
function normalised(theta: number): number {
  const turn = 2 * Math.PI;
  const remainder = (theta + Math.PI) % turn; // with the sign of the dividend
  return (remainder < 0 ? remainder + turn : remainder) - Math.PI;
}

/**
 * The dynamics of Pendulum-v1.
 *
 * The state is the angle θ (rad, 0 is upright, not wrapped) and the angular velocity ω (rad/s), and
 * the observation cos θ, sin θ and ω.
 *
 * @example
 * ```ts
 * import { pendulum } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const { state, reward } = pendulum.next(Float64Array.of(Math.PI, 1), [2]);
 * assert.ok(Math.abs(reward - -(Math.PI ** 2 + 0.1 + 0.001 * 4)) < 1e-9); // hanging down
 * assert.ok(Math.abs(state[1] - (1 + 3 * 2 * 0.05)) < 1e-12); // sin pi = 0
 * ```
 */
export const pendulum: Dynamics<ArrayLike<number>, Box> = {
  id: "Pendulum-v1",
  observationSpace: box([-1, -1, -MAX_SPEED], [1, 1, MAX_SPEED]),
  actionSpace: box([-MAX_TORQUE], [MAX_TORQUE]),
  maxEpisodeSteps: 200,
  firstState: (random) => Float64Array.of(random.uniform(-Math.PI, Math.PI), random.uniform(-1, 1)),
  observe: (state) => Float32Array.of(Math.cos(state[0]), Math.sin(state[0]), state[1]),
  next(before, action) {
    const theta = before[0], omega = before[1];
    const angle = normalised(theta);
    const u = clip(fround(action[0]), MAX_TORQUE);
    const torqueCost = fround(TORQUE_COST * fround(u * u));
    const cost = angle * angle + 0.1 * (omega * omega) + torqueCost;
    const push = fround(3 / (MASS * LENGTH ** 2) * u);
    const pull = 3 * GRAVITY / (2 * LENGTH) * Math.sin(theta);
    const state = new Float64Array(2);
    state[1] = clip(omega + (pull + push) * TIME_STEP, MAX_SPEED);
    state[0] = theta + state[1] * TIME_STEP;
    return { state, reward: -cost, terminated: false };
  },
};
