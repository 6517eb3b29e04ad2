/**
 * The `train` task: PPO from the command line, with the tutorial's flags.
 *
 * Without path flags it trains the embedded models with their own settings. With
 * `--ori_model_path`, `--reward_model_path` or `--train_file_path` it trains the user's models with
 * the tutorial's defaults. `--output_dir` receives `settings.json`, the logs (`run_logs.ts`), a
 * policy `checkpoint-N` after each episode (N: optimizer steps), and the state from which
 * `--resume` continues bit for bit (`run_folder.ts`). Ctrl-C saves a checkpoint and the state, and
 * prints the command that continues. Before anything is loaded, memory settings are chosen to fit
 * (`train_plan.ts`); `--plan` prints them and stops.
 */
import { join, resolve } from "node:path";
import {
  type CourseRun,
  loadEmbedded,
  loadOwn,
  namesOwn,
  openRun,
  OWN_PATHS,
  type RunInputs,
  withModels,
} from "../lib/course/mod.ts";
import { downloadParameters, writeModelFolder } from "../lib/lm/mod.ts";
import {
  scheduleOf,
  SETTINGS,
  type Settings,
  TRAIN_FLAGS,
  validateSettings,
} from "../lib/settings/mod.ts";
import { DivergenceError } from "../lib/learn/mod.ts";
import { type Metrics, type PpoState } from "../lib/ppo/mod.ts";
import { type CommandContext, runCommand, tellNote, type Terminal } from "./command.ts";
import { dataFileOptions } from "./data_file_options.ts";
import { readFlags } from "./read_flags.ts";
import {
  checkNoRun,
  checkSameInputs,
  lockFolder,
  newestOf,
  newestState,
  readRecord,
  resumeCommand,
  resumedSettings,
  saveState,
  writeRecord,
} from "./run_folder.ts";
import { digestsOf } from "./run_inputs.ts";
import { openLogs, type RunLogs } from "./run_logs.ts";
import type { LogSizes } from "./run_state.ts";
import {
  comparisonLine,
  hoursLine,
  planLines,
  type PlannedRun,
  plannedRun,
  startLine,
} from "./train_plan.ts";
import { resumedThreads, threadsOf } from "./run_threads.ts";
import { trainingProgress } from "./train_progress.ts";
import {
  divergedRun,
  isFinite,
  requireFiniteState,
  warn,
  watchRun,
  writeDivergence,
} from "./train_watch.ts";

/** The first line of progress. */
const READING = "reading the models and the passages";

/** A run that is ready to train. */
interface Job {
  readonly run: CourseRun;
  readonly inputs: RunInputs;
  readonly logs: RunLogs;
  readonly saveEvery: number;
  /** The predicted memory; undefined for a resumed run. */
  readonly planned: PlannedRun | undefined;
  /** The state to continue from; undefined: the start. */
  readonly from: PpoState | undefined;
  /** Held open while the run trains. */
  readonly lock: Deno.FsFile;
}

/** How a run computes and reports, which are no settings of PPO. */
interface Machine {
  readonly saveEvery: number;
  /** As given; 0: one per core. */
  readonly threads: number | undefined;
  /** Refuses data files with unusable rows. */
  readonly strict: boolean;
  readonly terminal: Terminal;
}

/** Opens a new run in a folder without one. */
async function newJob(given: Partial<Settings>, machine: Machine): Promise<Job> {
  const { saveEvery, strict, terminal } = machine;
  const embedded = !namesOwn(given);
  await checkNoRun(given.output_dir ?? SETTINGS.output_dir.text);
  const planned = await plannedRun(embedded ? given : withFullPaths(given));
  const { settings } = planned;
  const threads = threadsOf(machine.threads);
  terminal.progress(READING);
  const inputs = embedded ? await loadEmbedded() : await loadOwn(settings, {
    tell: tellNote,
    data: dataFileOptions({ strict }, terminal),
  });
  const folder = settings.output_dir;
  const run = await openRun(inputs, settings, { threads, onOpening: terminal.progress });
  const lock = await lockFolder(folder);
  await writeRecord(folder, {
    settings,
    embedded,
    computes_on: run.device.kind,
    threads,
    inputs: await digestsOf(inputs),
    score_statistics: run.scoreStatistics ?? null,
  });
  const logs = await openLogs(folder, { tokenizer: inputs.tokenizer });
  return { run, inputs, logs, saveEvery, planned, from: undefined, lock };
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

/** Opens the run of a folder at its newest state. */
async function resumedJob(
  folder: string,
  given: Partial<Settings>,
  { saveEvery, threads: givenThreads, strict, terminal }: Machine,
): Promise<Job> {
  const record = await readRecord(folder);
  const { settings, notes } = resumedSettings(folder, record, given);
  const { threads, note } = resumedThreads({ recorded: record.threads, given: givenThreads });
  const lock = await lockFolder(folder);
  terminal.progress(READING);
  const read = record.embedded ? await loadEmbedded() : await loadOwn(settings, {
    tell: tellNote,
    data: dataFileOptions({ strict }, terminal),
  });
  checkSameInputs(folder, { wanted: record.inputs, found: await digestsOf(read), paths: settings });
  const inputs = { ...read, scoreStatistics: record.score_statistics ?? undefined };
  const run = await openRun(inputs, settings, { threads, onOpening: terminal.progress });
  if (note !== undefined && run.device.kind === "cpu") notes.push(note);
  notes.forEach((note) => terminal.print(note));
  const stored = await newestState(folder, { vocabSize: inputs.policy.config.vocabSize });
  const kept: LogSizes = stored?.logs ?? {};
  const logs = await openLogs(folder, { tokenizer: inputs.tokenizer, kept });
  await writeRecord(folder, { ...record, settings, computes_on: run.device.kind, threads });
  return { run, inputs, logs, saveEvery, planned: undefined, from: stored?.state, lock };
}

/**
 * Writes the current actor, with its folder's settings and the lengths of this run, which `predict`
 * reads.
 */
async function saveActor(
  { run: { ppo, device, settings }, inputs }: Job,
  ppoStep: number,
): Promise<void> {
  const weights = await downloadParameters(device, ppo.actor());
  const { config, tokenizer, settings: own } = inputs.policy;
  const { output_dir, max_len, query_len } = settings;
  const folder = join(output_dir, `checkpoint-${ppoStep}`);
  await writeModelFolder(folder, {
    config,
    weights,
    tokenizer,
    settings: { ...own, max_len, query_len },
  });
}

/** Saves everything needed to resume. */
async function save({ run, logs }: Job): Promise<void> {
  const state = await run.ppo.state({ copies: false });
  requireFiniteState(state);
  await saveState(run.settings.output_dir, state, { logs: await logs.sizes() });
}

/**
 * Saves what a run that has diverged still has, if it is finite, and gives the error that ends it.
 * If the critic diverged, the actor of this state is one step ahead. A resumed run would take that
 * step again, and then diverge at the same step of the critic, which does not depend on the actor.
 * So a run that made no whole step since it was resumed keeps the state that it has.
 */
async function diverged(job: Job, error: DivergenceError): Promise<Error> {
  const { run: { ppo, settings: { output_dir: folder } } } = job;
  const { actor, critic } = await ppo.state({ copies: false });
  const isNew = job.from === undefined ? actor.step > 0 : critic.step > job.from.critic.step;
  if (isNew && isFinite({ actor, critic })) {
    await saveActor(job, actor.step);
    await save(job);
  }
  await writeDivergence(folder, error);
  return divergedRun(error, await newestOf(folder));
}

/** Whether an episode, or the schedule, ends with this update. */
function endsEpisode({ timestep, update }: Metrics, settings: Settings): boolean {
  const { max_timesteps, update_timesteps } = settings;
  const episodes = (timesteps: number) => Math.floor(timesteps / max_timesteps);
  return episodes(timestep) > episodes(timestep - update_timesteps) ||
    update === scheduleOf(settings).updates;
}

async function trainJob(
  job: Job,
  { signal, terminal }: { signal: AbortSignal; terminal: Terminal },
) {
  const { run: { ppo, settings }, planned, logs, from } = job;
  let ppoStep = from?.actor.step ?? 0;
  const done = from?.timestep ?? 0;
  const progress = trainingProgress(terminal, { settings, timestep: done, ppoStep });
  const rows = ppo.train({
    signal,
    ...(from === undefined ? {} : { from }),
    onProgress: progress.timestep,
    onPool: logs.pool,
    onStep(report) {
      ppoStep = report.ppoStep;
      logs.step(report);
      progress.step(report);
    },
  });
  const { timesteps, updates } = scheduleOf(settings);
  if (done < timesteps) terminal.progress(`timestep ${done + 1} of ${timesteps}`);
  const warnings = await watchRun(settings.output_dir);
  try {
    for await (const row of rows) {
      logs.update(row);
      progress.update(row);
      warn(terminal, { warnings, row });
      if (endsEpisode(row, settings)) await saveActor(job, ppoStep);
      if (row.update % job.saveEvery === 0 || row.update === updates) await save(job);
    }
  } catch (error) {
    if (error instanceof DivergenceError) throw await diverged(job, error);
    if (!signal.aborted) throw error;
    if (ppoStep > 0) await saveActor(job, ppoStep);
    await save(job);
    const goOn = resumeCommand(settings.output_dir);
    terminal.print(`saved after optimizer step ${ppoStep}; continue with: ${goOn}`);
    throw error;
  }
  if (planned !== undefined) terminal.print(comparisonLine(planned, job.run));
  terminal.print(`done: the policy is ${join(settings.output_dir, `checkpoint-${ppoStep}`)}`);
}

async function train({ interruptSignal, terminal }: CommandContext): Promise<void> {
  const does = "Trains a language model with PPO: the embedded one or your own.";
  const about = { command: "deno task train", does };
  const flags = readFlags(TRAIN_FLAGS, about, { args: Deno.args, terminal });
  if (flags === undefined) return;
  const { resume, save_every: _, threads, plan, strict: _strict, ...asGiven } = flags.given;
  const given = resume === undefined ? await withModels(asGiven, { tell: tellNote }) : asGiven;
  const { save_every: saveEvery, strict } = flags.values;
  const machine = { saveEvery, threads, strict, terminal };
  if (plan) {
    if (resume !== undefined) {
      throw new RangeError("Cannot plan a run that has begun: omit --resume");
    }
    const planned = await plannedRun(given);
    return [...planLines(planned), await hoursLine(planned, threads)].forEach((line) =>
      terminal.print(line)
    );
  }
  const job = resume === undefined
    ? await newJob(given, machine)
    : await resumedJob(resume, given, machine);
  const { run, inputs, from } = job;
  terminal.print(
    `${run.prompts.length} prompts, ${run.device.description}, into ${run.settings.output_dir}`,
  );
  if (job.planned !== undefined) terminal.print(startLine(job.planned));
  if (inputs.scoreStatistics === undefined && run.scoreStatistics !== undefined) {
    const { mean, deviation } = run.scoreStatistics;
    const scores = `mean ${mean.toFixed(3)}, standard deviation ${deviation.toFixed(3)}`;
    const found = "the reward model's folder has no score statistics";
    terminal.print(`${found}; scores of the SFT model's answers: ${scores}`);
  }
  if (from !== undefined) {
    terminal.print(`continuing after timestep ${from.timestep}, optimizer step ${from.actor.step}`);
  }
  await trainJob(job, { signal: interruptSignal(), terminal });
}

if (import.meta.main) await runCommand(train);
