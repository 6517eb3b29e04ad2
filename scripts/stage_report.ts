/** Progress of the stages in the terminal, and tables for a model's README. */
import { join } from "node:path";
import { fileExists, readText, writeAtomically } from "../lib/files/mod.ts";
import { chooseDevice, type Device } from "../lib/runtime/mod.ts";
import type { DoneStep } from "../lib/stages/mod.ts";
import { clock, type Terminal } from "./command.ts";
import { betweenMarkers } from "./readme_tables.ts";
import type { StageLog } from "./stage_log.ts";

/** Lines of progress before the first step, and after an epoch. */
export const READING = "reading the model and the data",
  MEASURING = "measuring the held-out data";

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
    const left = clock((performance.now() - start) / 1000 / step * (total - step));
    const rate = learningRate.toExponential(2);
    const line = `step ${step} of ${total}  loss ${
      mean.toFixed(4)
    }  learning rate ${rate}  left ${left}`;
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
    const found = `the loss rose to ${loss.toPrecision(3)} in step ${step}, from ${
      first.toPrecision(3)
    }`;
    terminal.print(`warning: ${found}; try a learning_rate ten times lower`);
  };
}

/** Reports at each call how many are done, and the time left. */
export function countReporter(terminal: Terminal, what: string) {
  const start = performance.now();
  return (done: number, total: number): void => {
    const left = clock((performance.now() - start) / 1000 / done * (total - done));
    const line = `${what}: ${done} of ${total}  left ${left}`;
    if (done < total) terminal.progress(line);
    else terminal.print(line);
  };
}

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
