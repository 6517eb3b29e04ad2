/**
 * The folder of a PPO run: `settings.json` (how it was started), `state-T-S` (its newest states,
 * `run_states.ts`), `checkpoint-S` (policies as Hugging Face folders, after S optimizer steps) and
 * the logs (`run_logs.ts`).
 */
import { basename, dirname, join, resolve } from "node:path";
import { OWN_PATHS } from "../lib/course/mod.ts";
import {
  checksumOf,
  DamageError,
  failToWrite,
  fileExists,
  readJsonRecord,
  verifyChecksums,
  writeAtomically,
} from "../lib/files/mod.ts";
import type { ScoreStatistics } from "../lib/rl/mod.ts";
import {
  checkSettings,
  MEMORY_SETTINGS,
  type Settings,
  validateSettings,
  withoutRemoved,
} from "../lib/settings/mod.ts";
import { say, type Text } from "../lib/text/mod.ts";
import { numberIn, numbersIn, recordIn, switchIn, textIn } from "./json_values.ts";
import { statePaths } from "./run_states.ts";
import { roundingNote } from "./run_threads.ts";

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
  /** Updates between saved states; undefined in a record of version 0.1.0. */
  readonly save_every: number | undefined;
}

/** The file in a run's folder that says how it was started. */
export const recordPath = (folder: string): string => join(folder, "settings.json");

/** The command that resumes the run in a folder. */
export const resumeCommand = (folder: string): string =>
  `deno task train --resume ${/^[\w./-]+$/.test(folder) ? folder : JSON.stringify(folder)}`;

/** The names of files and folders that belong to a run. */
const OF_RUN = /^(settings\.json|metrics\.jsonl|(checkpoint|state)-.*|events\.out\.tfevents.*)$/;

/** Removes what a start wrote that failed before it trained. Its folder held no run before. */
export async function removeStart(folder: string): Promise<void> {
  for (const { name } of await Array.fromAsync(Deno.readDir(folder))) {
    if (OF_RUN.test(name)) await Deno.remove(join(folder, name), { recursive: true });
  }
}

/**
 * Checks that a new run would overwrite nothing.
 *
 * @throws {Error} If the folder already holds a run.
 * @throws {WriteError} If no folder can be there.
 */
export async function checkNoRun(folder: string): Promise<void> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch((cause: unknown) => {
    if (cause instanceof Deno.errors.NotFound) return [];
    return failToWrite(folder)(cause);
  });
  const found = entries.find(({ name }) => OF_RUN.test(name));
  if (found === undefined) return;
  const goOn = resumeCommand(folder);
  throw new Error(say({
    en: `Cannot begin a run in ${folder}: it already holds one (${found.name}); ` +
      `continue it with ${goOn}, or give another --output_dir`,
    zh: `无法在 ${folder} 中开始训练：那里已有一次训练（${found.name}）；` +
      `用 ${goOn} 续训，或另给一个 --output_dir`,
  }));
}

/** Writes how the run was started, with a checksum. */
export const writeRecord = (folder: string, record: RunRecord): Promise<void> =>
  writeAtomically(
    recordPath(folder),
    JSON.stringify({ ...record, crc32: checksumOf(JSON.stringify(record)) }, null, 2) + "\n",
    { durable: true },
  );

const isRunPart = /^(checkpoint-\d+|state-\d+-\d+(\.damaged)?)$/;

/**
 * The folder of the run that a path means: the path itself or, for the path of one of the run's
 * policies or states, the folder around it, with a note.
 */
export async function runOf(path: string): Promise<{ folder: string; notes: string[] }> {
  const folder = dirname(resolve(path));
  if (!isRunPart.test(basename(resolve(path))) || !await holdsRun(folder)) {
    return { folder: path, notes: [] };
  }
  const note = say({
    en: `${path} belongs to the run in ${folder}, which continues`,
    zh: `${path} 属于 ${folder} 中的训练，现在继续这次训练`,
  });
  return { folder, notes: [note] };
}

/** Whether a folder holds a model, whose `settings.json` is of another kind. */
const holdsModel = (folder: string): Promise<boolean> => fileExists(join(folder, "config.json"));

/** Whether a folder has the record of a run, or a state with a copy of it. */
async function holdsRun(folder: string): Promise<boolean> {
  if (await fileExists(recordPath(folder)) && !await holdsModel(folder)) return true;
  const states = await statePaths(folder).catch(() => []);
  return (await Promise.all(states.map((state) => fileExists(recordPath(state))))).includes(true);
}

const noRun = (folder: string): Text => ({
  en: `Cannot resume ${folder}: it holds no run (it has no settings.json)`,
  zh: `无法从 ${folder} 续训：其中没有训练（没有 settings.json）`,
});

/**
 * Checks that there is something to resume.
 *
 * @throws {Error} If the folder holds no run.
 */
export async function requireRun(folder: string): Promise<void> {
  if (await holdsRun(folder)) return;
  throw new Error(say(
    await holdsModel(folder)
      ? {
        en: `Cannot resume ${folder}: it is a model. Give the folder of a run, which has the ` +
          "states to continue from, or begin a new run from this model with " +
          `--ori_model_path ${folder}`,
        zh: `无法从 ${folder} 续训：它是一个模型。请给出一次训练的文件夹，其中有可供续训的状态；` +
          `或用 --ori_model_path ${folder} 从这个模型开始新的训练`,
      }
      : noRun(folder),
  ));
}

/**
 * Reads how a run was started, from the run's folder or, if the file there is missing or damaged,
 * from its newest whole state, with a note.
 *
 * @throws {Error} If none can be read; the message is about the file in the run's folder.
 */
export async function recoveredRecord(
  folder: string,
): Promise<{ record: RunRecord; notes: string[] }> {
  try {
    return { record: await readRecord(folder), notes: [] };
  } catch (error) {
    for (const state of await statePaths(folder)) {
      const record = await verifyChecksums(state).then(() => readRecord(state)).catch(() => {});
      if (record === undefined) continue;
      const there = await fileExists(recordPath(folder));
      const reason = there && error instanceof Error
        ? error.message
        : say({ en: "settings.json is missing", zh: "没有 settings.json" });
      const note = say({
        en: `${reason}; using the copy in ${state}`,
        zh: `${reason}；改用 ${state} 中的副本`,
      });
      return { record, notes: [note] };
    }
    throw error;
  }
}

/**
 * Reads how a run was started. Settings of older versions get today's names.
 *
 * @throws {Error} If the folder holds no run, or its `settings.json` is not that of a run.
 */
export async function readRecord(folder: string): Promise<RunRecord> {
  const path = recordPath(folder);
  if (!await fileExists(path)) {
    throw new Error(say(noRun(folder)));
  }
  const { crc32, ...record } = await readJsonRecord(path);
  if (crc32 !== undefined && crc32 !== checksumOf(JSON.stringify(record))) {
    throw new DamageError(say({
      en: `Cannot use ${path}: it is not as it was written (its crc32 does not match)`,
      zh: `不能使用 ${path}：内容与写入时不同（crc32 不符）`,
    }));
  }
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
    save_every: record.save_every === undefined ? undefined : numberIn(record, "save_every", path),
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
    throw new RangeError(say({
      en: `Cannot resume ${folder} into ${given.output_dir}: a run stays in its folder`,
      zh: `无法把 ${folder} 续训到 ${given.output_dir}：训练要留在自己的文件夹里`,
    }));
  }
  const old = new Map<string, unknown>(Object.entries(settings));
  const changed = Object.entries(given).filter(([name, value]) => value !== old.get(name));
  // inputs are compared by content
  const isInput = (name: string) => OWN_PATHS.some((input) => input === name);
  const matter = changed.filter(([name]) =>
    isInput(name) ? embedded : !FREE.includes(name) && !ROUNDING.includes(name)
  );
  if (matter.length > 0) {
    const isEmbedded = (name: string) => embedded && isInput(name);
    const list = matter.map(([name, value]) =>
      say({
        en: `${name} ${value} (it was ${isEmbedded(name) ? "the embedded one" : old.get(name)})`,
        zh: `${name} ${value}（原来是${isEmbedded(name) ? "内置的" : ` ${old.get(name)}`}）`,
      })
    );
    throw new RangeError(say({
      en: `Cannot resume ${folder} with ${list.join(", ")}: that would be another run; ` +
        "omit it, or begin a new run with --output_dir",
      zh: `无法续训 ${folder}：给出的 ${list.join("、")}会使它成为另一次训练；` +
        "请去掉它，或用 --output_dir 开始新的训练",
    }));
  }
  const { num_episodes: episodes = settings.num_episodes } = given;
  if (episodes < settings.num_episodes) {
    throw new RangeError(say({
      en: `Cannot resume ${folder} with num_episodes ${episodes}: the run has ` +
        `${settings.num_episodes}, and can only be made longer; omit it, stop the run with ` +
        "Ctrl-C when it has trained enough, or begin a new run with --output_dir",
      zh: `无法用 num_episodes ${episodes} 续训 ${folder}：这次训练是 ` +
        `${settings.num_episodes}，只能加长；请去掉它，在训练足够时按 Ctrl-C 停止，` +
        "或用 --output_dir 开始新的训练",
    }));
  }
  const notes = changed.filter(([name]) => ROUNDING.includes(name))
    .map(([name, value]) => roundingNote(name, old.get(name), value));
  const resumed = validateSettings({ ...settings, ...given, output_dir: folder });
  if (resumed.num_episodes !== settings.num_episodes && changesRate(resumed)) {
    const [was, is] = [settings.num_episodes, resumed.num_episodes];
    notes.push(say({
      en: `num_episodes was ${was} and is now ${is}: ` +
        "from here on, the learning rate follows the schedule of the new length",
      zh: `num_episodes 原来是 ${was}，现在是 ${is}：从这里起，学习率按新的长度变化`,
    }));
  }
  return { settings: resumed, notes };
}

/** Whether the learning rate depends on the length of the schedule. */
const changesRate = ({ lr_schedule, warmup_proportion }: Settings): boolean =>
  lr_schedule !== "constant" || warmup_proportion > 0;
