/**
 * The logs of a PPO run: `metrics.jsonl` (a row per update), `answers.jsonl` (a few answers per
 * update, for reading) and TensorBoard's `events.out.tfevents.*`.
 *
 * TensorBoard's x-axis counts optimizer steps (the tutorial's `ppo_step`) for the metrics of a
 * step, and timesteps for the metrics of a pool. A saved state has a copy of each file, to which a
 * resumed run cuts them back, so no row is written twice and none is lost.
 */
import { join } from "node:path";
import { appendToSync, eventFileHead, fileExists, scalarEvent } from "../lib/files/mod.ts";
import type { Tokenizer } from "../lib/lm/mod.ts";
import { k1 } from "../lib/rl/mod.ts";
import type { Metrics, PoolReport, Sample, StepReport } from "../lib/ppo/mod.ts";
import { restoreLog } from "./run_log_files.ts";
import type { StoredLogs } from "./run_state.ts";

/** The logs of one run. */
export interface RunLogs {
  /** After each optimizer step. */
  step(report: StepReport): void;
  /** Before each update. */
  pool(report: PoolReport): void;
  /** After each update. */
  update(row: Metrics): void;
  /** The names of the files, which are to be saved with a state. */
  names(): Promise<string[]>;
  /** What had to be done to the logs of a resumed run, as sentences. */
  readonly notes: readonly string[];
}

const METRICS = "metrics.jsonl";
const ANSWERS = "answers.jsonl";
const EVENTS = /^events\.out\.tfevents\./;

/** Answers of each pool that are written: the first of its last timestep. */
const SHOWN = 4;

/** Opens the logs in an existing folder, as they were at a state (default: empty). */
export async function openLogs(
  folder: string,
  { tokenizer, kept = {} }: { tokenizer: Tokenizer; kept?: StoredLogs },
): Promise<RunLogs> {
  const there = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);
  const logs = there.filter((name) => name === METRICS || name === ANSWERS || EVENTS.test(name));
  const notes: string[] = [];
  for (const name of new Set([...logs, ...Object.keys(kept)])) {
    notes.push(...await restoreLog(join(folder, name), kept[name]));
  }
  const old = Object.keys(kept).find((name) => EVENTS.test(name));
  const events = old !== undefined && await fileExists(join(folder, old))
    ? old
    : newEventFile(folder);
  const append = (name: string, content: string | Uint8Array) =>
    appendToSync(join(folder, name), content);
  const line = (name: string, row: object) => append(name, JSON.stringify(row) + "\n");
  return {
    step: ({ ppoStep, metrics }) => append(events, scalarEvent({ ...metrics }, { step: ppoStep })),
    pool: (report) => answerRows(report, tokenizer).forEach((row) => line(ANSWERS, row)),
    update(row) {
      line(METRICS, row);
      append(events, scalarEvent(ofPool(row), { step: row.timestep }));
    },
    names: () => existing(folder, [METRICS, ANSWERS, events]),
    notes,
  };
}

async function existing(folder: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => fileExists(join(folder, name))));
  return names.filter((_, index) => found[index]);
}

function newEventFile(folder: string): string {
  const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.ppo`;
  appendToSync(join(folder, name), eventFileHead());
  return name;
}

/** The metrics of the pool and of time. The rest was logged at each optimizer step. */
const ofPool = (metrics: Metrics): Record<string, number> =>
  Object.fromEntries(POOL_AND_TIME.map((name) => [name, metrics[name]]));

const POOL_AND_TIME = [
  "mean_reward",
  "reward_std",
  "score",
  "score_std",
  "score_clipped",
  "non_score_reward",
  "kl",
  "kl_k3",
  "kl_exact",
  "response_length",
  "eos_rate",
  "surprisal",
  "explained_variance",
  "return_after_end",
  "first_approx_kl",
  "optimizer_steps",
  "seconds_generate",
  "seconds_score",
  "seconds_actor",
  "seconds_critic",
] as const;

/** A few answers of a pool as text. */
function answerRows({ update, timestep, pool }: PoolReport, { decode }: Tokenizer): object[] {
  const last = pool.filter((sample) => sample.timestep === timestep).slice(0, SHOWN);
  return last.map((sample) => ({
    update,
    timestep,
    content: decode(sample.prompt),
    query: decode(sample.answer),
    raw_score: sample.rawScore,
    score: sample.score,
    kl: klOf(sample),
    ended: sample.ended,
  }));
}

/** KL to the reference over the answer's tokens, by k1, in nats. */
function klOf({ answer, logProbs, refLogProbs }: Sample): number {
  const real = {
    logProbs: logProbs.slice(0, answer.length),
    refLogProbs: refLogProbs.slice(0, answer.length),
  };
  return k1(real).reduce((sum, kl) => sum + kl, 0);
}
