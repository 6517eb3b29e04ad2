/**
 * The folder of a PPO run: `settings.json` (what it was begun with), `state-T-S` (its newest state, after T timesteps and S optimizer
 * steps), `checkpoint-S` (policies as Hugging Face folders) and the logs (`run_logs.ts`).
 *
 * A state gets a new folder before the old one goes, so that a kill at any moment leaves one of them whole.
 */
import { join, resolve } from "node:path";
import { OWN_PATHS } from "../lib/course/mod.ts";
import { fileExists, readJsonRecord, removeUnfinished, writeAtomically } from "../lib/files/mod.ts";
import type { ScoreStatistics } from "../lib/rl/mod.ts";
import {
  checkSettings,
  MEMORY_SETTINGS,
  type Settings,
  validateSettings,
} from "../lib/settings/mod.ts";
import { type PpoState } from "../lib/ppo/mod.ts";
import { numbersIn, recordIn, switchIn, textIn } from "./json_values.ts";
import { type LogSizes, readState, type StoredState, writeState } from "./run_state.ts";

/** A SHA-256 of the content of each of the three things that a run starts from. */
export type InputDigests = Readonly<Record<typeof OWN_PATHS[number], string>>;

/** What a run was begun with: the content of `settings.json`. */
export interface RunRecord {
  /** Every setting. */
  readonly settings: Settings;
  /** Whether models and passages are the embedded ones. */
  readonly embedded: boolean;
  /** Where it computes: cpu or webgpu. */
  readonly computes_on: string;
  /** What it starts from. */
  readonly inputs: InputDigests;
  /** How scores are normalised; null: they are not. */
  readonly score_statistics: ScoreStatistics | null;
}

const recordPath = (folder: string): string => join(folder, "settings.json");

/** How a folder is shown in a command that a person types. */
export const resumeCommand = (folder: string): string =>
  `deno task train --resume ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`;

/**
 * Makes sure that a new run would write over nothing.
 *
 * @throws Error when the folder holds a run already.
 */
export async function checkNoRun(folder: string): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const found = entries.find(({ name }) =>
    /^(settings\.json|metrics\.jsonl|(checkpoint|state)-.*|events\.out\.tfevents.*)$/.test(name)
  );
  if (found === undefined) return;
  throw new Error(
    `Cannot begin a run in ${folder}: it holds one already (${found.name}); go on with it by ${
      resumeCommand(folder)
    }, or give another --output_dir`,
  );
}

/** How long a process that was killed may take to be gone, in milliseconds: one with a large model gives back much memory. */
const LAST_BREATH = 5000;

/**
 * Keeps other processes from training in the same folder until the file that it gives is closed or this process ends, however it
 * ends.
 *
 * @throws Error when another process is at it.
 */
export async function lockFolder(folder: string): Promise<Deno.FsFile> {
  await Deno.mkdir(folder, { recursive: true });
  const file = await Deno.open(join(folder, ".lock"), { create: true, write: true });
  const start = performance.now();
  while (!await file.tryLock(true)) {
    if (performance.now() - start > LAST_BREATH) {
      file.close();
      throw new Error(`Cannot train in ${folder}: another process is training there`);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return file;
}

/** Writes what the run was begun with. */
export const writeRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeAtomically(recordPath(folder), JSON.stringify(record, null, 2) + "\n", { durable: true });

/**
 * Reads what a run was begun with.
 *
 * @throws Error when the folder holds no run, or its `settings.json` is not one of a run.
 */
export async function readRecord(folder: string): Promise<RunRecord> {
  const path = recordPath(folder);
  if (!await fileExists(path)) {
    throw new Error(`Cannot resume ${folder}: it holds no run (there is no settings.json in it)`);
  }
  const record = await readJsonRecord(path);
  const settings = recordIn(record, "settings", path);
  checkSettings(settings);
  const inputs = recordIn(record, "inputs", path);
  const [train_file_path, ori_model_path, reward_model_path] = OWN_PATHS.map((name) =>
    textIn(inputs, name, path)
  );
  return {
    settings: validateSettings(settings),
    embedded: switchIn(record, "embedded", path),
    computes_on: textIn(record, "computes_on", path),
    inputs: { train_file_path, ori_model_path, reward_model_path },
    score_statistics: record.score_statistics === null
      ? null
      : numbersIn(recordIn(record, "score_statistics", path), ["mean", "deviation"], path),
  };
}

/** May change when a run is taken up: they say where and how long, not what. */
const FREE: readonly string[] = ["output_dir", "num_episodes"];
/** May change too, but then numbers agree to rounding and no longer to the bit. */
const ROUNDING: readonly string[] = ["device", "gpu_buffers", ...MEMORY_SETTINGS];

/**
 * The settings with which a run goes on, and what a person should know about them.
 *
 * @throws RangeError when a setting that matters was given another value.
 */
export function resumedSettings(
  folder: string,
  { settings, embedded }: RunRecord,
  given: Partial<Settings>,
): { settings: Settings; notes: string[] } {
  if (given.output_dir !== undefined && resolve(given.output_dir) !== resolve(folder)) {
    throw new RangeError(
      `Cannot resume ${folder} into ${given.output_dir}: a run stays in its folder`,
    );
  }
  const old = new Map<string, unknown>(Object.entries(settings));
  const changed = Object.entries(given).filter(([name, value]) => value !== old.get(name));
  const isInput = (name: string) => OWN_PATHS.some((input) => input === name); // compared by content
  const matter = changed.filter(([name]) =>
    isInput(name) ? embedded : !FREE.includes(name) && !ROUNDING.includes(name)
  );
  if (matter.length > 0) {
    const was = (name: string) => embedded && isInput(name) ? "the embedded one" : old.get(name);
    const list = matter.map(([name, value]) => `${name} ${value} (it was ${was(name)})`).join(", ");
    throw new RangeError(
      `Cannot resume ${folder} with ${list}: that would be another run; leave it away, or begin one with --output_dir`,
    );
  }
  const notes = changed.filter(([name]) => ROUNDING.includes(name)).map(([name, value]) =>
    `${name} was ${
      old.get(name)
    } and is now ${value}: from here on the numbers are the same to rounding, not to the bit`
  );
  return { settings: validateSettings({ ...settings, ...given, output_dir: folder }), notes };
}

/**
 * Makes sure that models and data are those that the run was begun with.
 *
 * @throws Error naming those that are not.
 */
export function checkSameInputs(
  folder: string,
  { wanted, found, paths }: {
    wanted: InputDigests;
    found: InputDigests;
    paths: Pick<Settings, keyof InputDigests>;
  },
): void {
  const other = OWN_PATHS.filter((name) => wanted[name] !== found[name]);
  if (other.length === 0) return;
  const list = other.map((name) => `${name} (${paths[name]})`).join(", ");
  throw new Error(`Cannot resume ${folder}: what the run was begun with has changed: ${list}`);
}

interface StateFolder {
  readonly name: string;
  readonly timestep: number;
  readonly step: number;
}

/** The folders of states, oldest first. */
async function stateFolders(folder: string): Promise<StateFolder[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.flatMap(({ name }) => {
    const [, timestep, step] = /^state-(\d+)-(\d+)$/.exec(name) ?? [];
    return timestep === undefined ? [] : [{ name, timestep: Number(timestep), step: Number(step) }];
  }).sort((a, b) => a.timestep - b.timestep || a.step - b.step);
}

/** Saves a state beside the old one, then removes that. */
export async function saveState(
  folder: string,
  state: PpoState,
  { logs }: { logs: LogSizes },
): Promise<void> {
  const name = `state-${state.timestep}-${state.actor.step}`;
  const old = await stateFolders(folder);
  if (old.at(-1)?.name !== name) await writeState(join(folder, name), { state, logs });
  for (const other of old) {
    if (other.name !== name) await Deno.remove(join(folder, other.name), { recursive: true });
  }
}

/** The newest state, and what killed writes have left removed; undefined: the run was killed before it saved one. */
export async function newestState(
  folder: string,
  options: { vocabSize: number },
): Promise<StoredState | undefined> {
  await removeUnfinished(folder);
  const newest = (await stateFolders(folder)).at(-1);
  return newest && await readState(join(folder, newest.name), options);
}
