/**
 * A sweep: the same training with other settings, every combination, each with a gold judge's verdict after every update.
 *
 * This file says which trials there are and which of them a file of rows already holds. `sweep_run.ts` runs one; processes and files
 * are the command's (`scripts/sweep.ts`).
 */
import { describeJson, isRecord, readJsonValues } from "../files/mod.ts";
import { namesOwn } from "./embedded.ts";
import { checkSettings, type Settings, validateSettings } from "../settings/mod.ts";
import { type Metrics } from "../ppo/mod.ts";

/** The settings that differ from the model's own: one point of a sweep. */
export type Trial = Partial<Settings>;

/** The metrics of an update without its times, which change from run to run: a sweep's file is the same each time. */
export type UntimedMetrics = {
  readonly [K in keyof Metrics as K extends `seconds_${string}` ? never : K]: Metrics[K];
};

/** One update of one trial; a type, because an interface is no record of unknown values. */
export type SweepRow = UntimedMetrics & {
  /** Which trial. */
  readonly trial: Trial;
  /** Updates of the whole trial: one whose last row is there is finished. */
  readonly updates: number;
  /** Right questions on held-out passages after the update, in percent; missing if nobody judged. */
  readonly gold?: number;
  /** How many held-out passages were asked about; 0: nobody judged. */
  readonly gold_n: number;
};

/**
 * Every combination of the lists, the first varying slowest; a value that stands twice in its list counts once.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { combinations } from "./sweep.ts";
 * deepEqual(combinations({ lam: [0.9, 1], seed: [1, 2] }), [
 *   { lam: 0.9, seed: 1 }, { lam: 0.9, seed: 2 }, { lam: 1, seed: 1 }, { lam: 1, seed: 2 },
 * ]);
 * ```
 */
export function combinations<T>(
  lists: Readonly<Record<string, readonly T[]>>,
): Record<string, T>[] {
  return Object.entries(lists).reduce<Record<string, T>[]>(
    (points, [name, values]) =>
      points.flatMap((point) => [...new Set(values)].map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** `kl_coef 0.2, lam 1, seed 3`; what it says of no setting is the model's own. */
export function trialName(trial: Trial): string {
  const parts = Object.entries(trial).map(([name, value]) =>
    value === true ? name : `${name} ${value}`
  );
  return parts.length === 0 ? "own settings" : parts.join(", ");
}

/** What tells a trial from others, whatever the order of its settings. */
export function trialKey(trial: Trial, judged: number): string {
  return JSON.stringify([Object.entries(trial).toSorted(([a], [b]) => a < b ? -1 : 1), judged]);
}

/**
 * A trial's settings, whole: the trial alone says what runs, on whatever machine. A trial on someone's own models starts from the
 * tutorial's defaults, another from `own`, the embedded models'.
 *
 * @throws {RangeError} For a value out of its range, or values that contradict each other.
 */
export function trialSettings(
  trial: Trial,
  own: { readonly [name: string]: unknown } = {},
): Settings {
  const base = namesOwn(trial) ? {} : own;
  checkSettings(base);
  return validateSettings({ ...base, ...trial });
}

/** How many updates a run with these settings makes. */
export const updatesOf = (
  { num_episodes, max_timesteps, update_timesteps }: Pick<
    Settings,
    "num_episodes" | "max_timesteps" | "update_timesteps"
  >,
): number => Math.floor(num_episodes * max_timesteps / update_timesteps);

/** The rows of finished trials, and the trials that are still to be run. */
export function stillToRun(
  trials: readonly Trial[],
  { rows, judged }: { rows: readonly SweepRow[]; judged: number },
): { readonly finished: SweepRow[]; readonly trials: Trial[] } {
  const byTrial = Map.groupBy(rows, ({ trial, gold_n }) => trialKey(trial, gold_n));
  const isDone = (rows: readonly SweepRow[]) =>
    rows.length === rows[0].updates && rows.every(({ update }, index) => update === index + 1);
  const done = new Map([...byTrial].filter(([, rows]) => isDone(rows)));
  return {
    finished: [...done.values()].flat(),
    trials: trials.filter((trial) => !done.has(trialKey(trial, judged))),
  };
}

/** The whole file: rows that were there before, then this sweep's in the order of its trials, whichever ended first. */
export function sweepText(
  finished: readonly SweepRow[],
  ended: ReadonlyMap<number, readonly SweepRow[]>,
): string {
  const inOrder = [...ended].toSorted(([a], [b]) => a - b).flatMap(([, rows]) => rows);
  return [...finished, ...inOrder].map((row) => JSON.stringify(row) + "\n").join("");
}

/**
 * Reads the rows of a sweep's file.
 *
 * @throws Error naming file and line when one is not such a row.
 */
export async function readSweep(path: string): Promise<SweepRow[]> {
  const rows: SweepRow[] = [];
  for await (const { line, value } of readJsonValues(path)) {
    rows.push(asSweepRow(value, `${path}, line ${line}`));
  }
  return rows;
}

/** Numbers without which a row is none. Others may be null: JSON has no NaN. */
const COUNTS = ["update", "updates", "gold_n"];

/**
 * A value of JSON as a row; `where` names it in errors.
 *
 * @throws TypeError when it has no trial with known settings, or lacks a number.
 */
export function asSweepRow(row: unknown, where: string): SweepRow {
  const wrong = (found: string) =>
    new TypeError(`Cannot read ${where} as a row of a sweep: ${found}`);
  if (!isRecord(row)) throw wrong(`it is ${describeJson(row)}, and an object is expected`);
  const { trial } = row;
  if (!isRecord(trial)) {
    throw wrong(`its "trial" is ${describeJson(trial)}, and settings are expected`);
  }
  try {
    checkSettings(trial);
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
  const missing = COUNTS.find((name) => typeof row[name] !== "number");
  if (missing !== undefined) {
    throw wrong(`its "${missing}" is ${describeJson(row[missing])}, and a number is expected`);
  }
  return row as SweepRow; // written by `runTrial`; what others are read for is checked here
}
