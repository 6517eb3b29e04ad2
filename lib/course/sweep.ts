/**
 * A sweep: the same training with other settings, every combination, each with a gold judge's verdict after every update.
 *
 * This file says which trials there are, what one trial gives, and which of them a file of rows already holds; processes and
 * files are the command's (`scripts/sweep.ts`). A notebook runs a small sweep with `sweepHere`.
 */
import { readJsonLines } from "../files/mod.ts";
import { interruptSignal } from "../notebook/mod.ts";
import { checkSettings, type Metrics, type Settings } from "../rlhf/mod.ts";
import { type Embedded, runSettings } from "./embedded.ts";
import { askQuestions } from "./questions.ts";
import { openRun } from "./run.ts";

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
 * Every combination of the lists, the first varying slowest.
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
export function combinations<T>(lists: Readonly<Record<string, readonly T[]>>): Record<string, T>[] {
  return Object.entries(lists).reduce<Record<string, T>[]>(
    (points, [name, values]) =>
      points.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
}

/** `kl_coef 0.2, lam 1, seed 3`; what it says of no setting is the model's own. */
export function trialName(trial: Trial): string {
  const parts = Object.entries(trial).map(([name, value]) => value === true ? name : `${name} ${value}`);
  return parts.length === 0 ? "own settings" : parts.join(", ");
}

/** What tells a trial from others, whatever the order of its settings. */
export function trialKey(trial: Trial, judged: number): string {
  return JSON.stringify([Object.entries(trial).toSorted(([a], [b]) => a < b ? -1 : 1), judged]);
}

/** The rows of finished trials, and the trials that are still to be run. */
export function stillToRun(
  trials: readonly Trial[],
  { rows, judged }: { rows: readonly SweepRow[]; judged: number },
): { readonly finished: SweepRow[]; readonly trials: Trial[] } {
  const byTrial = Map.groupBy(rows, ({ trial, gold_n }) => trialKey(trial, gold_n));
  const isDone = (rows: readonly SweepRow[]) => rows.at(-1)?.update === rows.at(-1)?.updates;
  const done = new Map([...byTrial].filter(([, rows]) => isDone(rows)));
  return {
    finished: [...done.values()].flat(),
    trials: trials.filter((trial) => !done.has(trialKey(trial, judged))),
  };
}

/**
 * Reads the rows of a sweep's file.
 *
 * @throws Error naming file and line when one is not such a row.
 */
export async function readSweep(path: string): Promise<SweepRow[]> {
  const rows: SweepRow[] = [];
  const required = ["trial", "update", "updates", "mean_reward", "kl", "gold_n"] as const;
  for await (const row of readJsonLines(path, { required })) rows.push(asSweepRow(row));
  return rows;
}

/**
 * A line of JSON as a row.
 *
 * @throws TypeError when it has no trial with known settings.
 */
export function asSweepRow(row: { readonly [key: string]: unknown }): SweepRow {
  const { trial } = row;
  if (typeof trial !== "object" || trial === null) {
    throw new TypeError(
      `Cannot read a row of a sweep: its trial is ${JSON.stringify(trial)}, wanted settings`,
    );
  }
  checkSettings({ ...trial });
  return row as SweepRow; // written by `runTrial`; the keys that are read were asked for
}

/** Digits kept of a number: more than a figure shows, and a third of the bytes. */
const DIGITS = 5;

/** How to run a trial. */
export interface TrialOptions {
  /** Held-out passages to ask about after each update; 0: none. */
  readonly judged: number;
  /** Threads of the CPU; default: all. */
  readonly threads?: number;
  /** Looked at between programs. */
  readonly signal?: AbortSignal;
}

/** Trains with the trial's settings on the embedded models: one row an update. */
export async function* runTrial(
  embedded: Embedded,
  trial: Trial,
  { judged, threads, signal }: TrialOptions,
): AsyncGenerator<SweepRow> {
  const settings = runSettings(embedded.policy, trial);
  const { tokenizer } = embedded;
  const run = await openRun(embedded, settings, threads === undefined ? {} : { threads });
  const updates = Math.floor(settings.num_episodes * settings.max_timesteps / settings.update_timesteps);
  const passages = embedded.heldOut.slice(0, judged);
  const options = signal === undefined ? {} : { signal };
  for await (const metrics of run.ppo.train(options)) {
    const policy = { generator: run.ppo.generator, parameters: run.ppo.actor() };
    const questions = judged === 0
      ? []
      : await askQuestions(policy, passages, { tokenizer, settings, seed: settings.seed });
    const right = questions.filter(({ right }) => right).length;
    const gold = judged === 0 ? {} : { gold: 100 * right / questions.length };
    yield { trial, updates, ...rounded({ ...untimed(metrics), ...gold }), gold_n: questions.length };
  }
}

function untimed(metrics: Metrics): UntimedMetrics {
  const { seconds_generate: _generate, seconds_score: _score, seconds_actor: _actor, ...rest } = metrics;
  const { seconds_critic: _critic, ...kept } = rest;
  return kept;
}

/** The same numbers with `DIGITS` digits. */
function rounded<T extends object>(row: T): T {
  const entries = Object.entries(row).map(([name, value]) =>
    [name, typeof value === "number" ? Number(value.toPrecision(DIGITS)) : value] as const
  );
  return Object.fromEntries(entries) as T; // the same keys
}

/** A schedule short enough for a cell: one episode of so many timesteps, or of MAX_TIMESTEPS if the environment says fewer. */
export function shortSchedule(timesteps: number): Trial {
  const limit = Number(Deno.env.get("MAX_TIMESTEPS") || Infinity);
  return { num_episodes: 1, max_timesteps: Math.min(timesteps, limit) };
}

/**
 * A small sweep inside a notebook, one trial after the other, with a line for each; Stop ends it, and what was done stays in
 * `rows`.
 */
export async function sweepHere(
  embedded: Embedded,
  trials: readonly Trial[],
  { judged = 0, rows }: { judged?: number; rows: SweepRow[] },
): Promise<void> {
  const signal = interruptSignal();
  for (const [index, trial] of trials.entries()) {
    for await (const row of runTrial(embedded, trial, { judged, signal })) rows.push(row);
    const last = rows.at(-1);
    console.log(
      `trial ${index + 1} of ${trials.length}, ${
        trialName(trial)
      }: mean_reward ${last?.mean_reward}, KL ${last?.kl}`,
    );
  }
}
