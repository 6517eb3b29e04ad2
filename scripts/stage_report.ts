/** What the commands of the stages share: progress in the terminal, tables for a model's README, and errors as sentences. */
import { join } from "node:path";
import { fileExists, readText, writeAtomically } from "../lib/files/mod.ts";
import { chooseDevice, type Device, openDevice } from "../lib/runtime/mod.ts";

/** Prints a line of progress every `every` steps and at the end: step, loss, time left. */
export function progressPrinter({ every }: { every: number }) {
  const start = performance.now();
  let losses: number[] = [];
  return ({ step, total, loss, learningRate }: {
    step: number;
    total: number;
    loss: number;
    learningRate: number;
  }): void => {
    losses.push(loss);
    if (step % every !== 0 && step !== total) return;
    const left = (performance.now() - start) / step * (total - step);
    const mean = losses.reduce((sum, value) => sum + value, 0) / losses.length;
    losses = [];
    console.log(
      `step ${step} of ${total}  loss ${mean.toFixed(4)}  learning rate ${
        learningRate.toExponential(2)
      }  left ${clock(left)}`,
    );
  };
}

/**
 * A signal that Ctrl-C aborts: the command then ends after the step it is in and saves what was learned. A second Ctrl-C ends it at
 * once.
 */
export function stopSignal(): AbortSignal {
  const controller = new AbortController();
  let first = 0;
  Deno.addSignalListener("SIGINT", () => {
    if (controller.signal.aborted) {
      // One Ctrl-C may arrive twice: from the terminal, and handed on by `deno task`.
      if (performance.now() - first > 500) Deno.exit(INTERRUPTED);
      return;
    }
    first = performance.now();
    controller.abort();
    console.error("stopping after this step; Ctrl-C again ends at once");
  });
  return controller.signal;
}

/** The exit code of a command that Ctrl-C ended: 128 and the number of the signal. */
export const INTERRUPTED = 130;

/** Prints a line of progress at each call but not more than one a second: how many of how many, time left. */
export function countPrinter(what: string) {
  const start = performance.now();
  let last = 0;
  return (done: number, total: number): void => {
    const now = performance.now();
    if (done < total && now - last < 1000) return;
    last = now;
    console.log(`${what}: ${done} of ${total}  left ${clock((now - start) / done * (total - done))}`);
  };
}

const clock = (milliseconds: number): string => {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/** A table of Markdown. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A share as text: `44.5 %`. */
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The SHA-256 of a file in hexadecimal digits. */
export async function sha256Of(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Writes `text` between the markers `<!-- numbers -->` of a folder's README, the only part of it that a command writes. */
export async function writeNumbers(folder: string, text: string): Promise<void> {
  const path = join(folder, "README.md");
  const readme = await readText(path);
  const [start, end] = ["<!-- numbers -->", "<!-- /numbers -->"];
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`Cannot write the numbers: ${path} has no ${start} ${end}`);
  await writeAtomically(path, `${readme.slice(0, from + start.length)}\n\n${text}\n\n${readme.slice(to)}`);
}

/** Writes the numbers where the folder has a README for them; a folder of someone's own has none. */
export async function reportNumbers(folder: string, text: string): Promise<void> {
  if (await fileExists(join(folder, "README.md"))) await writeNumbers(folder, text);
  console.log(text);
}

/** The device of a stage; a number of threads is for the CPU alone. */
export const openStageDevice = ({ device, threads }: { device: string; threads: number }): Promise<Device> =>
  threads > 0 && /^(auto|cpu|-\d+)$/.test(device) ? openDevice("cpu", { threads }) : chooseDevice(device);

/** Runs a command; an error becomes its sentence and exit code 1. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
