/**
 * How a PPO run watches itself: warnings after each update, and the end of a run that has diverged.
 *
 * A state or a policy with NaN is never written. When a number is no longer finite, the models are
 * as they were before that step (`lib/learn/divergence.ts`); if all their values are finite, they
 * are saved, and otherwise the state on disk is the last finite one.
 */
import { join } from "node:path";
import { createWarnings, readRunLog, type RunWarnings } from "../lib/doctor/mod.ts";
import { fileExists, readText, writeAtomically } from "../lib/files/mod.ts";
import { DivergenceError, requireFiniteArrays } from "../lib/learn/mod.ts";
import type { Metrics, PpoState } from "../lib/ppo/mod.ts";
import { say } from "../lib/text/mod.ts";

/**
 * Starts watching the run in a folder. The warnings of the rows that its log already has were given
 * before, and are not repeated. A divergence before the run was resumed no longer counts.
 */
export async function watchRun(folder: string): Promise<RunWarnings> {
  await Deno.remove(divergencePath(folder)).catch(() => {}); // there is none
  const path = join(folder, "metrics.jsonl");
  const text = await fileExists(path) ? await readText(path) : "";
  return createWarnings(text.trim() === "" ? [] : readRunLog(text, path).rows);
}

/** Prints the new warnings of an update. */
export function warn(
  { print }: { print: (line: string) => void },
  { warnings, row }: { warnings: RunWarnings; row: Metrics },
): void {
  warnings.update({ ...row }).forEach(print);
}

const ACTOR = { en: "the actor", zh: "策略模型" };
const CRITIC = { en: "the critic", zh: "价值模型" };

/**
 * Checks weights and moments before a state is written.
 *
 * @throws {DivergenceError} With the name of an array that has a NaN or an infinity.
 */
export function requireFiniteState({ actor, critic }: Pick<PpoState, "actor" | "critic">): void {
  for (const [owner, { arrays }] of [[ACTOR, actor], [CRITIC, critic]] as const) {
    requireFiniteArrays(
      [...arrays].map(([name, array]) => [name.replace(/^parameters\./, ""), array]),
      owner,
    );
  }
}

/** Whether all weights and moments are finite. */
export function isFinite(state: Pick<PpoState, "actor" | "critic">): boolean {
  try {
    requireFiniteState(state);
    return true;
  } catch (error) {
    if (error instanceof DivergenceError) return false;
    throw error;
  }
}

/** The file in a run's folder that says why the run ended, if it diverged. */
export const divergencePath = (folder: string): string => join(folder, "divergence.json");

/** Writes why a run ended, for `deno task doctor`. */
export const writeDivergence = (
  folder: string,
  { found, fromSteps }: DivergenceError,
): Promise<void> =>
  writeAtomically(
    divergencePath(folder),
    JSON.stringify({ found: found.en, found_zh: found.zh, fromSteps }, null, 2) + "\n",
  );

/** What is left of a run that has diverged. */
export interface Remains {
  /** The state on disk that was saved last, as a path; undefined: none. */
  readonly state: string | undefined;
  /** The policy that was saved last, as a path; undefined: none. */
  readonly policy: string | undefined;
}

/** The error that ends a run: what diverged, what to try, and what was kept. */
export function divergedRun(error: DivergenceError, { state, policy }: Remains): Error {
  const kept = [
    policy === undefined ? [] : say({ en: `the policy ${policy}`, zh: `策略模型 ${policy}` }),
    state === undefined ? [] : say({ en: `the state ${state}`, zh: `训练状态 ${state}` }),
  ].flat();
  const left = kept.length > 0
    ? {
      en: `Kept, with finite values: ${kept.join(" and ")}.`,
      zh: `保留了数值仍为有限数的${kept.join("和")}。`,
    }
    : {
      en: "Nothing was saved, because the weights are no longer finite.",
      zh: "什么也没有保存，因为权重已不是有限数。",
    };
  return new Error(say({
    en: `${error.message} ${left.en} Resuming would diverge again: ` +
      "begin a new run with other settings in another --output_dir.",
    zh: `${error.message}${left.zh}续训仍会发散：` +
      "请换一个 --output_dir，用其他设置开始新的训练。",
  }));
}
