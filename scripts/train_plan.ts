/**
 * Predicts the memory and the time of a PPO run before its models are loaded.
 *
 * On the CPU, whose memory the run shares with other programs, memory settings are chosen to fit.
 * On a GPU they stay as given, and the memory of its arrays is predicted.
 */
import { EMBEDDED_PATHS, namesOwn, peakMemory, runSettings } from "../lib/course/mod.ts";
import { readModelSizes } from "../lib/lm/mod.ts";
import { checkFrozenType, fittingSettings } from "../lib/ppo/mod.ts";
import {
  deviceLedger,
  heldBytes,
  type KnownRun,
  LEDGER_COLUMNS,
  type LedgerRow,
  type MachineSpeed,
  type MemoryPlan,
  memoryPlan,
  memoryText,
  type ModelShapes,
  peakBytes,
  runWork,
  workSeconds,
} from "../lib/memory/mod.ts";
import { type Settings, validateSettings } from "../lib/settings/mod.ts";
import { chooseDevice, type Device, float, jit, openDevice, zeros } from "../lib/runtime/mod.ts";
import { dot } from "../lib/tensor/mod.ts";
import { columnName, say, type Text, titled } from "../lib/text/mod.ts";
import { freeMemory } from "./free_memory.ts";
import { promptLengths } from "./prompt_lengths.ts";
import { threadsOf } from "./run_threads.ts";

/** A run before anything of it is loaded. */
export interface PlannedRun {
  /** The sizes of its models. */
  readonly models: ModelShapes;
  /** The predicted memory. */
  readonly memory: MemoryPlan | GpuMemory;
  /** The settings of the run, given and chosen. */
  readonly settings: Settings;
}

/** The predicted memory of a run on a GPU. */
export interface GpuMemory {
  /** The GPU. */
  readonly gpu: Device;
  /** Bytes by phase; the column `runtime` is 0. */
  readonly ledger: readonly LedgerRow[];
}

const GIB = 2 ** 30;

/**
 * The share of free memory that a run may use by default. The rest is for reading files and for
 * other programs.
 */
const SHARE_OF_FREE = 0.8;

/**
 * Plans a run from its settings, the `config.json` of its models and the lengths of its prompts.
 *
 * @throws {RangeError} If the run cannot fit (with settings that would), or the device cannot store
 * frozen models in `frozen_dtype`.
 */
export async function plannedRun(given: Partial<Settings>): Promise<PlannedRun> {
  const { models, settings, paths } = await sizesAndSettings(given);
  const device = await chooseDevice(settings.device, {
    warn: () => {},
    buffers: settings.gpu_buffers,
  }); // the GPU may be missing; the run warns later
  checkFrozenType(settings, device);
  const processBytes = Deno.memoryUsage().rss; // with the drivers that looking for a GPU has loaded
  const known = { ...models, promptLengths: await promptLengths({ ...settings, ...paths }) };
  if (device.kind !== "cpu") {
    return { models, settings, memory: gpuMemory(device, known, settings) };
  }
  const plan = memoryPlan({ ...known, processBytes }, settings, {
    budget: budgetOf(settings),
    given: Object.keys(given),
  });
  return { models, settings: plan.settings, memory: plan };
}

/** What a run consists of: the given paths, or the embedded models and data. */
async function sizesAndSettings(given: Partial<Settings>) {
  const own = namesOwn(given) ? validateSettings(given) : undefined;
  const paths = own ?? EMBEDDED_PATHS;
  const policy = await readModelSizes(paths.ori_model_path);
  const reward = await readModelSizes(paths.reward_model_path);
  const models: ModelShapes = { policy: policy.config, reward: reward.config };
  const { ori_model_path, train_file_path } = paths;
  const settings = own ?? runSettings(policy, given);
  return { models, settings, paths: { ori_model_path, train_file_path } };
}

/** The memory with passes that fit the GPU's buffers. */
function gpuMemory(gpu: Device, run: KnownRun, settings: Settings): GpuMemory {
  const fitting = fittingSettings({ device: gpu, policy: { config: run.policy }, settings });
  return { gpu, ledger: deviceLedger(run, fitting) };
}

/**
 * The budget in bytes: the given one, or most of the free memory and of what this process already
 * holds.
 */
const budgetOf = ({ memory_gib }: Settings): number =>
  memory_gib > 0 ? memory_gib * GIB : SHARE_OF_FREE * (freeMemory() + Deno.memoryUsage().rss);

const PHASES: Readonly<Record<LedgerRow["phase"], Text>> = {
  generate: { en: "generate answers", zh: "生成回答" },
  score: { en: "score them", zh: "给回答评分" },
  measure: { en: "measure the KL", zh: "测量 KL" },
  update: { en: "update", zh: "更新" },
};

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);

/** The columns that a text takes in a terminal, where a Han character takes two. */
const widthOf = (text: string): number =>
  text.length + (text.match(/\p{Script=Han}/gu)?.length ?? 0);

/** The table of a ledger, in MiB. */
export function ledgerLines(ledger: readonly LedgerRow[]): string[] {
  const rows = [
    ["MiB", ...LEDGER_COLUMNS.map(columnName), say({ en: "together", zh: "合计" })],
    ...ledger.map((row) => [
      say(PHASES[row.phase]),
      ...LEDGER_COLUMNS.map((column) => mebibytes(row[column])),
      mebibytes(row.total),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => widthOf(row[column]))));
  const padding = (text: string, column: number) => " ".repeat(widths[column] - widthOf(text));
  return rows.map((row) =>
    row.map((text, column) =>
      column === 0 ? text + padding(text, column) : padding(text, column) + text
    ).join("  ")
  );
}

/** The memory table and the chosen settings, as lines of text. */
export function planLines({ memory }: PlannedRun): string[] {
  if ("gpu" in memory) return gpuLines(memory);
  const { ledger, peak, budget } = memory;
  const choices = chosenFlags(memory);
  return [
    ...ledgerLines(ledger),
    say({
      en: `predicted peak ${memoryText(peak)} of a budget of ${memoryText(budget)}`,
      zh: `预计峰值 ${memoryText(peak)}，预算 ${memoryText(budget)}`,
    }),
    say(
      choices === ""
        ? { en: "the settings fit as given", zh: "按给定的设置放得下" }
        : { en: `chosen to fit: ${choices}`, zh: `为放得下而自动选择：${choices}` },
    ),
  ];
}

const chosenFlags = ({ chosen, settings }: MemoryPlan): string =>
  chosen.map((name) => `--${name} ${settings[name]}`).join(" ");

const TOO_LARGE = {
  en: "this exceeds the GPU's memory; reduce --micro_batch_size or --blocks_per_program",
  zh: "超出了 GPU 的显存；请调小 --micro_batch_size 或 --blocks_per_program",
};
const AS_GIVEN = {
  en: "the settings stay as given: nothing is chosen automatically for a GPU",
  zh: "设置保持不变：在 GPU 上不会自动选择任何设置",
};

function gpuLines({ gpu, ledger }: GpuMemory): string[] {
  const has = gpu.adapter?.memoryBytes; // its name and limits are printed when it is opened
  const peak = peakBytes(ledger);
  const [en, zh] = has === undefined
    ? [" (the memory of the GPU is unknown)", "（GPU 的显存大小未知）"]
    : [` of ${memoryText(has)} on the GPU`, `，GPU 显存 ${memoryText(has)}`];
  const held = memoryText(heldBytes(ledger));
  return [
    ...ledgerLines(ledger),
    say({
      en: `predicted peak ${memoryText(peak)}${en}: ${held} in arrays between programs, ` +
        "the rest inside programs",
      zh: `预计峰值 ${memoryText(peak)}${zh}：其中 ${held} 是程序之间的数组，其余在程序内部`,
    }),
    say(has !== undefined && peak > has ? TOO_LARGE : AS_GIVEN),
  ];
}

/** The line about memory at the start of a run. */
export function startLine({ memory }: PlannedRun): string {
  if ("gpu" in memory) {
    const [held, peak] = [heldBytes, peakBytes].map((bytes) => memoryText(bytes(memory.ledger)));
    return say({
      en:
        `memory: ${held} predicted in arrays on the GPU, ${peak} including the inside of programs`,
      zh: `显存：预计 GPU 上的数组占 ${held}，连同程序内部共 ${peak}`,
    });
  }
  const choices = chosenFlags(memory);
  const peak = memoryText(memory.peak);
  return say({
    en: `memory: ${peak} predicted${choices === "" ? "" : `, with ${choices}`}`,
    zh: `内存：预计 ${peak}${choices === "" ? "" : `，设置 ${choices}`}`,
  });
}

/** The line at the end of a run: predicted and measured peak memory. */
export function comparisonLine({ memory }: PlannedRun, { device }: { device: Device }): string {
  const isGpu = "gpu" in memory;
  const predicted = memoryText(isGpu ? heldBytes(memory.ledger) : memory.peak);
  const measured = memoryText(isGpu ? device.usage().peakBytes : peakMemory() * 2 ** 20);
  const what = isGpu
    ? { en: "peak of arrays on the GPU", zh: "GPU 上数组的峰值" }
    : { en: "peak memory", zh: "内存峰值" };
  return titled(
    say(what),
    say({
      en: `predicted ${predicted}, measured ${measured}`,
      zh: `预计 ${predicted}，实测 ${measured}`,
    }),
  );
}

/** Estimates the time of the whole run from the speed of this machine, measured for a second. */
export async function hoursLine(
  { models, memory, settings }: PlannedRun,
  threads?: number,
): Promise<string> {
  const cpu = () => openDevice("cpu", { threads: threadsOf(threads) });
  const speed = await machineSpeed("gpu" in memory ? memory.gpu : await cpu());
  const seconds = workSeconds(runWork(models, settings), speed);
  const gigaflops = Number((speed.products / 1e9).toPrecision(2));
  return say({
    en: `about ${duration(seconds)} if all texts have the maximum length, ` +
      `at a measured ${gigaflops} GFLOP/s of matrix products`,
    zh: `如果所有文本都达到最大长度，约需 ${duration(seconds)}` +
      `（实测矩阵乘法速度 ${gigaflops} GFLOP/s）`,
  });
}

/** "40 s", "5 minutes", "52.0 hours" */
function duration(seconds: number): string {
  if (seconds < 60) {
    return say({ en: `${Math.ceil(seconds)} s`, zh: `${Math.ceil(seconds)} 秒` });
  }
  const [minutes, hours] = [Math.round(seconds / 60), (seconds / 3600).toFixed(1)];
  return say(
    seconds < 3600
      ? { en: `${minutes} minutes`, zh: `${minutes} 分钟` }
      : { en: `${hours} hours`, zh: `${hours} 小时` },
  );
}

/** Rows of a product for whole texts, and of one for a single token of each answer. */
const MANY = 1024, FEW = 16;

/** The size of a weight in GPT-2 base's feed-forward layers. */
const INNER = 768, OUTER = 3072;

/** The speed of two kinds of products, measured for half a second each. */
async function machineSpeed(device: Device): Promise<MachineSpeed> {
  const spec = {
    x: float({ row: -1, inner: INNER }),
    weight: float({ inner: INNER, outer: OUTER }),
  };
  const program = await jit(device, spec, ({ x, weight }) => ({ y: dot(x, weight, "inner") }), {
    toHost: ["y"],
  });
  const weight = await device.upload(zeros([INNER, OUTER]));
  const speedOf = async (rows: number): Promise<number> => {
    const feeds = { x: await device.upload(zeros([rows, INNER])), weight };
    await program(feeds); // the first call allocates its arrays
    const start = performance.now();
    let calls = 0;
    for (; performance.now() - start < 500; calls++) await device.read((await program(feeds)).y);
    return calls * 2 * rows * INNER * OUTER / ((performance.now() - start) / 1000);
  };
  const speed = { products: await speedOf(MANY), tokens: await speedOf(FEW) };
  await program.release();
  return speed;
}
