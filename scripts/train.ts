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
import { say } from "../lib/text/mod.ts";
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
  if (done < timesteps) {
    terminal.progress(say({
      en: `timestep ${done + 1} of ${timesteps}`,
      zh: `时间步 ${done + 1} / ${timesteps}`,
    }));
  }
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
    terminal.print(say({
      en: `saved after optimizer step ${ppoStep}; continue with: ${goOn}`,
      zh: `已在第 ${ppoStep} 个优化器步之后保存；续训命令：${goOn}`,
    }));
    throw error;
  }
  if (planned !== undefined) terminal.print(comparisonLine(planned, job.run));
  const policy = policyPath(settings.output_dir, ppoStep);
  terminal.print(say({ en: `done: the policy is ${policy}`, zh: `完成：策略模型在 ${policy}` }));
}

const NO_FOLDER = {
  en: 'Cannot resume "": give the folder of a run',
  zh: "无法续训：路径为空；请给出一次训练的文件夹",
};

/** What a run begins with, as lines for the terminal. */
function startLines({ run, inputs, from, planned }: Job): string[] {
  const { prompts, device, settings, scoreStatistics } = run;
  const lines = [say({
    en: `${prompts.length} prompts, ${device.description}, into ${settings.output_dir}`,
    zh: `${prompts.length} 个提示，${device.description}，写入 ${settings.output_dir}`,
  })];
  if (planned !== undefined) lines.push(startLine(planned));
  if (inputs.scoreStatistics === undefined && scoreStatistics !== undefined) {
    const [mean, std] = [scoreStatistics.mean.toFixed(3), scoreStatistics.deviation.toFixed(3)];
    lines.push(say({
      en: "the reward model's folder has no score statistics; scores of the SFT model's answers: " +
        `mean ${mean}, standard deviation ${std}`,
      zh: "奖励模型的文件夹里没有分数的统计量；SFT 模型的回答的分数：" +
        `均值 ${mean}，标准差 ${std}`,
    }));
  }
  if (from !== undefined) {
    lines.push(say({
      en: `continuing after timestep ${from.timestep}, optimizer step ${from.actor.step}`,
      zh: `从时间步 ${from.timestep}、第 ${from.actor.step} 个优化器步之后继续`,
    }));
  }
  return lines;
}

const ABOUT = {
  command: "deno task train",
  does: {
    en: "Trains a language model with PPO: the embedded one or your own.",
    zh: "用 PPO 训练语言模型：内置的模型，或你自己的模型。",
  },
};

async function train({ interruptSignal, terminal }: CommandContext): Promise<void> {
  const flags = readFlags(TRAIN_FLAGS, ABOUT, { args: Deno.args, terminal });
  if (flags === undefined) return;
  const { resume, save_every: _, threads, plan, strict: _strict, ...asGiven } = flags.given;
  const given = resume === undefined ? await withModels(asGiven, { tell: tellNote }) : asGiven;
  const { save_every: saveEvery, strict } = flags.values;
  const start = { given, machine: { saveEvery, threads, strict, terminal } };
  if (plan) {
    if (resume !== undefined) {
      throw new RangeError(say({
        en: "Cannot plan a run that has begun: omit --resume",
        zh: "不能为已经开始的训练做预计：请去掉 --resume",
      }));
    }
    const planned = await plannedRun(given);
    const disk = diskLine(diskPlan(planned.models, planned.settings), planned.settings.output_dir);
    const lines = [...planLines(planned), disk, await hoursLine(planned, threads)];
    return lines.forEach((line) => terminal.print(line));
  }
  if (resume?.trim() === "") throw new RangeError(say(NO_FOLDER));
  const job = resume === undefined ? await newJob(start) : await resumedJob(resume, start);
  job.notes.forEach((note) => terminal.print(note));
  startLines(job).forEach((line) => terminal.print(line));
  try {
    await trainJob(job, { signal: interruptSignal(), terminal });
  } catch (error) {
    const folder = job.run.settings.output_dir;
    throw error instanceof WriteError ? await unwritable(folder, error) : error;
  }
}

if (import.meta.main) await runCommand(train);
