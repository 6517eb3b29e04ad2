/**
 * The folder of a PPO run: `settings.json` (how it was started), `state-T-S` (its newest state,
 * after T timesteps and S optimizer steps), `checkpoint-S` (policies as Hugging Face folders) and
 * the logs (`run_logs.ts`).
 *
 * A new state is written before the old one is removed, so one of them is complete if the process
 * is killed.
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
  withoutRemoved,
} from "../lib/settings/mod.ts";
import { type PpoState } from "../lib/ppo/mod.ts";
import { numberIn, numbersIn, recordIn, switchIn, textIn } from "./json_values.ts";
import { type LogSizes, readState, type StoredState, writeState } from "./run_state.ts";

/** The SHA-256 of each of the three inputs of a run. */
export type InputDigests = Readonly<Record<typeof OWN_PATHS[number], string>>;

/** How a run was started: the content of `settings.json`. */
export interface RunRecord {
  /** Every setting. */
  readonly settings: Settings;
  /** Whether models and passages are the embedded ones. */
  readonly embedded: boolean;
  /** The kind of device: cpu or webgpu. */
  readonly computes_on: string;
  /** CPU threads; undefined in a run of an older version. */
  readonly threads?: number | undefined;
  /** The digests of its inputs. */
  readonly inputs: InputDigests;
  /** The statistics that normalise scores; null without normalisation. */
  readonly score_statistics: ScoreStatistics | null;
}

const recordPath = (folder: string): string => join(folder, "settings.json");

/** The command that resumes the run in a folder. */
export const resumeCommand = (folder: string): string =>
  `deno task train --resume ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`;

/**
 * Checks that a new run would overwrite nothing.
 *
 * @throws {Error} If the folder already holds a run.
 */
export async function checkNoRun(folder: string): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const found = entries.find(({ name }) =>
    /^(settings\.json|metrics\.jsonl|(checkpoint|state)-.*|events\.out\.tfevents.*)$/.test(name)
  );
  if (found === undefined) return;
  throw new Error(
    `Cannot begin a run in ${folder}: it already holds one (${found.name}); continue it with ${
      resumeCommand(folder)
    }, or give another --output_dir`,
  );
}

/**
 * How long a killed process may take to release the lock, in milliseconds. One with a large model
 * frees much memory.
 */
const LAST_BREATH = 5000;

/**
 * Locks a folder against other training processes, until the returned file is closed or this
 * process ends in any way.
 *
 * @throws {Error} If another process holds the lock.
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

/** Writes how the run was started. */
export const writeRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeAtomically(recordPath(folder), JSON.stringify(record, null, 2) + "\n", { durable: true });

/**
 * Reads how a run was started. Settings of older versions get today's names.
 *
 * @throws {Error} If the folder holds no run, or its `settings.json` is not that of a run.
 */
export async function readRecord(folder: string): Promise<RunRecord> {
  const path = recordPath(folder);
  if (!await fileExists(path)) {
    throw new Error(`Cannot resume ${folder}: it holds no run (it has no settings.json)`);
  }
  const record = await readJsonRecord(path);
  const settings = withoutRemoved(recordIn(record, "settings", path));
  checkSettings(settings);
  const inputs = recordIn(record, "inputs", path);
  const [train_file_path, ori_model_path, reward_model_path] = OWN_PATHS.map((name) =>
    textIn(inputs, name, path)
  );
  return {
    settings: validateSettings(settings),
    embedded: switchIn(record, "embedded", path),
    computes_on: textIn(record, "computes_on", path),
    threads: "threads" in record ? numberIn(record, "threads", path) : undefined,
    inputs: { train_file_path, ori_model_path, reward_model_path },
    score_statistics: record.score_statistics === null
      ? null
      : numbersIn(recordIn(record, "score_statistics", path), ["mean", "deviation"], path),
  };
}

/** Settings that may change on resuming, because they do not change what is computed. */
const FREE: readonly string[] = ["output_dir", "num_episodes"];
/** Settings that may change too, but then numbers agree to rounding only, not bit for bit. */
const ROUNDING: readonly string[] = ["device", "gpu_buffers", ...MEMORY_SETTINGS];

/**
 * The settings of a resumed run, and notes on what changed.
 *
 * @throws {RangeError} If a setting that changes the results has another value.
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
  // inputs are compared by content
  const isInput = (name: string) => OWN_PATHS.some((input) => input === name);
  const matter = changed.filter(([name]) =>
    isInput(name) ? embedded : !FREE.includes(name) && !ROUNDING.includes(name)
  );
  if (matter.length > 0) {
    const was = (name: string) => embedded && isInput(name) ? "the embedded one" : old.get(name);
    const list = matter.map(([name, value]) => `${name} ${value} (it was ${was(name)})`).join(", ");
    const advice = "omit it, or begin a new run with --output_dir";
    throw new RangeError(
      `Cannot resume ${folder} with ${list}: that would be another run; ${advice}`,
    );
  }
  const notes = changed.filter(([name]) => ROUNDING.includes(name)).map(([name, value]) =>
    `${name} was ${
      old.get(name)
    } and is now ${value}: from here on, numbers agree to rounding only, not bit for bit`
  );
  const resumed = validateSettings({ ...settings, ...given, output_dir: folder });
  if (resumed.num_episodes !== settings.num_episodes && changesRate(resumed)) {
    notes.push(
      `num_episodes was ${settings.num_episodes} and is now ${resumed.num_episodes}: ` +
        "from here on, the learning rate follows the schedule of the new length",
    );
  }
  return { settings: resumed, notes };
}

/** Whether the learning rate depends on the length of the schedule. */
const changesRate = ({ lr_schedule, warmup_proportion }: Settings): boolean =>
  lr_schedule !== "constant" || warmup_proportion > 0;

/**
 * Checks that models and data are those with which the run was started.
 *
 * @throws {Error} With the names of those that changed.
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
  throw new Error(`Cannot resume ${folder}: these inputs changed since the run began: ${list}`);
}

interface StateFolder {
  readonly name: string;
  readonly timestep: number;
  readonly step: number;
}

/** The folders of states, from oldest to newest. */
async function stateFolders(folder: string): Promise<StateFolder[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.flatMap(({ name }) => {
    const [, timestep, step] = /^state-(\d+)-(\d+)$/.exec(name) ?? [];
    return timestep === undefined ? [] : [{ name, timestep: Number(timestep), step: Number(step) }];
  }).sort((a, b) => a.timestep - b.timestep || a.step - b.step);
}

/** Saves a state beside the old one, then removes the old one. */
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

/** The paths of the newest state and the newest policy of a run. */
export async function newestOf(
  folder: string,
): Promise<{ state: string | undefined; policy: string | undefined }> {
  const state = (await stateFolders(folder)).at(-1)?.name;
  const steps = (await Array.fromAsync(Deno.readDir(folder))).flatMap(({ name }) => {
    const [, step] = /^checkpoint-(\d+)$/.exec(name) ?? [];
    return step === undefined ? [] : [Number(step)];
  });
  const policy = steps.length > 0 ? `checkpoint-${Math.max(...steps)}` : undefined;
  const path = (name: string | undefined) => name && join(folder, name);
  return { state: path(state), policy: path(policy) };
}

/**
 * The newest state; undefined if the run was killed before it saved one. Removes what unfinished
 * writes have left.
 */
export async function newestState(
  folder: string,
  options: { vocabSize: number },
): Promise<StoredState | undefined> {
  await removeUnfinished(folder);
  const newest = (await stateFolders(folder)).at(-1);
  return newest && await readState(join(folder, newest.name), options);
}
