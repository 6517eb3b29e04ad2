/**
 * The state of a PPO run as one value of plain data, from which the run can be resumed exactly.
 *
 * A resumed run continues as if it had never stopped: the same answers, steps and metrics to the
 * last bit (except for the seconds), on the same machine and device. Random numbers need no state.
 * Those of an answer are a function of (seed, timestep, row, position), the order of an epoch is a
 * function of (seed, epoch), and the prompt sampler skips the numbers that it has already drawn.
 * The exception is the defect `prompts_through_set`, whose prompts depend on no seed.
 */
import { type Gpt2Arrays, gpt2Spec, type ValueModelArrays, valueModelSpec } from "../lm/mod.ts";
import {
  freeTrainState,
  loadTrainState,
  type SavedTrainState,
  saveTrainState,
} from "../learn/mod.ts";
import type { Progress, Run } from "./run.ts";
import type { PartSeconds } from "./watched_models.ts";

/** A run's whole state. */
export interface PpoState extends Progress {
  /** Time spent since the last update, by part. */
  readonly seconds: PartSeconds;
  /** The actor with its moments. */
  readonly actor: SavedTrainState;
  /** The critic with its moments. */
  readonly critic: SavedTrainState;
}

/** Options for reading a state. */
export interface StateOptions {
  /**
   * Whether to copy the arrays (default true). If not, on the CPU they are the models' own memory,
   * valid until the next optimizer step.
   */
  readonly copies?: boolean;
}

/**
 * Reads the state of a run between two rows that `train` yields, or after `train` has thrown its
 * signal's reason.
 */
export async function stateOf(
  { inputs: { device }, models, progress, watch }: Run,
  options: StateOptions = {},
): Promise<PpoState> {
  return {
    ...progress,
    seconds: watch.read(),
    actor: await saveTrainState(device, models.trainedActor.state, options),
    critic: await saveTrainState(device, models.trainedCritic.state, options),
  };
}

/**
 * Restores the models and the stopwatch from a state, whose arrays are copied, and returns the
 * progress.
 */
export async function restore(
  { inputs: { device, policy, reward }, models, watch }: Run,
  { seconds, actor, critic, ...progress }: PpoState,
): Promise<Progress> {
  const actorSpec = gpt2Spec(policy.config), criticSpec = valueModelSpec(reward.config);
  const restored = {
    actor: await loadTrainState<Gpt2Arrays>(device, actorSpec, actor),
    critic: await loadTrainState<ValueModelArrays>(device, criticSpec, critic),
  };
  freeTrainState(device, models.trainedActor.state);
  freeTrainState(device, models.trainedCritic.state);
  models.trainedActor.state = restored.actor;
  models.trainedCritic.state = restored.critic;
  watch.set(seconds);
  return progress;
}
