/**
 * Gymnasium's episodes (`scripts/fixtures/control.py`), and the rules by which their actions were
 * chosen.
 */
import { type Dynamics, envFrom, type State, type Step } from "ppo/control/mod.ts";
import { numpyGenerator } from "ppo/random/mod.ts";
import fixture from "../fixtures/control.json" with { type: "json" };
import { fixtureTensors } from "./fixtures.ts";

/** A recorded step. */
export interface Recorded {
  /** The number of the episode. */
  readonly episode: number;
  /** The number of the step in its episode. */
  readonly step: number;
  /** The state before the step, in the precision in which Gymnasium stores it. */
  readonly state: State;
  readonly action: number;
  readonly observation: Float32Array;
  readonly reward: number;
  readonly terminated: boolean;
  readonly truncated: boolean;
}

const tensors = await fixtureTensors("control");

/** The rows of a matrix of float32 numbers. */
function vectors(name: string): Float32Array[] {
  const { shape: [height, width], data } = tensors.find(name);
  return Array.from(
    { length: height },
    (_, row) => Float32Array.from(data.subarray(row * width, (row + 1) * width)),
  );
}

/** The rows of a matrix of float64 numbers, which are stored as pairs of int32 words. */
function doubles(name: string): Float64Array[] {
  const { shape: [height, width], data } = tensors.find(name);
  const numbers = new Float64Array(Int32Array.from(data).buffer);
  return Array.from(
    { length: height },
    (_, row) => numbers.slice(row * width / 2, (row + 1) * width / 2),
  );
}

/** The recorded steps of one environment. */
function stepsOf(id: string): Recorded[] {
  const states = doubles(`${id}.states`), rewards = doubles(`${id}.rewards`);
  const actions = tensors.numbers(`${id}.actions`), observations = vectors(`${id}.observations`);
  const flags = tensors.rows(`${id}.flags`);
  return tensors.rows(`${id}.places`).map(([episode, step], at) => ({
    episode,
    step,
    state: stored(id, states[at], step),
    action: actions[at],
    observation: observations[at],
    reward: rewards[at][0],
    terminated: flags[at][0] === 1,
    truncated: flags[at][1] === 1,
  }));
}

/** The recorded reset and steps of several environments at once. */
function stepsTogether(id: string) {
  const observations = vectors(`${id}.together.observations`);
  const rewards = doubles(`${id}.together.rewards`), flags = tensors.rows(`${id}.together.flags`);
  return observations.map((row, at) => ({
    observations: row,
    rewards: rewards[at],
    terminated: flags[at],
    truncated: flags[at + observations.length],
  }));
}

/** Everything recorded of one environment. */
export function recordOf(id: keyof typeof fixture.environments) {
  const { episodes, together, outside } = fixture.environments[id];
  return {
    episodes,
    outside,
    firstStates: doubles(`${id}.first_states`).map((state) => stored(id, state, 0)),
    firstObservations: vectors(`${id}.first_observations`),
    steps: stepsOf(id),
    together: {
      ...together,
      actions: vectors(`${id}.together.actions`),
      steps: stepsTogether(id),
    },
  };
}

/** Float32 states of Acrobot whose sine or cosine NumPy does not round correctly. */
export const float32Observations = () => ({
  states: vectors("float32.states"),
  observations: vectors("float32.observations"),
});

/** A state in the precision in which Gymnasium stores it. */
function stored(id: string, state: Float64Array, step: number): State {
  const isFloat32 = (id === "Acrobot-v1" && step === 0) ||
    (id === "MountainCarContinuous-v0" && step > 0);
  return isFloat32 ? Float32Array.from(state) : state;
}

/** Actions that balance, swing up or climb, as in `control.py`. */
const FEEDBACK: Readonly<Record<string, (observation: Float32Array) => number>> = {
  "CartPole-v1": (o) => Number(o[0] + 2 * o[1] + 20 * o[2] + 4 * o[3] > 0),
  "Pendulum-v1": (o) => o[2] < 0 ? -2 : 2,
  "MountainCarContinuous-v0": (o) => o[1] < 0 ? -1 : 1,
  "Acrobot-v1": (o) => o[5] < 0 ? 0 : 2,
};

/** Repeats a recorded episode with the library's own random numbers and observations. */
export function* replay<Action>(
  dynamics: Dynamics<Action>,
  { seed, rule }: { readonly seed: number; readonly rule: string },
): Generator<Step & { readonly action: number }, void> {
  const { id, actionSpace } = dynamics;
  const env = envFrom(dynamics), random = numpyGenerator(seed);
  let observation = env.reset({ seed }), ended = false;
  while (!ended) {
    const sampled = Number(actionSpace.sample(random)); // also of a vector of one number
    const action = rule === "feedback"
      ? FEEDBACK[id](observation)
      : rule === "doubled"
      ? 2 * sampled
      : sampled;
    const step = env.step(actionSpace.actionAt([action], 0));
    yield { ...step, action };
    observation = step.observation;
    ended = step.terminated || step.truncated;
  }
}
