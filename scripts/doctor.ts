/**
 * `deno task doctor RUN`: reads the metrics of a PPO run and names the likely causes of what is
 * unusual in them, the likeliest first, each with its evidence and advice.
 *
 * RUN is the folder of a run, or a log: `metrics.jsonl` of this project, JSON lines of verl or
 * OpenRLHF, the `trainer_state.json` of TRL. Several runs may be given. The settings of a run of
 * this project (`settings.json`) are shown where they matter; the diagnosis does not depend on
 * them. ONNX Runtime is not loaded. The command may read files and the variables INIT_CWD, LANG and
 * PPO_LANG, and nothing else.
 */
import { join } from "node:path";
import { diagnose, type Divergence, readRunLog, report, type RunLog } from "../lib/doctor/mod.ts";
import { isRecord, readJsonRecord } from "../lib/files/mod.ts";
import { say } from "../lib/text/mod.ts";
import { type CommandContext, runCommand } from "./command.ts";
import { switchIn, textIn } from "./json_values.ts";
import { readFlags } from "./read_flags.ts";
import { userPath } from "./user_paths.ts";

/** The files in a run's folder that may hold its log, in the order in which they are tried. */
const LOGS = ["metrics.jsonl", "trainer_state.json"] as const;

/** What is at a path, if anything. */
const statOf = (path: string): Promise<Deno.FileInfo | undefined> =>
  Deno.stat(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  });

/** The log that a path names; undefined if a run diverged before it could log anything. */
async function logOf(path: string): Promise<string | undefined> {
  const info = await statOf(path);
  if (info === undefined) {
    throw new Error(say({
      en: `Cannot diagnose ${path}: there is no such file or folder ` +
        `(${Deno.cwd()} is the current one)`,
      zh: `无法诊断 ${path}：没有这个文件或文件夹（当前文件夹是 ${Deno.cwd()}）`,
    }));
  }
  if (!info.isDirectory) return path;
  for (const name of LOGS) {
    if (await statOf(join(path, name)) !== undefined) return join(path, name);
  }
  if (await divergenceOf(path) !== undefined) return undefined;
  const names = (await Array.fromAsync(Deno.readDir(path))).map(({ name }) => name).slice(0, 5);
  const [en, zh] = names.length > 0
    ? [`it has ${names.join(", ")}`, `其中有 ${names.join("、")}`]
    : ["it is empty", "它是空的"];
  throw new Error(say({
    en: `Cannot diagnose ${path}: it has no ${LOGS.join(" or ")} (${en}). ` +
      "Give the folder of a run of `deno task train`, or the log of another library.",
    zh: `无法诊断 ${path}：没有 ${LOGS.join(" 或 ")}（${zh}）。` +
      "请给出 `deno task train` 的训练文件夹，或其他库的日志。",
  }));
}

/** The settings beside a log, if it is that of a run of this project. */
async function settingsOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const path = join(folder, "settings.json");
  if (await statOf(path) === undefined) return {};
  const { settings } = await readJsonRecord(path);
  return isRecord(settings) ? settings : {};
}

/** Why a run ended, if it diverged. */
async function divergenceOf(folder: string): Promise<Divergence | undefined> {
  const path = join(folder, "divergence.json");
  if (await statOf(path) === undefined) return undefined;
  const record = await readJsonRecord(path);
  const found = textIn(record, "found", path);
  const inChinese = "found_zh" in record ? textIn(record, "found_zh", path) : found;
  return {
    found: { en: found, zh: inChinese },
    fromSteps: switchIn(record, "fromSteps", path),
  };
}

/** What was read: `metrics.jsonl: 12 rows`. */
function headLine(path: string, { origin, rows }: RunLog): string {
  const [en, zh] = origin === "ppo" ? ["", ""] : [
    ` with the names of ${origin}`,
    `，列名是 ${origin} 的`,
  ];
  return say({ en: `${path}: ${rows.length} rows${en}`, zh: `${path}：${rows.length} 行${zh}` });
}

/** The report on one run. */
async function examine(path: string): Promise<string[]> {
  const log = await logOf(path);
  const { origin, rows }: RunLog = log === undefined
    ? { origin: "ppo", rows: [] }
    : readRunLog(await Deno.readTextFile(log), log);
  const beside = log === path
    ? {}
    : { settings: await settingsOf(path), divergence: await divergenceOf(path) };
  return [
    headLine(log ?? path, { origin, rows }),
    ...report(diagnose(rows), { rows, ...beside }),
  ];
}

async function doctor(args: string[], { terminal }: CommandContext): Promise<void> {
  const does = {
    en: "Reads the metrics of PPO runs and names the likely causes of what is unusual:\n" +
      "deno task doctor RUN. " +
      "RUN is a run's folder or a log (metrics.jsonl, trainer_state.json),\n" +
      "of this project, TRL, OpenRLHF or verl.",
    zh: "读取 PPO 训练的指标，指出异常之处可能的原因：deno task doctor RUN。\n" +
      "RUN 是一次训练的文件夹，或一份日志（metrics.jsonl、trainer_state.json），\n" +
      "可以来自本项目、TRL、OpenRLHF 或 verl。",
  };
  const about = { command: "deno task doctor", does, takesNames: true, usesEnvironment: false };
  const flags = readFlags({}, about, { args, terminal });
  if (flags === undefined) return;
  if (flags.names.length === 0) {
    throw new Error(say({
      en: "Cannot diagnose: no run is given; for example: deno task doctor output_dir",
      zh: "无法诊断：没有给出训练；用法示例：deno task doctor output_dir",
    }));
  }
  for (const path of flags.names) (await examine(userPath(path))).forEach(terminal.print);
}

if (import.meta.main) await runCommand((context) => doctor(Deno.args, context));
