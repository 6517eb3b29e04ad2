/**
 * The dynamics of an environment as pure functions: where it starts, what it shows, and what an
 * action leads to.
 *
 *     s_0 ~ firstState        o_t = observe(s_t)        s_t+1, r_t = next(s_t, a_t)
 *
 * Sutton & Barto 2018, chapter 3. Nothing here counts steps: the time limit belongs to `envFrom`,
 * since it truncates an episode and is no part of the Markov decision process.
 */
import type { NumpyGenerator } from "../random/mod.ts";
import type { ActionSpace, Box } from "./spaces.ts";

/**
 * The numbers that describe an environment.
 *
 * The kind of the array is the precision in which Gymnasium stores the state, and thereby the one
 * in which NumPy computes the next one.
 */
export type State = Float64Array | Float32Array;

/** What an action leads to. */
export interface Transition {
  /** The next state. */
  readonly state: State;
  /** The reward of the step. */
  readonly reward: number;
  /** Whether the episode ends here, so that nothing follows (V = 0). */
  readonly terminated: boolean;
}

/** An environment as pure functions of its state. */
export interface Dynamics<Action, Space extends ActionSpace<Action> = ActionSpace<Action>> {
  /** The name, with its version. */
  readonly id: string;
  /** The bounds of the observations. */
  readonly observationSpace: Box;
  /** The actions. */
  readonly actionSpace: Space;
  /** The number of steps after which an episode is truncated. */
  readonly maxEpisodeSteps: number;
  /** Draws the state in which an episode starts. */
  firstState(random: NumpyGenerator): State;
  /** Returns the float32 observation of a state. */
  observe(state: State): Float32Array;
  /** Returns the next state and the reward. Discrete actions must lie in the space. */
  next(state: State, action: Action): Transition;
}
