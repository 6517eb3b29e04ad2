/** Runs the trials of a sweep; a notebook runs a small sweep with `sweepHere`. */
import { interruptSignal } from "../notebook/mod.ts";
import { scheduleOf, type Settings } from "../settings/mod.ts";
import { say, titled } from "../text/mod.ts";
import { type Embedded, loadOwn, namesOwn, runSettings } from "./embedded.ts";
import { askQuestions } from "./questions.ts";
import { progressLine } from "./progress_line.ts";
import { openRun } from "./run.ts";
import {
  type SweepRow,
  type Trial,
  trialName,
  trialSettings,
  type UntimedMetrics,
} from "./sweep.ts";

/** Digits kept of a number: more than a figure shows, and a third of the bytes. */
const DIGITS = 5;

/** How to run a trial. */
export interface TrialOptions {
  /** The trial's complete settings; default: `trialSettings` with the embedded models' own. */
  readonly settings?: Settings;
  /** Held-out passages to ask about after each update; 0: none. */
  readonly judged: number;
  /**
   * Threads of the CPU; default: all. The last digits depend on it, and after some updates every
   * digit.
   */
  readonly threads?: number;
  /** Aborts the trial between two programs. */
  readonly signal?: AbortSignal;
}

/**
 * Trains with the trial's settings; gives one row per update. The models are the embedded ones
 * unless the trial names others. The held-out passages are always the embedded ones.
 *
 * @throws RangeError when `judged` is more than there are passages; AbortError when `signal` is
 *   aborted.
 */
export async function* runTrial(
  embedded: Embedded,
  trial: Trial,
  { judged, settings = trialSettings(trial, embedded.policy.settings), ...options }: TrialOptions,
): AsyncGenerator<SweepRow> {
  const { heldOut } = embedded;
  if (judged > heldOut.length) {
    throw new RangeError(say({
      en: `Cannot judge by ${judged} held-out passages: there are ${heldOut.length}`,
      zh: `无法用 ${judged} 段留出短文判定：只有 ${heldOut.length} 段`,
    }));
  }
  const inputs = namesOwn(trial) ? await loadOwn(settings) : embedded;
  const { ppo } = await openRun(inputs, settings, options);
  const { updates } = scheduleOf(settings);
  const asking = { tokenizer: inputs.tokenizer, settings, seed: settings.seed };
  for await (const metrics of ppo.train(options)) {
    const policy = { generator: ppo.generator, parameters: ppo.actor() };
    const questions = await askQuestions(policy, heldOut.slice(0, judged), asking);
    const right = questions.filter(({ right }) => right).length;
    const gold = judged === 0 ? {} : { gold: 100 * right / judged };
    yield { trial, updates, ...rounded({ ...metrics, ...gold }), gold_n: judged };
  }
}

/** The same numbers with `DIGITS` digits, without the times. */
function rounded<T extends UntimedMetrics>(row: T): Omit<T, `seconds_${string}`> {
  const entries = Object.entries(row).filter(([name]) => !name.startsWith("seconds_"))
    .map(([name, value]) => [name, Number(value.toPrecision(DIGITS))]);
  return Object.fromEntries(entries);
}

/**
 * Runs trials in a notebook, one after the other, with a line per update, and adds each row to
 * `rows`. `base` holds what all trials share; the environment's settings have precedence over it
 * (`PPO_MAX_TIMESTEPS=2`).
 *
 * @throws AbortError when the reader presses Stop; the rows so far stay.
 */
export async function sweepHere(
  embedded: Embedded,
  trials: readonly Trial[],
  { base, rows }: { readonly base: Trial; readonly rows: SweepRow[] },
): Promise<void> {
  const signal = interruptSignal();
  const start = performance.now();
  const settings = trials.map((own) =>
    runSettings({ settings: { ...embedded.policy.settings, ...base } }, own)
  );
  const total = settings.reduce((sum, each) => sum + scheduleOf(each).updates, 0);
  let done = 0;
  for (const [index, own] of trials.entries()) {
    const options = { settings: settings[index], judged: 0, signal };
    for await (const row of runTrial(embedded, { ...base, ...own }, options)) {
      rows.push(row);
      const seconds = (performance.now() - start) / 1000 / ++done * (total - done);
      const numbers = `KL ${row.kl.toFixed(3)}`;
      console.log(titled(trialName(own), progressLine({ ...row, numbers, seconds })));
    }
  }
}
