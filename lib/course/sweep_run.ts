/** Runs one trial of a sweep: rows as the sweep's file has them. A notebook runs a small sweep with `sweepHere`. */
import { interruptSignal } from "../notebook/mod.ts";
import type { Metrics } from "../ppo/mod.ts";
import type { Settings } from "../settings/mod.ts";
import { type Embedded, loadOwn, namesOwn, runSettings } from "./embedded.ts";
import { askQuestions } from "./questions.ts";
import { type CourseRun, openRun } from "./run.ts";
import {
  type SweepRow,
  type Trial,
  trialName,
  trialSettings,
  type UntimedMetrics,
  updatesOf,
} from "./sweep.ts";

/** Digits kept of a number: more than a figure shows, and a third of the bytes. */
const DIGITS = 5;

/** How to run a trial. */
export interface TrialOptions {
  /** The trial's settings, whole; default: `trialSettings` with the embedded models' own. */
  readonly settings?: Settings;
  /** Held-out passages to ask about after each update; 0: none. */
  readonly judged: number;
  /** Threads of the CPU; default: all. The last digits depend on it, and after some updates every digit. */
  readonly threads?: number;
  /** Looked at between programs. */
  readonly signal?: AbortSignal;
}

/**
 * Trains with the trial's settings: one row an update. The models are the embedded ones unless the trial names others; the passages
 * to judge by are the embedded ones in any case.
 *
 * @throws RangeError when more passages are to be judged than there are; AbortError when `signal` says so.
 */
export async function* runTrial(
  embedded: Embedded,
  trial: Trial,
  { settings = trialSettings(trial, embedded.policy.settings), judged, threads, signal }:
    TrialOptions,
): AsyncGenerator<SweepRow> {
  const { heldOut } = embedded;
  if (judged > heldOut.length) {
    throw new RangeError(
      `Cannot judge by ${judged} held-out passages: there are ${heldOut.length}`,
    );
  }
  const inputs = namesOwn(trial) ? await loadOwn(settings) : embedded;
  const run = await openRun(inputs, settings, threads === undefined ? {} : { threads });
  const updates = updatesOf(settings);
  const ask = { tokenizer: inputs.tokenizer, passages: heldOut.slice(0, judged) };
  for await (const metrics of run.ppo.train(signal === undefined ? {} : { signal })) {
    yield {
      trial,
      updates,
      ...rounded({ ...untimed(metrics), ...await goldOf(run, ask) }),
      gold_n: judged,
    };
  }
}

/** Right questions on these passages, in percent; nothing when there are none. */
async function goldOf(
  { ppo, settings }: CourseRun,
  { tokenizer, passages }: Pick<Embedded, "tokenizer"> & { passages: Embedded["heldOut"] },
): Promise<{ gold?: number }> {
  if (passages.length === 0) return {};
  const policy = { generator: ppo.generator, parameters: ppo.actor() };
  const questions = await askQuestions(policy, passages, {
    tokenizer,
    settings,
    seed: settings.seed,
  });
  return { gold: 100 * questions.filter(({ right }) => right).length / questions.length };
}

function untimed(metrics: Metrics): UntimedMetrics {
  const { seconds_generate: _generate, seconds_score: _score, seconds_actor: _actor, ...rest } =
    metrics;
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

/** A small sweep for a notebook. */
export interface SweepHereOptions {
  /** What all trials share; the environment's settings win over it (`PPO_MAX_TIMESTEPS=2`). */
  readonly base: Trial;
  /** Receives each row as it comes. */
  readonly rows: SweepRow[];
}

/**
 * Runs trials inside a notebook, one after the other, with a line an update; Stop ends it, and what was done stays in `rows`.
 *
 * @throws AbortError when the reader presses Stop.
 */
export async function sweepHere(
  embedded: Embedded,
  trials: readonly Trial[],
  { base, rows }: SweepHereOptions,
): Promise<void> {
  const signal = interruptSignal();
  const start = performance.now();
  const all = trials.map((own) => ({
    own,
    settings: runSettings({ settings: { ...embedded.policy.settings, ...base } }, own),
  }));
  const total = all.reduce((sum, { settings }) => sum + updatesOf(settings), 0);
  let done = 0;
  for (const { own, settings } of all) {
    for await (
      const row of runTrial(embedded, { ...base, ...own }, { settings, judged: 0, signal })
    ) {
      rows.push(row);
      const left = (performance.now() - start) / 1000 / ++done * (total - done);
      console.log(
        `${trialName(own)}: update ${row.update} of ${row.updates}, KL ${row.kl.toFixed(3)}, ${
          Math.round(left)
        } s left`,
      );
    }
  }
}
