/** What the commands of the stages share: progress in the terminal, and tables for a model's README. */
import { join } from "node:path";
import { fileExists, readText, writeAtomically } from "../lib/files/mod.ts";
import { chooseDevice, type Device } from "../lib/runtime/mod.ts";
import type { DoneStep } from "../lib/stages/mod.ts";
import { clock, type Terminal } from "./command.ts";
import type { StageLog } from "./stage_log.ts";

export { runCommand } from "./command.ts";

/**
 * Tells how a stage goes: a line of progress at each step, and every `every` steps and at the end one that stays, with the mean loss
 * since the one before; the log gets the same numbers.
 */
export function stepReporter(
  { terminal, log, every }: { terminal: Terminal; log: StageLog; every: number },
) {
  const start = performance.now();
  const isTerminal = Deno.stdout.isTerminal(); // into a pipe only the lines that stay
  let losses: number[] = [];
  return async ({ step, total, loss, learningRate }: DoneStep): Promise<void> => {
    losses.push(loss);
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

/** Tells at each call how many of how many there are, and the time left. */
export function countReporter(terminal: Terminal, what: string) {
  const start = performance.now();
  return (done: number, total: number): void => {
    const left = clock((performance.now() - start) / 1000 / done * (total - done));
    const line = `${what}: ${done} of ${total}  left ${left}`;
    if (done < total) terminal.progress(line);
    else terminal.print(line);
  };
}

/** A table of Markdown. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A share as text: `44.5 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** Writes `text` between the markers `<!-- numbers -->` of a folder's README, the only part of it that a command writes. */
export async function writeNumbers(folder: string, text: string): Promise<void> {
  const path = join(folder, "README.md");
  const readme = await readText(path);
  const [start, end] = ["<!-- numbers -->", "<!-- /numbers -->"];
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from < 0 || to < from) {
    throw new Error(`Cannot write the numbers: ${path} has no ${start} ${end}`);
  }
  await writeAtomically(
    path,
    `${readme.slice(0, from + start.length)}\n\n${text}\n\n${readme.slice(to)}`,
  );
}

/** Writes the numbers where the folder has a README for them; a folder of someone's own has none. */
export async function reportNumbers(
  terminal: Terminal,
  folder: string,
  text: string,
): Promise<void> {
  if (await fileExists(join(folder, "README.md"))) await writeNumbers(folder, text);
  terminal.print(text);
}

/** The device of a stage; a number of threads is for the CPU alone. What it says does not mix with a stage's results. */
export const openStageDevice = (
  { device, threads }: { device: string; threads: number },
): Promise<Device> =>
  chooseDevice(device, { tell: console.error, ...(threads > 0 ? { threads } : {}) });
