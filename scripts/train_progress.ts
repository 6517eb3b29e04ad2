/**
 * The progress of a PPO run in the terminal: a progress line with the time left, and a permanent
 * line for each update.
 */
import type { Metrics, StepReport, TimestepReport } from "../lib/ppo/mod.ts";
import type { Settings } from "../lib/settings/mod.ts";
import { scheduleOf, stepsAnUpdate } from "../lib/settings/mod.ts";
import { listed, say, titled } from "../lib/text/mod.ts";
import { secondsLeft, type Terminal, timeLeft } from "./command.ts";

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
  const parts = [
    [{ en: "generate", zh: "生成" }, row.seconds_generate],
    [{ en: "score", zh: "评分" }, row.seconds_score],
    [{ en: "actor", zh: "策略模型" }, row.seconds_actor],
    [{ en: "critic", zh: "价值模型" }, row.seconds_critic],
  ] as const;
  const texts = parts.map(([part, seconds]) => `${say(part)} ${seconds.toFixed(1)}`);
  return titled(say({ en: "seconds", zh: "用时（秒）" }), listed(texts));
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
      return timeLeft(seconds);
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
      const position = say({
        en: `timestep ${timestep} of ${timesteps}  update ${update} of ${updates}`,
        zh: `时间步 ${timestep} / ${timesteps}  更新 ${update} / ${updates}`,
      });
      terminal.progress(`${position}  ${left()}`);
    },
    step({ ppoStep }) {
      done.ppoStep = ppoStep;
      stopwatch.step();
      const step = (ppoStep - 1) % perUpdate + 1;
      const update = Math.ceil(ppoStep / perUpdate);
      const position = say({
        en: `update ${update} of ${updates}  step ${step} of ${perUpdate}`,
        zh: `更新 ${update} / ${updates}  优化器步 ${step} / ${perUpdate}`,
      });
      terminal.progress(`${position}  ${left()}`);
    },
    update(row) {
      const [reward, kl] = [row.mean_reward.toFixed(3), row.kl.toFixed(3)];
      const position = say({
        en: `update ${row.update} of ${updates}  timestep ${row.timestep}`,
        zh: `更新 ${row.update} / ${updates}  时间步 ${row.timestep}`,
      });
      const numbers = say({
        en: `mean_reward ${reward}  KL ${kl}`,
        zh: `平均奖励 ${reward}  KL ${kl}`,
      });
      terminal.print(`${position}  ${numbers}  ${left()}  ${partsText(row)}`);
    },
  };
}
