/**
 * Where a PPO run stands, as one value of plain data: exact resume.
 *
 * A run that is restored from it goes on as if it had never stopped: the same answers, the same steps, the same metrics to the last
 * bit (but for the seconds), on the same machine and device. Random numbers need no state of their own: an answer's are a function
 * of (seed, timestep, row, position), an epoch's order one of (seed, epoch), and the prompts' stream is told how many it drew.
 */
import { gpt2Spec, valueModelSpec } from "../lm/mod.ts";
import {
  freeTrainState,
  loadTrainState,
  type SavedTrainState,
  saveTrainState,
} from "../learn/mod.ts";
import type { Sample } from "./experience.ts";
import type { PoolMetrics, StepMetrics } from "./metrics.ts";
import type { Run } from "./ppo_run.ts";
import type { PartSeconds } from "./stopwatch.ts";

/** Where the schedule stands. */
export interface Position {
  /** Timesteps done. */
  readonly timestep: number;
  /** Updates done. */
  readonly update: number;
  /** Random numbers drawn to choose prompts. */
  readonly drawn: number;
  /** Answers since the last update. */
  readonly pool: readonly Sample[];
  /** What was measured of the pool when its update began; undefined: it has not begun. */
  readonly before: PoolMetrics & { readonly kl_exact: number } | undefined;
  /** The optimizer steps of that update so far. */
  readonly steps: readonly StepMetrics[];
}

/** A run's whole state. */
export interface PpoState extends Position {
  /** Time spent since the last update, by part. */
  readonly seconds: PartSeconds;
  /** The actor with its moments. */
  readonly actor: SavedTrainState;
  /** The critic with its moments. */
  readonly critic: SavedTrainState;
}

/** The start of a schedule. */
export const START: Position = {
  timestep: 0,
  update: 0,
  drawn: 0,
  pool: [],
  before: undefined,
  steps: [],
};

/** How to read a state. */
export interface StateOptions {
  /** False: on the CPU the arrays are the models' own memory, right until the next optimizer step (default true). */
  readonly copies?: boolean;
}

/** The state as it is between two programs of a run. */
export async function stateOf(
  { inputs: { device }, models, position, watch }: Run,
  options: StateOptions = {},
): Promise<PpoState> {
  return {
    ...position,
    seconds: watch.read(),
    actor: await saveTrainState(device, models.actor, options),
    critic: await saveTrainState(device, models.critic, options),
  };
}

/** Puts models and watch back to a state, whose arrays are copied. */
export async function restore(
  { inputs: { device, policy, reward }, models, watch }: Run,
  { seconds, actor, critic, ...position }: PpoState,
): Promise<Position> {
  const restored = {
    actor: await loadTrainState<typeof models.actor.parameters>(
      device,
      gpt2Spec(policy.config),
      actor,
    ),
    critic: await loadTrainState<typeof models.critic.parameters>(
      device,
      valueModelSpec(reward.config),
      critic,
    ),
  };
  freeTrainState(device, models.actor);
  freeTrainState(device, models.critic);
  models.actor = restored.actor;
  models.critic = restored.critic;
  watch.set(seconds);
  return position;
}
