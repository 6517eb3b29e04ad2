/** Progress of the stages in the terminal, and tables for a model's README. */
import { join } from "node:path";
import { fileExists, readText, writeAtomically } from "../lib/files/mod.ts";
import { chooseDevice, type Device } from "../lib/runtime/mod.ts";
import type { DoneStep } from "../lib/stages/mod.ts";
import { say, titled, type Words } from "../lib/text/mod.ts";
import { type Terminal, timeLeft } from "./command.ts";
import { betweenMarkers } from "./readme_tables.ts";
import type { StageLog } from "./stage_log.ts";

/** Lines of progress before the first step, and after an epoch. */
export const READING = { en: "reading the model and the data", zh: "正在读取模型和数据" },
  QUESTIONS_WRITTEN = { en: "questions written", zh: "已生成的问题" },
  MEASURING = { en: "measuring the held-out data", zh: "正在评估留出的数据" };

/**
 * Reports the progress of a stage: a progress line at each step, and a permanent line every `every`
 * steps and at the end, with the mean loss since the previous one. The log gets the same numbers. A
 * loss that has exploded gives one warning.
 */
export function stepReporter(
  { terminal, log, every }: { terminal: Terminal; log: StageLog; every: number },
) {
  const start = performance.now();
  const isTerminal = Deno.stdout.isTerminal(); // a pipe gets permanent lines only
  const warn = explosionWarning(terminal);
  let losses: number[] = [];
  return async ({ step, total, loss, learningRate }: DoneStep): Promise<void> => {
    losses.push(loss);
    warn({ step, loss });
    const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    const left = timeLeft((performance.now() - start) / 1000 / step * (total - step));
    const rate = learningRate.toExponential(2);
    const line = say({
      en: `step ${step} of ${total}  loss ${mean.toFixed(4)}  learning rate ${rate}  ${left}`,
      zh: `优化器步 ${step} / ${total}  损失 ${mean.toFixed(4)}  学习率 ${rate}  ${left}`,
    });
    if (step % every !== 0 && step !== total) {
      return isTerminal ? terminal.progress(line) : undefined;
    }
    losses = [];
    terminal.print(line);
    await log(step, { lr: learningRate, train_loss: mean });
  };
}

/** A loss of this many times the first one has exploded. */
const EXPLODED = 5;

/** Prints one warning when a loss has become much larger than the first one. */
function explosionWarning(terminal: Terminal) {
  let first: number | undefined, isGiven = false;
  return ({ step, loss }: { step: number; loss: number }): void => {
    first ??= loss;
    if (isGiven || loss <= EXPLODED * first) return;
    isGiven = true;
    const [from, to] = [first.toPrecision(3), loss.toPrecision(3)];
    terminal.print(say({
      en: `warning: the loss rose to ${to} in step ${step}, from ${from}; ` +
        "try a learning_rate ten times lower",
      zh: `警告：损失在第 ${step} 步从 ${from} 升到了 ${to}；` +
        "可以把 learning_rate 降到十分之一",
    }));
  };
}

/** Reports at each call how many are done, and the time left. */
export function countReporter(terminal: Terminal, what: Words) {
  const start = performance.now();
  return (done: number, total: number): void => {
    const left = timeLeft((performance.now() - start) / 1000 / done * (total - done));
    const count = say({ en: `${done} of ${total}`, zh: `${done} / ${total}` });
    const line = `${titled(say(what), count)}  ${left}`;
    if (done < total) terminal.progress(line);
    else terminal.print(line);
  };
}

/** What `predict` and `score` begin with. */
export const readingLine = (path: string): string =>
  say({ en: `reading ${path}`, zh: `正在读取 ${path}` });

/** Which model is used if none was given. */
export const embeddedLine = (path: string): string =>
  say({
    en: `No --model_path: using the embedded model ${path}.`,
    zh: `没有给出 --model_path：使用内置模型 ${path}。`,
  });

/** A passage that is longer than the model reads. */
export const cutNote = ({ tokens, read }: { tokens: number; read: number }): string =>
  say({
    en: `the passage has ${tokens} tokens; the model reads the first ${read}`,
    zh: `短文有 ${tokens} 个词元，模型只读前 ${read} 个`,
  });

/** The last line of a stage that wrote a folder. */
export const wroteLine = (folder: string): string =>
  say({ en: `wrote ${folder}`, zh: `已写出 ${folder}` });

/** The last line of a stage that Ctrl-C ended. */
export const stoppedLine = (step: number, folder: string): string =>
  say({
    en: `stopped after step ${step}: wrote ${folder}`,
    zh: `在第 ${step} 步之后停止：已写出 ${folder}`,
  });

/** A share as text: `44.5 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * Writes `text` between the markers of a folder's README, the only part of it that a command
 * writes.
 */
async function writeNumbers(path: string, text: string): Promise<void> {
  const readme = betweenMarkers(await readText(path), { path, name: "numbers", text });
  await writeAtomically(path, readme);
}

/** Prints the numbers, and writes them into the folder's README if it has one. */
export async function reportNumbers(
  terminal: Terminal,
  folder: string,
  text: string,
): Promise<void> {
  const path = join(folder, "README.md");
  if (await fileExists(path)) await writeNumbers(path, text);
  terminal.print(text);
}

/**
 * Opens the device of a stage. Its messages go to standard error; `threads` applies to the CPU
 * only.
 */
export const openStageDevice = (
  { device, threads }: { device: string; threads: number },
): Promise<Device> =>
  chooseDevice(device, { tell: console.error, ...(threads > 0 ? { threads } : {}) });
