/**
 * The progress of a PPO run in the terminal: a progress line with the time left, and a permanent
 * line for each update.
 */
import type { Metrics, StepReport, TimestepReport } from "../lib/ppo/mod.ts";
import type { Settings } from "../lib/settings/mod.ts";
import { scheduleOf, stepsAnUpdate } from "../lib/settings/mod.ts";
import { clock, secondsLeft, type Terminal } from "./command.ts";

/** Receives the events of a run. */
export interface TrainingProgress {
  /** After each timestep. */
  timestep(progress: TimestepReport): void;
  /** After each optimizer step. */
  step(report: StepReport): void;
  /** After each update. */
  update(row: Metrics): void;
}

/** How much work of one kind was done in this process, and how long it took. */
interface Pace {
  done: number;
  seconds: number;
}

/** The position where progress begins. */
export interface ProgressStart {
  readonly settings: Settings;
  /** Timesteps already done. */
  readonly timestep: number;
  /** Optimizer steps already done. */
  readonly ppoStep: number;
  /** The clock, in milliseconds (default: the process's). */
  readonly now?: () => number;
}

/**
 * The time of the timesteps since the last update and of the update itself, by part. Each part ends
 * when its numbers are read, without waiting for the GPU: work after the last number (Adam) counts
 * for the next part.
 */
function partsText(row: Metrics): string {
  const parts = {
    generate: "seconds_generate",
    score: "seconds_score",
    actor: "seconds_actor",
    critic: "seconds_critic",
  } as const;
  const texts = Object.entries(parts).map(([part, name]) => `${part} ${row[name].toFixed(1)}`);
  return `seconds: ${texts.join(", ")}`;
}

/** Measures how long timesteps and optimizer steps take. */
function stopwatchOf(now: () => number) {
  const [sampling, stepping]: [Pace, Pace] = [{ done: 0, seconds: 0 }, { done: 0, seconds: 0 }];
  let last = now();
  const lap = (pace: Pace) => {
    const time = now();
    pace.done++;
    pace.seconds += (time - last) / 1000;
    last = time;
  };
  return {
    timestep: () => lap(sampling),
    step: () => lap(stepping),
    /** The time left, in words. */
    left(timesteps: number, steps: number): string {
      const step = stepping.done > 0 ? stepping : sampling; // first assume a timestep's time
      const seconds = secondsLeft([{ ...sampling, left: timesteps }, { ...step, left: steps }]);
      return `left ${clock(seconds)}`;
    },
  };
}

/** Starts reporting. */
export function trainingProgress(
  terminal: Terminal,
  { settings, timestep, ppoStep, now = () => performance.now() }: ProgressStart,
): TrainingProgress {
  const { timesteps, updates } = scheduleOf(settings);
  const perUpdate = stepsAnUpdate(settings);
  const done = { timestep, ppoStep };
  const stopwatch = stopwatchOf(now);
  const left = () => stopwatch.left(timesteps - done.timestep, updates * perUpdate - done.ppoStep);
  return {
    timestep({ timestep, update }) {
      done.timestep = timestep;
      stopwatch.timestep();
      const position = `timestep ${timestep} of ${timesteps}  update ${update} of ${updates}`;
      terminal.progress(`${position}  ${left()}`);
    },
    step({ ppoStep }) {
      done.ppoStep = ppoStep;
      stopwatch.step();
      const step = (ppoStep - 1) % perUpdate + 1;
      const update = Math.ceil(ppoStep / perUpdate);
      terminal.progress(`update ${update} of ${updates}  step ${step} of ${perUpdate}  ${left()}`);
    },
    update(row) {
      const position = `update ${row.update} of ${updates}  timestep ${row.timestep}`;
      const numbers = `mean_reward ${row.mean_reward.toFixed(3)}  KL ${row.kl.toFixed(3)}`;
      terminal.print(`${position}  ${numbers}  ${left()}  ${partsText(row)}`);
    },
  };
}
