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
import { withModels } from "../lib/course/mod.ts";
import { WriteError } from "../lib/files/mod.ts";
import { DivergenceError } from "../lib/learn/mod.ts";
import { scheduleOf, TRAIN_FLAGS } from "../lib/settings/mod.ts";
import { type CommandContext, runCommand, tellNote, type Terminal } from "./command.ts";
import { diskLine, diskPlan } from "./disk_plan.ts";
import { readFlags } from "./read_flags.ts";
import { resumeCommand } from "./run_folder.ts";
import { policyPath } from "./run_states.ts";
import { type Job, newJob, resumedJob } from "./train_job.ts";
import { comparisonLine, hoursLine, planLines, plannedRun, startLine } from "./train_plan.ts";
import { trainingProgress } from "./train_progress.ts";
import { diverged, endsEpisode, restorePolicy, save, saveActor, unwritable } from "./train_save.ts";
import { warn, watchRun } from "./train_watch.ts";

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
    await restorePolicy(job);
    for await (const row of rows) {
      logs.update(row);
      progress.update(row);
      warn(terminal, { warnings, row });
      if (endsEpisode(row, settings)) await saveActor(job, ppoStep);
      if (row.update % job.saveEvery === 0 || row.update === updates) await save(job);
    }
  } catch (error) {
    if (error instanceof DivergenceError) throw await diverged(job, error);
    if (error instanceof WriteError || !signal.aborted) throw error;
    await save(job);
    if (ppoStep > 0) await saveActor(job, ppoStep);
    const goOn = resumeCommand(settings.output_dir);
    terminal.print(`saved after optimizer step ${ppoStep}; continue with: ${goOn}`);
    throw error;
  }
  if (planned !== undefined) terminal.print(comparisonLine(planned, job.run));
  terminal.print(`done: the policy is ${policyPath(settings.output_dir, ppoStep)}`);
}

async function train({ interruptSignal, terminal }: CommandContext): Promise<void> {
  const does = "Trains a language model with PPO: the embedded one or your own.";
  const about = { command: "deno task train", does };
  const flags = readFlags(TRAIN_FLAGS, about, { args: Deno.args, terminal });
  if (flags === undefined) return;
  const { resume, save_every: _, threads, plan, strict: _strict, ...asGiven } = flags.given;
  const given = resume === undefined ? await withModels(asGiven, { tell: tellNote }) : asGiven;
  const { save_every: saveEvery, strict } = flags.values;
  const start = { given, machine: { saveEvery, threads, strict, terminal } };
  if (plan) {
    if (resume !== undefined) {
      throw new RangeError("Cannot plan a run that has begun: omit --resume");
    }
    const planned = await plannedRun(given);
    const disk = diskLine(diskPlan(planned.models, planned.settings), planned.settings.output_dir);
    const lines = [...planLines(planned), disk, await hoursLine(planned, threads)];
    return lines.forEach((line) => terminal.print(line));
  }
  if (resume?.trim() === "") throw new RangeError('Cannot resume "": give the folder of a run');
  const job = resume === undefined ? await newJob(start) : await resumedJob(resume, start);
  job.notes.forEach((note) => terminal.print(note));
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
  try {
    await trainJob(job, { signal: interruptSignal(), terminal });
  } catch (error) {
    throw error instanceof WriteError ? await unwritable(run.settings.output_dir, error) : error;
  }
}

if (import.meta.main) await runCommand(train);
