/** How to train, and what a run reports while it trains. */
import type { StepMetrics } from "./metrics.ts";
import type { Sample } from "./sample.ts";
import type { PpoState } from "./state.ts";

/** Where a run stands after a timestep. */
export interface TimestepReport {
  /** Timesteps done, counted from 1. */
  readonly timestep: number;
  /** Timesteps of the whole schedule. */
  readonly timesteps: number;
  /** Updates completed so far. */
  readonly update: number;
  /** Updates of the whole schedule. */
  readonly updates: number;
}

/** The pool that an update is about to learn from. */
export interface PoolReport {
  /** Counted from 1. */
  readonly update: number;
  /** Timesteps done. */
  readonly timestep: number;
  /** In the order of sampling. */
  readonly pool: readonly Sample[];
}

/** One optimizer step. */
export interface StepReport {
  /** Counted from 1 over the whole run: the tutorial's `ppo_step`. */
  readonly ppoStep: number;
  /** What was measured on its minibatch, before the step. */
  readonly metrics: StepMetrics;
}

/** How to train. */
export interface TrainOptions {
  /** Aborting it makes `train` throw the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Where to go on (default: at the start of the schedule, with the models as they are). */
  readonly from?: PpoState | undefined;
  /** Called after each timestep, before its update. */
  readonly onProgress?: (report: TimestepReport) => void;
  /** Called with the answers of an update before it begins. */
  readonly onPool?: (report: PoolReport) => void;
  /** Called after each optimizer step. */
  readonly onStep?: (report: StepReport) => void;
}
