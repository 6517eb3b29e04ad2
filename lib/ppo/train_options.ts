/** The options of training, and the reports that a run makes while it trains. */
import type { StepMetrics } from "./metrics.ts";
import type { Sample } from "./sample.ts";
import type { PpoState } from "./state.ts";

/** The progress of a run after a timestep. */
export interface TimestepReport {
  /** Timesteps completed, counted from 1. */
  readonly timestep: number;
  /** Timesteps of the whole schedule. */
  readonly timesteps: number;
  /** Updates completed so far. */
  readonly update: number;
  /** Updates of the whole schedule. */
  readonly updates: number;
}

/** The pool before an update. */
export interface PoolReport {
  /** The number of the update, counted from 1. */
  readonly update: number;
  /** Timesteps completed. */
  readonly timestep: number;
  /** The answers in the order of sampling. */
  readonly pool: readonly Sample[];
}

/** One optimizer step. */
export interface StepReport {
  /** The number of the step, counted from 1 over the whole run (the tutorial's `ppo_step`). */
  readonly ppoStep: number;
  /** The metrics of its minibatch, measured before the step. */
  readonly metrics: StepMetrics;
}

/** The options of training. */
export interface TrainOptions {
  /** Aborting it makes `train` throw the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The state to continue from (default: the start of the schedule, with the current models). */
  readonly from?: PpoState | undefined;
  /** Called after each timestep, before its update. */
  readonly onProgress?: (report: TimestepReport) => void;
  /** Called with the answers of an update before it begins. */
  readonly onPool?: (report: PoolReport) => void;
  /** Called after each optimizer step. */
  readonly onStep?: (report: StepReport) => void;
}
