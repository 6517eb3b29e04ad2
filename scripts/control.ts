/**
 * The `control` task: PPO on CartPole, Pendulum, MountainCarContinuous and Acrobot.
 *
 *     deno task control --env CartPole-v1 --seeds 1,2,3
 *     deno task control --resume out/control/CartPole-v1
 *     deno task control --replay out/control/CartPole-v1/seed-1
 *
 * Each seed is a run in a folder and a process of its own; runs that fit on the cores train at the
 * same time. Ctrl-C saves all of them, and `--resume` continues them exactly.
 */
import { basename, join } from "node:path";
import {
  agentConfig,
  designOf,
  evaluatePolicy,
  loadPolicy,
  presetSettings,
} from "../lib/agent/mod.ts";
import { animateStates, ENV_IDS, isDrawn, makeEnv } from "../lib/control/mod.ts";
import { writeAtomically } from "../lib/files/mod.ts";
import { openDevice } from "../lib/runtime/mod.ts";
import { say } from "../lib/text/mod.ts";
import {
  CONTROL_FLAGS,
  CONTROL_PRESETS,
  CONTROL_SETTINGS,
  type ControlSettings,
  defaultsOf,
  type SettingValues,
} from "../lib/settings/mod.ts";
import { clock, type CommandContext, runCommand, secondsLeft, type Terminal } from "./command.ts";
import {
  type EvaluationResult,
  holdsControlRun,
  isFinished,
  readControlRecord,
  readPolicy,
  writeControlRecord,
} from "./control_folder.ts";
import { resultOf } from "./control_run.ts";
import { type ControlListener, runFolders } from "./control_runner.ts";
import { readFlags } from "./read_flags.ts";

type FlagValues = SettingValues<typeof CONTROL_FLAGS>;

const ABOUT = {
  command: "deno task control",
  does: {
    en: `Trains small agents with PPO: ${ENV_IDS.join(", ")}.

Defaults are those of the preset, and where it has none, those below.`,
    zh: `用 PPO 训练小型智能体：${ENV_IDS.join("、")}。

默认值取自预设；预设没有的，以下表为准。`,
  },
};

/** The settings of new runs, checked: those of the preset with the given ones. */
function settingsOf(values: FlagValues, given: Partial<FlagValues>): ControlSettings {
  const { actionSpace, observationSpace, id } = makeEnv(values.env);
  const env = ENV_IDS.find((known) => known === id) ?? "CartPole-v1";
  const preset = CONTROL_PRESETS.find((name) => name === values.preset) ?? "zoo"; // it was checked
  const own = Object.entries(given).filter(([name]) => Object.hasOwn(CONTROL_SETTINGS, name));
  const settings = {
    ...defaultsOf(CONTROL_SETTINGS),
    ...presetSettings(env, preset),
    ...Object.fromEntries(own),
  };
  designOf({ id, actionSpace, observationSpace }, agentConfig(settings)); // refuses what cannot be
  return settings;
}

/** Writes the settings of new runs, one folder for each seed. */
async function newRuns(values: FlagValues, given: Partial<FlagValues>): Promise<string[]> {
  const settings = settingsOf(values, given);
  const { env, eval_episodes, save_every } = values;
  const parent = values.output_dir || join("out", "control", env);
  const seeds = [...new Set(values.seeds.split(",").map(Number))];
  const folders = seeds.map((seed) => join(parent, `seed-${seed}`));
  for (const folder of folders) {
    if (!await holdsControlRun(folder)) continue;
    throw new Error(say({
      en: `Cannot begin a run in ${folder}: it already holds one; ` +
        `continue it with --resume ${folder}, or give another --output_dir`,
      zh: `不能在 ${folder} 开始训练：那里已有一次训练；` +
        `用 --resume ${folder} 继续，或另给一个 --output_dir`,
    }));
  }
  for (const [index, seed] of seeds.entries()) {
    await writeControlRecord(folders[index], { env, seed, eval_episodes, save_every, settings });
  }
  return folders;
}

/** The unfinished runs of a folder, which is that of one run or holds several. */
async function resumedRuns(folder: string, given: Partial<FlagValues>): Promise<string[]> {
  const others = Object.keys(given).filter((name) => name !== "resume" && name !== "jobs");
  if (others.length > 0) {
    throw new RangeError(say({
      en: `Cannot resume ${folder} with other settings: omit --${others[0]}, or begin a new run`,
      zh: `不能换用其他设置继续 ${folder}：请去掉 --${others[0]}，或开始新的训练`,
    }));
  }
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const candidates = [folder, ...entries.map(({ name }) => join(folder, name))];
  const runs: string[] = [];
  for (const candidate of candidates) if (await holdsControlRun(candidate)) runs.push(candidate);
  if (runs.length === 0) {
    throw new Error(say({
      en: `Cannot resume ${folder}: it holds no run (no settings.json)`,
      zh: `不能继续 ${folder}：其中没有训练（没有 settings.json）`,
    }));
  }
  const finished = await Promise.all(runs.map(isFinished));
  return runs.filter((_, index) => !finished[index]);
}

/** Shows the progress of runs and counts those that failed. */
function reporter(terminal: Terminal, totals: ReadonlyMap<string, number>) {
  const begin = performance.now();
  const first = new Map<string, number>(), now = new Map<string, number>();
  let failed = 0;
  const listener: ControlListener = {
    row(folder, { timesteps, ep_rew_mean }) {
      if (!first.has(folder)) first.set(folder, timesteps);
      now.set(folder, timesteps);
      const sum = (counts: ReadonlyMap<string, number>) =>
        [...counts.values()].reduce((total, count) => total + count, 0);
      const seconds = (performance.now() - begin) / 1000, left = sum(totals) - sum(now);
      const time = clock(secondsLeft([{ done: sum(now) - sum(first), seconds, left }]));
      const mean = ep_rew_mean === null ? undefined : ep_rew_mean.toFixed(1);
      const name = basename(folder), total = totals.get(folder);
      terminal.progress(say({
        en: `${name}: ${timesteps} of ${total} steps` +
          `${mean === undefined ? "" : `, return ${mean}`}, ${time} left`,
        zh: `${name}：第 ${timesteps} 步，共 ${total} 步` +
          `${mean === undefined ? "" : `，回报 ${mean}`}，剩余 ${time}`,
      }));
    },
    done: (folder, result) => terminal.print(`${folder}: ${resultText(result)}`),
    fail(folder, reason) {
      failed++;
      terminal.print(say({ en: `failed  ${folder}: ${reason}`, zh: `失败  ${folder}：${reason}` }));
    },
  };
  return { listener, failed: () => failed };
}

function resultText({ episodes, mean, std }: EvaluationResult): string {
  const result = `${mean.toFixed(2)} ± ${std.toFixed(2)}`;
  return say({
    en: `mean return ${result} over ${episodes} episodes`,
    zh: `${episodes} 个回合的平均回报：${result}`,
  });
}

async function trainRuns(
  folders: readonly string[],
  { jobs, terminal, signal }: {
    readonly jobs: number;
    readonly terminal: Terminal;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const totals = new Map<string, number>();
  for (const folder of folders) {
    totals.set(folder, (await readControlRecord(folder)).settings.total_timesteps);
  }
  const { listener, failed } = reporter(terminal, totals);
  await runFolders(folders, { jobs: jobs || navigator.hardwareConcurrency, signal, listener })
    .finally(() => {
      if (!signal.aborted) return;
      const commands = folders.map((folder) => `deno task control --resume ${folder}`);
      terminal.print(say({
        en: `saved; continue with: ${commands.join(" and ")}`,
        zh: `已保存；继续训练：${commands.join("；")}`,
      }));
    });
  if (failed() === 0) return;
  throw new Error(say({
    en: `Cannot finish ${failed()} of ${folders.length} runs: their reasons are above`,
    zh: `${folders.length} 次训练中有 ${failed()} 次未能完成：原因见上`,
  }));
}

/** Plays the policy of a run and draws its first episode. */
async function replay(folder: string, episodes: number, terminal: Terminal): Promise<void> {
  const policy = await loadPolicy(
    await openDevice("cpu", { threads: 1 }),
    await readPolicy(folder),
  );
  const { returns, states } = await evaluatePolicy(policy, { episodes });
  terminal.print(resultText(resultOf(returns)));
  if (!isDrawn(policy.env)) {
    return terminal.print(say({
      en: `${policy.env} has no drawing`,
      zh: `${policy.env} 没有图形`,
    }));
  }
  const picture = join(folder, "replay.svg");
  await writeAtomically(picture, animateStates(policy.env, states));
  const first = returns[0].toFixed(2);
  terminal.print(say({
    en: `first episode: ${picture} (return ${first}); open it in a browser`,
    zh: `第一个回合：${picture}（回报 ${first}）；请用浏览器打开`,
  }));
}

async function control({ terminal, interruptSignal }: CommandContext): Promise<void> {
  const flags = readFlags(CONTROL_FLAGS, ABOUT, { args: Deno.args, terminal });
  if (flags === undefined) return;
  const { values, given } = flags;
  if (values.replay !== "") return await replay(values.replay, values.eval_episodes, terminal);
  const signal = interruptSignal();
  const folders = values.resume === ""
    ? await newRuns(values, given)
    : await resumedRuns(values.resume, given);
  if (folders.length === 0) {
    return terminal.print(say({ en: "all runs are finished", zh: "所有训练都已完成" }));
  }
  await trainRuns(folders, { jobs: values.jobs, terminal, signal });
}

if (import.meta.main) await runCommand(control);
