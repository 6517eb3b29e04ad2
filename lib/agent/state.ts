/**
 * The state of a run as plain data that JSON can hold, from which the run continues exactly.
 *
 * A state is taken between two updates. A resumed run makes the same steps and updates as one that
 * was never stopped, to the last bit, on the same machine.
 */
import type { EnvSnapshot } from "../control/mod.ts";
import type { EpisodesState } from "./episodes.ts";
import type { NormalizerState } from "./normalizer.ts";
import type { AgentProgress, AgentRun } from "./run.ts";

/** A run between two updates. */
export interface AgentState {
  /** How far it is. */
  readonly progress: AgentProgress;
  /** The random numbers drawn so far. */
  readonly drawn: number;
  /** The environments. */
  readonly envs: readonly EnvSnapshot[];
  /** The current normalised observations, as base64 of float32 numbers. */
  readonly observations: string;
  /** The statistics of the normalisation. */
  readonly normalizer: NormalizerState;
  /** The episodes. */
  readonly episodes: EpisodesState;
  /** Optimizer steps made. */
  readonly step: number;
  /** The parameters and both moments of Adam, as base64 of float32 numbers. */
  readonly arrays: Readonly<Record<"parameters" | "first" | "second", string>>;
}

const encode = ({ buffer, byteOffset, byteLength }: Float32Array): string => {
  let text = "";
  for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) {
    text += String.fromCharCode(byte);
  }
  return btoa(text);
};

const decode = (base64: string): Float32Array<ArrayBuffer> =>
  new Float32Array(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)).buffer);

/**
 * Reads the state of a run between two rows that `trainAgent` yields.
 *
 * @example
 * ```ts
 * import { agentState, createAgent, restoreAgent, trainAgent } from "ppo/agent/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import assert from "node:assert/strict";
 * const device = await openDevice("cpu", { threads: 1 });
 * const options = { env: "CartPole-v1", settings: { n_steps: 64, total_timesteps: 128 } };
 * const run = await createAgent(device, options), other = await createAgent(device, options);
 * const rows = trainAgent(run);
 * await rows.next();
 * await restoreAgent(other, await agentState(run));
 * assert.deepEqual(await trainAgent(other).next(), await rows.next());
 * ```
 */
export async function agentState(run: AgentRun): Promise<AgentState> {
  const { step, parameters, first, second } = await run.learner.state();
  return {
    progress: run.progress,
    drawn: run.random.drawn(),
    envs: run.envs.snapshot(),
    observations: encode(run.observations),
    normalizer: run.normalizer.state(),
    episodes: run.episodes,
    step,
    arrays: { parameters: encode(parameters), first: encode(first), second: encode(second) },
  };
}

/**
 * Brings a new run with the same options to a state.
 *
 * @throws RangeError when the state belongs to another agent or another number of environments.
 */
export async function restoreAgent(run: AgentRun, state: AgentState): Promise<void> {
  const { parameters, first, second } = state.arrays;
  await run.learner.restore({
    step: state.step,
    parameters: decode(parameters),
    first: decode(first),
    second: decode(second),
  });
  run.envs.restore(state.envs);
  run.observations = decode(state.observations);
  run.normalizer.restore(state.normalizer);
  run.episodes = state.episodes;
  run.random.skipTo(state.drawn);
  run.progress = state.progress;
}
