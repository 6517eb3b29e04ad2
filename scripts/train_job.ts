/**
 * Opens a PPO run in its folder: a new one, or one that is resumed at its newest whole state.
 *
 * A start that fails removes what it wrote, so the corrected command finds no run in its way.
 */
import { join, resolve } from "node:path";
import {
  type CourseRun,
  EMBEDDED_PATHS,
  loadOwn,
  namesOwn,
  openRun,
  OWN_PATHS,
  type RunInputs,
} from "../lib/course/mod.ts";
import { fileExists, readText } from "../lib/files/mod.ts";
import { SETTINGS, type Settings, stepsAnUpdate, validateSettings } from "../lib/settings/mod.ts";
import type { PpoState } from "../lib/ppo/mod.ts";
import { say } from "../lib/text/mod.ts";
import { tellNote, type Terminal } from "./command.ts";
import { dataFileOptions } from "./data_file_options.ts";
import { diskPlan, requireDisk } from "./disk_plan.ts";
import {
  checkNoRun,
  recoveredRecord,
  removeStart,
  requireRun,
  resumedSettings,
  runOf,
  type RunRecord,
  writeRecord,
} from "./run_folder.ts";
import { checkSameInputs, digestsOf } from "./run_inputs.ts";
import { type FolderLock, lockFolder } from "./run_lock.ts";
import { openLogs, type RunLogs } from "./run_logs.ts";
import { newestState, policySteps, statePaths } from "./run_states.ts";
import { resumedThreads, threadsOf } from "./run_threads.ts";
import { type PlannedRun, plannedRun } from "./train_plan.ts";

/** A run that is ready to train. */
export interface Job {
  readonly run: CourseRun;
  readonly inputs: RunInputs;
  readonly logs: RunLogs;
  /** The content of its `settings.json`. */
  readonly record: RunRecord;
  readonly saveEvery: number;
  /** The predicted memory; undefined for a resumed run. */
  readonly planned: PlannedRun | undefined;
  /** The state to continue from; undefined: the start. */
  readonly from: PpoState | undefined;
  /** What a user should know about the folder, as sentences. */
  readonly notes: readonly string[];
  /** Held while the run trains. */
  readonly lock: FolderLock;
}

/** How a run computes and reports, which are no settings of PPO. */
export interface Machine {
  readonly saveEvery: number;
  /** As given; 0: one per core. */
  readonly threads: number | undefined;
  /** Refuses data files with unusable rows. */
  readonly strict: boolean;
  readonly terminal: Terminal;
}

/** What the command line says about a run. */
export interface GivenRun {
  readonly given: Partial<Settings>;
  readonly machine: Machine;
}

/** The models and passages of a run. */
async function readInputs(
  settings: Settings,
  { embedded, machine: { strict, terminal } }: { embedded: boolean; machine: Machine },
): Promise<RunInputs> {
  terminal.progress(say({
    en: "reading the models and the passages",
    zh: "正在读取模型和短文",
  }));
  if (embedded) return await loadOwn(EMBEDDED_PATHS);
  const data = dataFileOptions({ strict }, terminal);
  return await loadOwn(settings, { tell: tellNote, data });
}

/** Opens a new run in a folder without one. */
export async function newJob({ given, machine }: GivenRun): Promise<Job> {
  const embedded = !namesOwn(given);
  const folder = given.output_dir ?? SETTINGS.output_dir.text;
  await checkNoRun(folder);
  const planned = await plannedRun(embedded ? given : withFullPaths(given));
  requireDisk(folder, diskPlan(planned.models, planned.settings));
  const lock = await lockFolder(folder);
  await checkNoRun(folder); // another process may have trained here until it released the lock
  try {
    const started = await startedRun(planned, { embedded, machine });
    return { ...started, saveEvery: machine.saveEvery, planned, lock };
  } catch (error) {
    await removeStart(folder);
    await lock.remove();
    throw error;
  }
}

async function startedRun(
  { settings }: PlannedRun,
  { embedded, machine }: { embedded: boolean; machine: Machine },
): Promise<Omit<Job, "saveEvery" | "planned" | "lock">> {
  const folder = settings.output_dir;
  const threads = threadsOf(machine.threads);
  const inputs = await readInputs(settings, { embedded, machine });
  const run = await openRun(inputs, settings, { threads, onOpening: machine.terminal.progress });
  const record = {
    settings,
    embedded,
    computes_on: run.device.kind,
    threads,
    inputs: await digestsOf(inputs),
    score_statistics: run.scoreStatistics ?? null,
    save_every: machine.saveEvery,
  };
  await writeRecord(folder, record);
  const logs = await openLogs(folder, { tokenizer: inputs.tokenizer });
  return { run, inputs, logs, record, from: undefined, notes: [] };
}

/**
 * The settings with absolute paths of inputs, so that a run can be resumed from any working
 * directory.
 */
function withFullPaths(given: Partial<Settings>): Partial<Settings> {
  const { train_file_path, ori_model_path, reward_model_path } = validateSettings(given);
  const paths = { train_file_path, ori_model_path, reward_model_path };
  return { ...given, ...Object.fromEntries(OWN_PATHS.map((name) => [name, resolve(paths[name])])) };
}

/** Opens a run at its newest whole state. `path` is its folder, or a policy or state of it. */
export async function resumedJob(path: string, { given, machine }: GivenRun): Promise<Job> {
  const { folder, notes } = await runOf(path);
  await requireRun(folder);
  const lock = await lockFolder(folder);
  try {
    const { record, notes: recovered } = await recoveredRecord(folder);
    const job = await continuedRun(folder, record, { given, machine });
    const { saveEvery } = machine;
    return { ...job, notes: [...notes, ...recovered, ...job.notes], saveEvery, lock };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}

async function continuedRun(
  folder: string,
  old: RunRecord,
  { given, machine }: GivenRun,
): Promise<Omit<Job, "saveEvery" | "lock">> {
  const { settings, notes } = resumedSettings(folder, old, given);
  const { threads, note } = resumedThreads({ recorded: old.threads, given: machine.threads });
  const read = await readInputs(settings, { embedded: old.embedded, machine });
  checkSameInputs(folder, { wanted: old.inputs, found: await digestsOf(read), paths: settings });
  const models = { policy: read.policy.config, reward: read.reward.config };
  requireDisk(folder, diskPlan(models, settings), await thereIn(folder));
  const inputs = { ...read, scoreStatistics: old.score_statistics ?? undefined };
  const run = await openRun(inputs, settings, { threads, onOpening: machine.terminal.progress });
  const found = await newestState(folder, { vocabSize: inputs.policy.config.vocabSize });
  if (found.stored === undefined) await requireNoneSaved(folder, old);
  const kept = found.stored?.logs ?? {};
  const logs = await openLogs(folder, { tokenizer: inputs.tokenizer, kept });
  const computes_on = run.device.kind;
  const record = { ...old, settings, computes_on, threads, save_every: machine.saveEvery };
  await writeRecord(folder, record);
  const from = found.stored?.state;
  const start = from === undefined ? [say(ANEW)] : [];
  if (note !== undefined && computes_on === "cpu") notes.push(note);
  const all = [...notes, ...found.notes, ...logs.notes, ...start];
  return { run, inputs, logs, record, planned: undefined, from, notes: all };
}

const ANEW = {
  en: "no state was saved before: training begins anew",
  zh: "之前没有保存过训练状态：从头开始训练",
};

/** The numbers of states and policies in a folder. */
const thereIn = async (folder: string) => ({
  states: (await statePaths(folder)).length,
  policies: (await policySteps(folder)).length,
});

/**
 * Checks that a run without a state was stopped before it could save one.
 *
 * @throws {Error} If its logs or policies show that it did, so its states were removed.
 */
async function requireNoneSaved(
  folder: string,
  { settings, save_every = 1 }: RunRecord,
): Promise<void> {
  const metrics = join(folder, "metrics.jsonl");
  const rows = await fileExists(metrics) ? (await readText(metrics)).split("\n").length - 1 : 0;
  const steps = Math.max(0, ...await policySteps(folder));
  const updates = Math.max(rows, Math.floor(steps / stepsAnUpdate(settings)));
  if (updates <= save_every) return;
  throw new Error(say({
    en: `Cannot resume ${folder}: it made ${updates} updates, and its states (state-T-S) are ` +
      "gone. Restore one from a backup, or begin a new run in another --output_dir",
    zh: `无法从 ${folder} 续训：它已更新 ${updates} 次，而训练状态 (state-T-S) 已不在。` +
      "请从备份恢复一个，或用另一个 --output_dir 开始新的训练",
  }));
}
