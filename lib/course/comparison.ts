/** Runs that were made before, by `deno task compare`: how PPO goes when something is wrong, with the gold judge at each update. */
import { readJsonLines } from "../files/mod.ts";
import { curveGrid, type Figure } from "../plots/mod.ts";
import { pathOf } from "./embedded.ts";

/** One update of one of the runs. */
export interface ComparedRow {
  /** Which run: its settings in words. */
  readonly run: string;
  /** Counted from 1. */
  readonly update: number;
  /** The reward model's score as it stands: mean over the pool, before the update. */
  readonly mean_reward: number;
  /** What answers were paid. */
  readonly score: number;
  /** KL to the reference, in nats an answer. */
  readonly kl: number;
  /** Right questions on held-out passages after the update, in percent. */
  readonly gold: number;
}

/** Where the runs are kept. */
export const COMPARISON_PATH: string = pathOf("notebooks/06_runs.jsonl");

/**
 * The kept runs, update by update.
 *
 * @throws Error naming file and line when one is not such a row.
 */
export async function readComparison(): Promise<ComparedRow[]> {
  const rows: ComparedRow[] = [];
  const numbers = ["update", "mean_reward", "score", "kl", "gold"] as const;
  for await (const row of readJsonLines(COMPARISON_PATH, { required: numbers, strings: ["run"] })) {
    const [update, mean_reward, score, kl, gold] = numbers.map((name) => Number(row[name]));
    rows.push({ run: row.run, update, mean_reward, score, kl, gold });
  }
  return rows;
}

/** Reward, pay, KL and gold of each run. */
export function comparisonCurves(rows: readonly ComparedRow[]): Figure {
  const names = [...new Set(rows.map(({ run }) => run))];
  const runs = names.map((name) => ({ name, rows: rows.filter(({ run }) => run === name) }));
  return curveGrid(runs, [
    { y: "mean_reward", title: "mean reward (raw score)" },
    { y: "score", title: "score that was paid" },
    { y: "kl", title: "KL to the reference (nats an answer)" },
    { y: "gold", title: "gold: right questions (%)" },
  ], { x: "update", xTitle: "update", title: "One run that works and two that fail", columns: 2 });
}
