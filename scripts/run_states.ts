/**
 * The saved states in the folder of a run: `state-T-S` is the state after T timesteps and S
 * optimizer steps.
 *
 * The two newest are kept. A new state is on the disk before an old one is removed, so after a kill
 * or a power failure at any moment one of them is whole. A state that is damaged is set aside, and
 * the one before it is used.
 */
import { join } from "node:path";
import {
  DamageError,
  fileExists,
  removeUnfinished,
  requireSpace,
  syncFolder,
  verifyChecksums,
} from "../lib/files/mod.ts";
import type { PpoState } from "../lib/ppo/mod.ts";
import { say, titled } from "../lib/text/mod.ts";
import { readState, type StoredState, writeState } from "./run_state.ts";
import { isFinite } from "./train_watch.ts";

/** How many states are kept. */
export const KEPT_STATES = 2;

interface StateFolder {
  readonly name: string;
  readonly timestep: number;
  readonly step: number;
}

const namesIn = async (folder: string): Promise<string[]> =>
  (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name);

/** The folders of states, from oldest to newest. */
async function stateFolders(folder: string): Promise<StateFolder[]> {
  return (await namesIn(folder)).flatMap((name) => {
    const [, timestep, step] = /^state-(\d+)-(\d+)$/.exec(name) ?? [];
    return timestep === undefined ? [] : [{ name, timestep: Number(timestep), step: Number(step) }];
  }).sort((a, b) => a.timestep - b.timestep || a.step - b.step);
}

/** The paths of the states in a folder, from newest to oldest. */
export const statePaths = async (folder: string): Promise<string[]> =>
  (await stateFolders(folder)).map(({ name }) => join(folder, name)).reverse();

/**
 * Saves a state with copies of the run's settings and logs, then removes all but the newest two.
 * `logs` are the names of the logs.
 *
 * @throws {WriteError} If it cannot be written. The states that were there are still there.
 */
export async function saveState(
  folder: string,
  state: PpoState,
  { logs }: { logs: readonly string[] },
): Promise<void> {
  const name = `state-${state.timestep}-${state.actor.step}`;
  if (!await fileExists(join(folder, name))) {
    requireSpace(join(folder, name), bytesOf(state));
    await writeState(join(folder, name), state, { run: folder, logs });
  }
  for (const { name: old } of (await stateFolders(folder)).slice(0, -KEPT_STATES)) {
    const gone = join(folder, `.${old}.00000000.tmp`); // `removeUnfinished` knows such names
    await Deno.rename(join(folder, old), gone);
    await Deno.remove(gone, { recursive: true });
  }
}

/** The bytes of the arrays of a state. */
const bytesOf = ({ actor, critic }: PpoState): number =>
  [actor, critic].flatMap(({ arrays }) => [...arrays.values()])
    .reduce((sum, { data }) => sum + data.byteLength, 0);

/** The paths of the newest state and the newest policy of a run. */
export async function newestOf(
  folder: string,
): Promise<{ state: string | undefined; policy: string | undefined }> {
  const [state] = await statePaths(folder);
  const steps = (await policySteps(folder)).sort((a, b) => a - b);
  return { state, policy: steps.length > 0 ? policyPath(folder, steps.at(-1)) : undefined };
}

/** The path of the policy after so many optimizer steps. */
export const policyPath = (folder: string, step: number | undefined): string =>
  join(folder, `checkpoint-${step}`);

/** The optimizer steps of the policies in a folder. */
export const policySteps = async (folder: string): Promise<number[]> =>
  (await namesIn(folder)).flatMap((name) => {
    const [, step] = /^checkpoint-(\d+)$/.exec(name) ?? [];
    return step === undefined ? [] : [Number(step)];
  });

/** A state that was found, and what happened to newer ones. */
export interface FoundState {
  /** The newest whole state; undefined: none was ever saved. */
  readonly stored: StoredState | undefined;
  /** A sentence for each damaged state. */
  readonly notes: readonly string[];
}

/**
 * The newest whole state. Damaged ones are renamed to `state-T-S.damaged`. Removes what unfinished
 * writes have left.
 *
 * @throws {DamageError} If there are states and all are damaged.
 */
export async function newestState(
  folder: string,
  options: { vocabSize: number },
): Promise<FoundState> {
  await removeUnfinished(folder);
  const damaged: { path: string; reason: string }[] = [];
  let stored: StoredState | undefined;
  for (const path of await statePaths(folder)) {
    try {
      stored = await wholeState(path, options);
      break;
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.push({ path, reason: error.message });
    }
  }
  if (stored === undefined && damaged.length > 0) {
    const reasons = damaged.map(({ reason }) => reason);
    throw new DamageError(say({
      en: `Cannot resume ${folder}: every state is damaged. ${reasons.join(". ")}. ` +
        "Restore a state from a backup, or begin a new run in another --output_dir",
      zh: `无法从 ${folder} 续训：所有训练状态都已损坏。${reasons.join("。")}。` +
        "请从备份恢复一个状态，或用另一个 --output_dir 开始新的训练",
    }));
  }
  const notes: string[] = [];
  for (const { path, reason } of damaged) notes.push(titled(reason, await setAside(path)));
  if (stored !== undefined && damaged.length > 0) {
    notes.push(say({ en: `using ${stored.path} instead`, zh: `改用 ${stored.path}` }));
  }
  return { stored, notes };
}

/** Reads a state and checks that it is as it was written, and that its numbers are finite. */
async function wholeState(path: string, options: { vocabSize: number }): Promise<StoredState> {
  await verifyChecksums(path);
  const stored = await readState(path, options);
  if (isFinite(stored.state)) return stored;
  throw new DamageError(say({
    en: `Cannot use ${path}: it has weights that are not finite`,
    zh: `不能使用 ${path}：其中有不是有限数的权重`,
  }));
}

/** Whether an error is about the content of a file, and not about the permission to read it. */
const isDamage = (error: unknown): error is Error =>
  error instanceof Error && !(error.cause instanceof Deno.errors.PermissionDenied);

/** Renames a damaged state, and says so. */
async function setAside(path: string): Promise<string> {
  const aside = `${path}.damaged`;
  await Deno.remove(aside, { recursive: true }).catch(() => {}); // usually there is none
  await Deno.rename(path, aside);
  await syncFolder(join(path, ".."));
  return say({
    en: `it is set aside as ${aside}, which may be deleted`,
    zh: `已改名为 ${aside}，可以删除`,
  });
}
