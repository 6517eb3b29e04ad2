/**
 * Pictures of a cart pole and a pendulum as SVG: one state, or an episode that plays in a page.
 *
 * An animation needs no script (it is SMIL, part of SVG), so it plays in an exported notebook
 * without a kernel. Where SVG does not move, it shows the first state. A scene is a chain of
 * joints, each of which moves the parts after it, as in the mechanism itself.
 */
import type { State } from "./dynamics.ts";

/** The environments that can be drawn. */
export type DrawnEnvId = "CartPole-v1" | "Pendulum-v1";

/** A part that moves, and everything that is attached to it. */
interface Joint {
  readonly move: "translate" | "rotate";
  /** The argument of the transformation. */
  readonly pose: (state: State) => number;
  readonly shape: string;
}

/** The fixed parts of a picture and its chain of joints; lengths in metres, upwards is negative. */
interface Scene {
  readonly title: string;
  readonly viewBox: string;
  readonly fixed: string;
  readonly joints: readonly Joint[];
  readonly stateSize: number;
  readonly secondsPerStep: number;
}

const degrees = (radians: number): number => radians * 180 / Math.PI;
const STEEL = "#5b6770", WOOD = "#ca9865", RED = "#cc4d4d";

const SCENES: Readonly<Record<DrawnEnvId, Scene>> = {
  "CartPole-v1": {
    title: "Cart pole",
    viewBox: "-2.7 -1.3 5.4 1.8",
    fixed: `<path d="M-2.4 0.15V-0.15M2.4 0.15V-0.15M-2.6 0H2.6" stroke="${STEEL}" ` +
      'stroke-width="0.02"/>',
    joints: [
      {
        move: "translate",
        pose: ([x]) => x,
        shape: `<rect x="-0.25" y="-0.12" width="0.5" height="0.24" rx="0.03" fill="${STEEL}"/>`,
      },
      {
        move: "rotate",
        pose: ([, , theta]) => degrees(theta), // a positive angle leans to the right
        shape: `<path d="M0 0V-1" stroke="${WOOD}" stroke-width="0.09" stroke-linecap="round"/>`,
      },
    ],
    stateSize: 4,
    secondsPerStep: 0.02,
  },
  "Pendulum-v1": {
    title: "Pendulum",
    viewBox: "-1.3 -1.3 2.6 2.6",
    fixed: "",
    joints: [{
      move: "rotate",
      pose: ([theta]) => -degrees(theta), // a positive angle is counter-clockwise
      shape: `<path d="M0 0V-1" stroke="${RED}" stroke-width="0.2" stroke-linecap="round"/>` +
        '<circle r="0.05" fill="black"/>',
    }],
    stateSize: 2,
    secondsPerStep: 0.05,
  },
};

/** A number for an attribute: short, and never in exponential notation. */
const short = (x: number): string => `${Number(x.toFixed(3))}`;

/** How a joint moves through the states, over and over. */
function motion({ move, pose }: Joint, states: readonly State[], seconds: number): string {
  if (states.length < 2) return "";
  const values = states.map((state) => short(pose(state))).join(";");
  return `<animateTransform attributeName="transform" type="${move}" values="${values}" ` +
    `dur="${short(seconds)}s" repeatCount="indefinite"/>`;
}

/** The first joint with everything that is attached to it. */
function chain(
  [joint, ...attached]: readonly Joint[],
  states: readonly State[],
  seconds: number,
): string {
  if (joint === undefined) return "";
  const { move, pose, shape } = joint;
  const inner = motion(joint, states, seconds) + shape + chain(attached, states, seconds);
  return `<g transform="${move}(${short(pose(states[0]))})">${inner}</g>`;
}

/**
 * Whether an environment can be drawn.
 *
 * @example
 * ```ts
 * import { isDrawn } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(["Pendulum-v1", "Go-v0"].map(isDrawn), [true, false]);
 * ```
 */
export const isDrawn = (id: string): id is DrawnEnvId => Object.hasOwn(SCENES, id);

function requireStates(id: DrawnEnvId, states: readonly State[]): void {
  const { stateSize } = SCENES[id];
  if (states.length === 0) throw new RangeError(`Cannot draw ${id}: there are no states`);
  states.forEach((state, index) => {
    if (state.length === stateSize && state.every(Number.isFinite)) return;
    const found = `state ${index} is [${state}], but it must be ${stateSize} finite numbers`;
    throw new RangeError(`Cannot draw ${id}: ${found}`);
  });
}

/** The options of an animation. */
export interface AnimationOptions {
  /** How many times as fast as real time it plays (default: 1). */
  readonly speed?: number;
}

/**
 * Draws the states of an episode as one SVG picture that plays in a loop.
 *
 * @throws RangeError when there are no states, a state does not belong to the environment, or the
 *   speed is not positive.
 * @example
 * ```ts
 * import { animateStates } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const states = [0, 0.1, 0.3].map((theta) => Float64Array.of(theta, 0));
 * const svg = animateStates("Pendulum-v1", states);
 * assert.match(svg, /values="0;-5.73;-17.189" dur="0.1s"/); // degrees, two steps of 0.05 s
 * ```
 */
export function animateStates(
  id: DrawnEnvId,
  states: readonly State[],
  { speed = 1 }: AnimationOptions = {},
): string {
  requireStates(id, states);
  if (!(speed > 0)) {
    throw new RangeError(`Cannot draw ${id}: speed is ${speed}, but it must be above 0`);
  }
  const { title, viewBox, fixed, joints, secondsPerStep } = SCENES[id];
  const seconds = (states.length - 1) * secondsPerStep / speed;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" width="360" role="img" ` +
    `aria-label="${title}" fill="none">${fixed}${chain(joints, states, seconds)}</svg>`;
}

/**
 * Draws one state as an SVG picture.
 *
 * @throws RangeError when the state does not belong to the environment.
 * @example
 * ```ts
 * import { drawState } from "ppo/control/mod.ts";
 * import assert from "node:assert/strict";
 * const svg = drawState("CartPole-v1", Float64Array.of(1.5, 0, Math.PI / 180, 0));
 * assert.match(svg, /translate\(1.5\).*rotate\(1\)/);
 * ```
 */
export const drawState = (id: DrawnEnvId, state: State): string => animateStates(id, [state]);
