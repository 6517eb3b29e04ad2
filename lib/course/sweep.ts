/**
 * A sweep: the same training with every combination of some settings, judged by the gold judge
 * after every update.
 *
 * This file holds the trials, and the rows of a sweep's file. `sweep_run.ts` runs a trial;
 * processes and files are the command's (`scripts/sweep.ts`).
 */
import { describeJson, isRecord, readJsonValues } from "../files/mod.ts";
import type { Metrics } from "../ppo/mod.ts";
import { checkSettings, type Settings, validateSettings } from "../settings/mod.ts";
import { say, type Text } from "../text/mod.ts";
import { namesOwn } from "./embedded.ts";

/** The settings that differ from the model's own: one point of a sweep. */
export type Trial = Partial<Settings>;

/**
 * The metrics of an update without its times, which change from run to run: a sweep's file is the
 * same each time.
 */
export type UntimedMetrics = Omit<Metrics, `seconds_${string}`>;

/** One update of one trial; a type, because an interface is no record of unknown values. */
export type SweepRow = UntimedMetrics & {
  /** Which trial. */
  readonly trial: Trial;
  /** Updates of the whole trial, which is finished when its last row is there. */
  readonly updates: number;
  /**
   * Right questions on held-out passages after the update, in percent; missing if nobody judged.
   */
  readonly gold?: number;
  /** How many held-out passages were asked about; 0: nobody judged. */
  readonly gold_n: number;
};

/**
 * Every combination of the lists, the first varying slowest; a value that occurs twice in its list
 * counts once.
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

/** `kl_coef 0.2, lam 1, seed 3`; settings that are not named are the model's own. */
export function trialName(trial: Trial): string {
  const parts = Object.entries(trial).map(([name, value]) =>
    value === true ? name : `${name} ${value}`
  );
  return parts.join(", ") || say({ en: "own settings", zh: "模型自己的设置" });
}

/** A trial with its settings in alphabetical order. */
export const sortedTrial = (trial: Trial): Trial =>
  Object.fromEntries(Object.entries(trial).toSorted(([a], [b]) => a < b ? -1 : 1));

/** A text that is the same for the same trial, whatever the order of its settings. */
export const trialKey = (trial: Trial): string => JSON.stringify(sortedTrial(trial));

/**
 * A trial's complete settings, the same on every machine. A trial on someone's own models starts
 * from the tutorial's defaults, another one from `own`, the embedded models'.
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

/** Numbers that are null in a row if the trial has diverged. */
const isFinite = ({ mean_reward, kl }: SweepRow): boolean =>
  Number.isFinite(mean_reward) && Number.isFinite(kl);

/**
 * The rows of finished trials, and the trials that still have to be run, judged on `judged`
 * passages. A trial that lacks an update or has diverged is not finished.
 */
export function stillToRun(
  trials: readonly Trial[],
  { rows, judged }: { rows: readonly SweepRow[]; judged: number },
): { readonly finished: SweepRow[]; readonly trials: Trial[] } {
  const keyOf = (trial: Trial, judged: number) => `${judged} ${trialKey(trial)}`;
  const byTrial = Map.groupBy(rows, ({ trial, gold_n }) => keyOf(trial, gold_n));
  const isDone = (rows: readonly SweepRow[]) =>
    rows.length === rows[0].updates &&
    rows.every((row, index) => row.update === index + 1 && isFinite(row));
  const done = new Map([...byTrial].filter(([, rows]) => isDone(rows)));
  return {
    finished: [...done.values()].flat(),
    trials: trials.filter((trial) => !done.has(keyOf(trial, judged))),
  };
}

/**
 * The share of the free memory that a sweep uses; the rest is for other programs, and for a trial
 * that grows.
 */
const MEMORY_SHARE = 0.8;

/**
 * How many trials may run at once, at least one: as many as the cores have `threads` for and the
 * memory holds. `available` and `need` (the peak of a trial) are in MiB. The `running` trials have
 * their memory already; while `need` is unknown, one trial runs.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { roomFor } from "./sweep.ts";
 *
 * // 16 cores hold four trials of four threads. One runs, and 0.8 * 3000 MiB hold two more of 1000
 * // MiB: three. The smaller number counts.
 * equal(roomFor({ cores: 16, threads: 4, available: 3000, need: 1000, running: 1 }), 3);
 * ```
 */
export function roomFor(
  { need, running, cores, threads, available }:
    & { readonly need: number | undefined }
    & Readonly<Record<"running" | "cores" | "threads" | "available", number>>,
): number {
  if (need === undefined) return 1;
  const byMemory = running + Math.floor(MEMORY_SHARE * available / need);
  return Math.max(1, Math.min(Math.floor(cores / threads), byMemory));
}

/**
 * The whole file: rows that were there before, then this sweep's in the order of its trials,
 * whichever ended first.
 */
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
    rows.push(
      asSweepRow(value, say({ en: `${path}, line ${line}`, zh: ` ${path} 第 ${line} 行` })),
    );
  }
  return rows;
}

/** Numbers that every row needs. Others may be null, because JSON has no NaN. */
const COUNTS = ["update", "updates", "gold_n"];

const OBJECT = { en: "an object is", zh: "对象" };
const GIVEN_SETTINGS = { en: "settings are", zh: "设置" };
const NUMBER = { en: "a number is", zh: "数" };

/** A value of another kind than expected; an empty `key` means the row itself. */
function expected(key: string, value: unknown, wanted: Text): string {
  const found = describeJson(value);
  const [en, zh] = key === "" ? ["it", "它"] : [`its "${key}"`, `其中的“${key}”`];
  return say({
    en: `${en} is ${found}, and ${wanted.en} expected`,
    zh: `${zh}是${found}，应为${wanted.zh}`,
  });
}

/**
 * A value of JSON as a row; `where` names it in errors.
 *
 * @throws TypeError when it has no trial with known settings, or lacks a number.
 */
export function asSweepRow(row: unknown, where: string): SweepRow {
  const wrong = (found: string) =>
    new TypeError(say({
      en: `Cannot read ${where} as a row of a sweep: ${found}`,
      zh: `无法把${where}读作扫描结果的一行：${found}`,
    }));
  if (!isRecord(row)) throw wrong(expected("", row, OBJECT));
  const { trial } = row;
  if (!isRecord(trial)) {
    throw wrong(expected("trial", trial, GIVEN_SETTINGS));
  }
  try {
    checkSettings(trial);
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause));
  }
  const missing = COUNTS.find((name) => typeof row[name] !== "number");
  if (missing !== undefined) {
    throw wrong(expected(missing, row[missing], NUMBER));
  }
  return row as SweepRow; // written by `runTrial`; the numbers that are needed are checked above
}
