/** The options of `train`, and what it reports while it runs. */
import type { PpoConfig } from "./config.ts";
import type { StepMetrics } from "./metrics.ts";
import type { Progress } from "./run.ts";
import type { PpoState } from "./state.ts";

/**
 * Where a run stands after a timestep: the timesteps and updates completed so far, and their totals
 * in the schedule.
 */
export type TimestepReport =
  & Pick<Progress, "timestep" | "update">
  & Pick<PpoConfig, "timesteps" | "updates">;

/** The pool that an update is about to learn from, in the order of sampling. */
export interface PoolReport extends Pick<Progress, "timestep" | "pool"> {
  /** The number of this update, counted from 1. */
  readonly update: number;
}

/** One optimizer step. */
export interface StepReport {
  /** The actor's optimizer steps so far, this one included: the tutorial's `ppo_step`. */
  readonly ppoStep: number;
  /** What was measured on its minibatch, before the step. */
  readonly metrics: StepMetrics;
}

/** How to train. */
export interface TrainOptions {
  /** Aborting it makes `train` throw the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Where to continue (default: the start of the schedule, with the models as they are). */
  readonly from?: PpoState | undefined;
  /** Called after each timestep, before its update. */
  readonly onProgress?: (report: TimestepReport) => void;
  /** Called with the answers of an update before it begins. */
  readonly onPool?: (report: PoolReport) => void;
  /** Called after each optimizer step. */
  readonly onStep?: (report: StepReport) => void;
}
