/**
 * Acrobot-v1: two links that hang from a fixed joint. A torque of -1, 0 or 1 N m (actions 0, 1 and
 * 2) on the joint between them swings the free end above a line.
 *
 *     d1  = m lc² + m (l² + lc² + 2 l lc cos θ2) + 2 I
 *     d2  = m (lc² + l lc cos θ2) + I
 *     φ2  = m lc g cos(θ1 + θ2 - pi/2)
 *     φ1  = -m l lc ω2² sin θ2 - 2 m l lc ω2 ω1 sin θ2 + (m lc + m l) g cos(θ1 - pi/2) + φ2
 *     ω2' = (a + d2 / d1 φ1 - m l lc ω1² sin θ2 - φ2) / (m lc² + I - d2² / d1)
 *     ω1' = -(d2 ω2' + φ1) / d1
 *
 * Sutton & Barto 1998, "Reinforcement learning: An introduction", section 11.3. A step is one step
 * of the classical Runge-Kutta method over 0.2 s. The constants and the order of operations are
 * those of Gymnasium 1.4, which keeps the first state of an episode in float32 and all others in
 * float64. The reward is -1 for every step that does not reach the goal, which is
 * -cos θ1 - cos(θ1 + θ2) > 1.
 */
import type { Dynamics, State } from "./dynamics.ts";
import { cosFloat32, sinFloat32 } from "./float32_trigonometry.ts";
import { box, type Discrete, discrete } from "./spaces.ts";

const GRAVITY = 9.8; // g, in m/s^2
const MASS = 1; // m of each link, in kg
const LENGTH = 1, CENTRE = 0.5; // l, and lc of a link's centre of mass, in m
const INERTIA = 1; // I of each link
const TIME_STEP = 0.2; // s
const MAX_SPEED_1 = 4 * Math.PI, MAX_SPEED_2 = 9 * Math.PI; // rad/s
const START = 0.1;

const { cos, sin, PI } = Math;

/** θ1, θ2, ω1 and ω2, or their derivatives. */
type Links = readonly [number, number, number, number];

/** The derivatives of the state under a torque. */
function derivatives([theta1, theta2, omega1, omega2]: Links, torque: number): Links {
  const d1 = MASS * CENTRE ** 2 +
    MASS * (LENGTH ** 2 + CENTRE ** 2 + 2 * LENGTH * CENTRE * cos(theta2)) + INERTIA + INERTIA;
  const d2 = MASS * (CENTRE ** 2 + LENGTH * CENTRE * cos(theta2)) + INERTIA;
  const phi2 = MASS * CENTRE * GRAVITY * cos(theta1 + theta2 - PI / 2);
  const phi1 = -MASS * LENGTH * CENTRE * (omega2 * omega2) * sin(theta2) -
    2 * MASS * LENGTH * CENTRE * omega2 * omega1 * sin(theta2) +
    (MASS * CENTRE + MASS * LENGTH) * GRAVITY * cos(theta1 - PI / 2) + phi2;
  const torques = torque + d2 / d1 * phi1 -
    MASS * LENGTH * CENTRE * (omega1 * omega1) * sin(theta2) -
    phi2;
  const alpha2 = torques / (MASS * CENTRE ** 2 + INERTIA - d2 * d2 / d1); // ω2'
  const alpha1 = -(d2 * alpha2 + phi1) / d1; // ω1'
  return [omega1, omega2, alpha1, alpha2];
}

/** x + t y. */
const along = (x: Links, t: number, y: Links): Links => [
  x[0] + t * y[0],
  x[1] + t * y[1],
  x[2] + t * y[2],
  x[3] + t * y[3],
];

/** One step of the classical Runge-Kutta method. */
function rungeKutta(links: Links, torque: number): Links {
  const k1 = derivatives(links, torque);
  const k2 = derivatives(along(links, TIME_STEP / 2, k1), torque);
  const k3 = derivatives(along(links, TIME_STEP / 2, k2), torque);
  const k4 = derivatives(along(links, TIME_STEP, k3), torque);
  return along(links, TIME_STEP / 6, along(along(along(k1, 2, k2), 2, k3), 1, k4));
}

/** The angle in [-pi, pi]. */
function wrapped(angle: number): number {
  let inside = angle;
  while (inside > PI) inside -= 2 * PI;
  while (inside < -PI) inside += 2 * PI;
  return inside;
}

const clip = (x: number, limit: number): number => Math.min(Math.max(x, -limit), limit);

function observe(state: State): Float32Array {
  const isFirst = state instanceof Float32Array;
  const [cosine, sine] = isFirst ? [cosFloat32, sinFloat32] : [cos, sin];
  const observation = new Float32Array(6);
  observation[0] = cosine(state[0]);
  observation[1] = sine(state[0]);
  observation[2] = cosine(state[1]);
  observation[3] = sine(state[1]);
  observation[4] = state[2];
  observation[5] = state[3];
  return observation;
}

const limits = [1, 1, 1, 1, MAX_SPEED_1, MAX_SPEED_2];

/**
 * The dynamics of Acrobot-v1.
 *
 * The state is the angle θ1 of the first link (rad, 0 hangs down), the angle θ2 of the second one
 * relative to the first, and their velocities ω1 and ω2 (rad/s). The observation is cos θ1, sin θ1,
 * cos θ2, sin θ2, ω1 and ω2.
 *
 * @example
 * ```ts
 * import { acrobot } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const hanging = new Float64Array(4); // without a torque it stays, except for rounding
 * const { state, reward } = acrobot.next(hanging, 1);
 * assert.ok(state.every((x) => Math.abs(x) < 1e-15));
 * assert.equal(reward, -1);
 * ```
 */
export const acrobot: Dynamics<number, Discrete> = {
  id: "Acrobot-v1",
  observationSpace: box(limits.map((limit) => -limit), limits),
  actionSpace: discrete(3),
  maxEpisodeSteps: 500,
  firstState: (random) => new Float32Array(4).map(() => random.uniform(-START, START)),
  observe,
  next(before, action) {
    const links: Links = [before[0], before[1], before[2], before[3]];
    const [theta1, theta2, omega1, omega2] = rungeKutta(links, action - 1);
    const state = new Float64Array(4);
    state[0] = wrapped(theta1);
    state[1] = wrapped(theta2);
    state[2] = clip(omega1, MAX_SPEED_1);
    state[3] = clip(omega2, MAX_SPEED_2);
    const terminated = -cos(state[0]) - cos(state[1] + state[0]) > 1;
    return { state, reward: terminated ? 0 : -1, terminated };
  },
};
