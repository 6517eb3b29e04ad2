/**
 * The `sweep` task: PPO on the embedded models with every combination of some settings.
 *
 *     deno task sweep --kl_coef 0,0.02,0.2 --lam 0.9,0.95,1 --seed 1,2,3 --output out/sweep.jsonl
 *
 * Each combination is a trial in a process of its own. Cores and memory limit how many run at once.
 * The output file holds the finished trials, with one line of JSON per update. The same command
 * again runs only what is missing. A trial that fails or diverges does not end the others; its
 * reason is printed, and the exit code is 1. `--ray ADDRESS` runs the trials as tasks of a Ray
 * cluster.
 */
import { dirname, resolve } from "node:path";
import {
  combinations,
  namesOwn,
  pathOf,
  readSweep,
  stillToRun,
  type SweepRow,
  sweepText,
  type Trial,
  trialName,
  trialSettings,
} from "../lib/course/mod.ts";
import { fileExists, readJsonRecord, writeAtomically } from "../lib/files/mod.ts";
import {
  defaultOf,
  parseFlags,
  scheduleOf,
  SETTINGS,
  type SettingSpec,
  type SettingTable,
  SWEEP_FLAGS,
} from "../lib/settings/mod.ts";
import { readPassages } from "../lib/passages/mod.ts";
import { say, titled } from "../lib/text/mod.ts";
import { clock, type CommandContext, runCommand, secondsLeft, type Terminal } from "./command.ts";
import { readFlags } from "./read_flags.ts";
import { type Listener, runHere, runOnRay } from "./sweep_runners.ts";

/** The settings of PPO as text, because each may be a list. */
const LISTS: SettingTable = Object.fromEntries(
  Object.entries<SettingSpec>(SETTINGS).map(([name, spec]) => {
    const value = { text: String(defaultOf(spec)) };
    return [
      name,
      "help" in spec ? { ...value, help: spec.help } : { ...value, advanced: spec.advanced },
    ];
  }),
);

/**
 * Peak memory in MiB of one trial on the embedded models with the judge. The measured peak is 460
 * MiB.
 */
const EMBEDDED_NEED = 600;

/** Reads the list of one setting; each value means what it means for `deno task train`. */
function valuesOf(name: string, list: string): unknown[] {
  return list.split(",").map((text) => {
    const { given } = parseFlags(SETTINGS, { args: [`--${name}`, text.trim()] });
    return new Map(Object.entries(given)).get(name);
  });
}

/** A trial and the number of its updates. */
interface Planned {
  readonly trial: Trial;
  readonly updates: number;
}

/** All combinations of the given lists, each checked as a whole. */
async function trialsOf(given: Readonly<Record<string, string>>): Promise<Planned[]> {
  const lists = Object.fromEntries(
    Object.entries(given).map(([name, list]) => [name, valuesOf(name, list)]),
  );
  const own = await readJsonRecord(pathOf("models/sft_model/settings.json"));
  const trials: Trial[] = combinations(lists);
  return trials.map((trial) => ({ trial, updates: scheduleOf(trialSettings(trial, own)).updates }));
}

/** The plan of a sweep. */
interface Plan {
  readonly output: string;
  /** Rows that are already in the file. */
  readonly finished: readonly SweepRow[];
  /** Trials to run. */
  readonly planned: readonly Planned[];
}

/** A listener that counts the trials that failed. */
interface Collector extends Listener {
  /** The number of trials that failed. */
  failed(): number;
}

/** The last update of a trial: `mean_reward 7.1, KL 2.3, gold 61.2 %`. */
function resultOf(last: SweepRow | undefined): string {
  const gold = last?.gold?.toFixed(1);
  const [en, zh] = gold === undefined ? ["", ""] : [`, gold ${gold} %`, `，标准裁判 ${gold} %`];
  return say({
    en: `mean_reward ${last?.mean_reward}, KL ${last?.kl}${en}`,
    zh: `平均奖励 ${last?.mean_reward}，KL ${last?.kl}${zh}`,
  });
}

/** Collects rows. Only finished trials are written to the file, in the order of the trials. */
function collect({ output, finished, planned }: Plan, terminal: Terminal): Collector {
  let failed = 0;
  const running = new Map<number, SweepRow[]>();
  const ended = new Map<number, readonly SweepRow[]>();
  const start = performance.now();
  const total = planned.reduce((sum, { updates }) => sum + updates, 0);
  let done = 0;
  return {
    failed: () => failed,
    fail(index, reason) {
      failed++;
      running.delete(index); // half a trial is not written
      const name = trialName(planned[index].trial);
      terminal.print(say({ en: `failed  ${name}: ${reason}`, zh: `失败  ${name}：${reason}` }));
    },
    row(index, row) {
      running.set(index, [...running.get(index) ?? [], row]);
      const seconds = (performance.now() - start) / 1000;
      const left = secondsLeft([{ done: ++done, seconds, left: total - done }]);
      const trials = planned.length;
      terminal.progress(say({
        en: `${done} of ${total} updates, ${ended.size} of ${trials} trials, ${clock(left)} left`,
        zh: `更新 ${done} / ${total}，试验 ${ended.size} / ${trials}，还需 ${clock(left)}`,
      }));
    },
    async end(index) {
      const rows = running.get(index) ?? [];
      ended.set(index, rows);
      await writeAtomically(output, sweepText(finished, ended));
      const share = say({
        en: `${ended.size} of ${planned.length}`,
        zh: `${ended.size} / ${planned.length}`,
      });
      const result = resultOf(rows.at(-1));
      terminal.print(`${share}  ${titled(trialName(planned[index].trial), result)}`);
    },
  };
}

const ABOUT = {
  command: "deno task sweep",
  does: {
    en: `Trains with every combination of comma-separated settings: --kl_coef 0,0.2 --seed 1,2,3.

The rows of a trial are written when it finishes. You can stop at any time, and the same command
then runs the missing trials. Settings are read from flags, not from environment variables. With
--ray, every machine in the cluster needs Deno or Node.js, and this project in the same folder
(--ray_folder).`,
    zh: `用逗号分隔的设置的每一种组合训练：--kl_coef 0,0.2 --seed 1,2,3。

每个试验完成时写出它的各行。可以随时停止，再次运行同一命令会补上缺少的试验。
设置只从参数读取，不从环境变量读取。使用 --ray 时，集群中的每台机器都需要
Deno 或 Node.js，并且在同一文件夹中有本项目 (--ray_folder)。`,
  },
  usesEnvironment: false,
};

async function sweep(args: string[], { terminal, interruptSignal }: CommandContext): Promise<void> {
  const flags = readFlags({ ...SWEEP_FLAGS, ...LISTS }, ABOUT, { args, terminal });
  if (flags === undefined) return;
  const { output, judged, threads, jobs, ray, ray_folder, python } = flags.values;
  const lists = Object.entries(flags.given).filter(([name]) => !Object.hasOwn(SWEEP_FLAGS, name));
  const all = await trialsOf(Object.fromEntries(lists.map(([name, list]) => [name, String(list)])));
  using _alone = await onlyWriter(output);
  const rows = await fileExists(output) ? await readSweep(output) : [];
  const { finished, trials } = stillToRun(all.map(({ trial }) => trial), { rows, judged });
  const planned = all.filter(({ trial }) => trials.includes(trial));
  terminal.print(say({
    en: `${planned.length} of ${all.length} trials to run; rows go to ${output}`,
    zh: `${all.length} 个试验中有 ${planned.length} 个要运行；结果写入 ${output}`,
  }));
  if (planned.length === 0) return;
  if (ray === "") await reportData(trials, terminal);
  const listener = collect({ output, finished, planned }, terminal);
  const signal = interruptSignal();
  const work = { trials, judged, threads, signal, listener };
  const need = trials.some(namesOwn) ? undefined : EMBEDDED_NEED;
  const run = ray === ""
    ? runHere(work, { jobs, need })
    : runOnRay(work, { address: ray, folder: ray_folder || pathOf("."), python });
  await run.finally(() => {
    if (signal.aborted) {
      terminal.print(say({
        en: `finished trials are in ${output}; the same command continues from there`,
        zh: `已完成的试验在 ${output} 中；再次运行同一命令会从那里继续`,
      }));
    }
  });
  if (listener.failed() > 0) throw failure(listener.failed(), { planned, output });
}

/** The error at the end of a sweep in which some trials failed; the reasons were printed. */
function failure(failed: number, { planned, output }: Pick<Plan, "planned" | "output">): Error {
  const [en, zh] = failed < planned.length
    ? [` the others are in ${output},`, `其余的在 ${output} 中；`]
    : ["", ""];
  return new Error(say({
    en: `Cannot finish ${failed} of ${planned.length} trials: their reasons are above,${en} ` +
      "and the same command runs them again",
    zh: `${planned.length} 个试验中有 ${failed} 个没有完成：原因见上；${zh}` +
      "再次运行同一命令会重做失败的试验",
  }));
}

/** Reads each data file of the trials once, and reports what it holds and what is left out. */
async function reportData(trials: readonly Trial[], { print }: Terminal): Promise<void> {
  const paths = new Set(trials.flatMap(({ train_file_path }) => train_file_path ?? []));
  for (const path of paths) await readPassages(path, { tell: print });
}

/**
 * Locks the output file against other sweeps until disposed of. The system releases the lock when
 * the process ends in any way.
 *
 * @throws {Error} If another sweep holds the lock.
 */
async function onlyWriter(output: string): Promise<Disposable> {
  const path = `${output}.lock`;
  await Deno.mkdir(dirname(resolve(output)), { recursive: true });
  const file = await Deno.open(path, { create: true, write: true });
  if (!await file.tryLock(true)) {
    file.close();
    throw new Error(say({
      en: `Cannot write ${output}: another sweep is writing it now`,
      zh: `无法写入 ${output}：另一个扫描正在写它`,
    }));
  }
  return {
    [Symbol.dispose]: () => {
      Deno.removeSync(path);
      file.close();
    },
  };
}

if (import.meta.main) await runCommand((context) => sweep(Deno.args, context));
