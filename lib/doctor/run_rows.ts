/**
 * Reads the log of a run: JSON lines (this project's `metrics.jsonl`, verl's file logger), a JSON
 * array of rows, or the `trainer_state.json` of transformers' `Trainer` and TRL.
 */
import { listed, say } from "../text/mod.ts";
import { type LogOrigin, originOf, rowFrom, type RunRow } from "./metric_columns.ts";

/** The log of a run. */
export interface RunLog {
  /** Whose names the log has. */
  readonly origin: LogOrigin;
  /** One row per update, oldest first. */
  readonly rows: readonly RunRow[];
}

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON in which Python has written NaN and Infinity, which JSON does not have. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const outside = /("(?:[^"\\]|\\.)*")|-?\bInfinity\b|\bNaN\b/g;
    return JSON.parse(text.replace(outside, (_, quoted) => quoted ?? "null"));
  }
}

/** The rows of a whole file in JSON, or undefined if it is not one. */
function wholeFile(text: string): Row[] | undefined {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return undefined; // JSON lines
  }
  if (Array.isArray(value)) return value.filter(isRow);
  if (isRow(value) && Array.isArray(value.log_history)) return value.log_history.filter(isRow);
  return undefined;
}

/** The rows of JSON lines. A last line that was cut off, as by a killed process, is left out. */
function lines(text: string, path: string): Row[] {
  const all = text.split("\n");
  return all.flatMap((line, index) => {
    if (line.trim() === "") return [];
    try {
      const value = parse(line);
      if (isRow(value)) return [isRow(value.data) ? value.data : value]; // verl nests its metrics
    } catch (error) {
      if (index === all.length - 1) return [];
      const reason = error instanceof Error ? error.message : String(error);
      throw unreadable(path, index + 1, reason);
    }
    const reason = say({ en: "it is not a JSON object", zh: "它不是 JSON 对象" });
    throw unreadable(path, index + 1, reason);
  });
}

const unreadable = (path: string, line: number, reason: string): SyntaxError =>
  new SyntaxError(say({
    en: `Cannot read ${path}, line ${line}: ${reason}`,
    zh: `无法读取 ${path} 第 ${line} 行：${reason}`,
  }));

/** The error for a log without any metric of PPO. */
function foreignLog(path: string, rows: number, names: ReadonlySet<string>): RangeError {
  const shown = listed([...names].slice(0, 5).map((name) => `"${name}"`));
  const columns = names.size === 0 ? "" : say({
    en: ` with the columns ${shown}`,
    zh: `，列名为 ${shown}`,
  });
  return new RangeError(say({
    en: `Cannot diagnose ${path}: it has ${rows} rows${columns}, and none of the metrics that ` +
      "this project, TRL, OpenRLHF or verl log for PPO. " +
      "Give the metrics.jsonl of a PPO run, or its folder.",
    zh: `无法诊断 ${path}：它有 ${rows} 行${columns}，` +
      "其中没有本项目、TRL、OpenRLHF 或 verl 为 PPO 记录的任何指标。" +
      "请给出一次 PPO 训练的 metrics.jsonl，或它的文件夹。",
  }));
}

/**
 * Parses the text of a log. `path` is for errors.
 *
 * @throws {SyntaxError} For a line that is not JSON.
 * @throws {RangeError} If no row has a metric of PPO under a known name.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { readRunLog } from "ppo/doctor/mod.ts";
 * const text = '{"step": 1, "data": {"actor/ppo_kl": 0.01, "actor/grad_norm": NaN}}\n';
 * const { origin, rows } = readRunLog(text, "verl.jsonl");
 * deepEqual([origin, rows], ["verl", [{ approx_kl: 0.01, actor_grad_norm: NaN }]]);
 * ```
 */
export function readRunLog(text: string, path: string): RunLog {
  const found = wholeFile(text) ?? lines(text, path);
  const names = new Set(found.flatMap((row) => Object.keys(row)));
  const origin = originOf(names);
  if (origin === undefined) throw foreignLog(path, found.length, names);
  const rows = found.map((row) => rowFrom(row, origin)).filter((row) =>
    Object.keys(row).length > 1
  );
  return { origin, rows };
}
