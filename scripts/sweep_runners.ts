/**
 * Runs the trials of a sweep, in processes on this machine or as tasks of a Ray cluster. A listener
 * receives the results.
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import {
  asSweepRow,
  pathOf,
  roomFor,
  type SweepRow,
  type Trial,
  trialName,
} from "../lib/course/mod.ts";
import { say, spokenLanguage } from "../lib/text/mod.ts";
import { freeMemory } from "./free_memory.ts";

/** The work of a sweep. */
export interface Work {
  readonly trials: readonly Trial[];
  /** Held-out passages for the gold judge. */
  readonly judged: number;
  /** CPU threads of each trial. */
  readonly threads: number;
  /** Aborts all running trials. */
  readonly signal: AbortSignal;
  readonly listener: Listener;
}

/**
 * Receives each row and the end of each trial, or the reason why it failed. Trials are numbered
 * from 0.
 */
export interface Listener {
  row(trial: number, row: SweepRow): void;
  end(trial: number): Promise<void>;
  fail(trial: number, reason: string): void;
}

/** Limits on the trials of this machine. */
export interface HereOptions {
  /** Trials at once; 0: limited by cores and memory. */
  readonly jobs: number;
  /** Peak memory of a trial in MiB, if known in advance. */
  readonly need: number | undefined;
}

/** Runs the trials in processes on this machine. If one fails, the others continue. */
export async function runHere(work: Work, { jobs, need }: HereOptions): Promise<void> {
  const { signal, listener } = work;
  const broken = new AbortController(); // the results cannot be written, for example
  const waiting = [...work.trials.entries()];
  const running = new Set<Promise<void>>();
  let measured = need;
  let wake = () => {};
  const onMemory = (mebibytes: number) => {
    measured = Math.max(measured ?? 0, mebibytes);
    wake(); // there may be room now
  };
  const stop = AbortSignal.any([signal, broken.signal]);
  while (!stop.aborted && (waiting.length > 0 || running.size > 0)) {
    const changed = new Promise<void>((resolve) => wake = resolve);
    const room = jobs || roomHere({ need: measured, threads: work.threads, running: running.size });
    const next = running.size < room ? waiting.shift() : undefined;
    if (next === undefined) {
      await Promise.race([changed, ...running]);
      continue;
    }
    const process = runChild(next, { ...work, signal: stop }, onMemory)
      .then((failure) =>
        failure === undefined ? listener.end(next[0]) : listener.fail(next[0], failure)
      )
      .catch((error: unknown) => broken.abort(error)).finally(() => running.delete(process));
    running.add(process);
  }
  await Promise.all(running);
  stop.throwIfAborted();
}

/** How many trials fit on this machine now. */
const roomHere = (known: { need: number | undefined; threads: number; running: number }): number =>
  roomFor({
    ...known,
    cores: navigator.hardwareConcurrency,
    available: freeMemory() / 2 ** 20,
  });

/**
 * Runs one trial to its end, and gives the reason if it fails. After each row it reports the peak
 * memory so far, where the system provides it.
 */
async function runChild(
  [index, trial]: [number, Trial],
  { judged, threads, signal, listener }: Work,
  onMemory: (mebibytes: number) => void,
): Promise<string | undefined> {
  const order = JSON.stringify({ trial, judged, threads, lang: spokenLanguage() });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", pathOf("scripts/sweep_trial.ts"), order],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: Deno.build.os !== "windows", // so Ctrl-C reaches only this process, which ends the others
  }).spawn();
  const errors = new Response(child.stderr).text();
  using _kill = endedBy(signal, child);
  for await (const line of linesOf(child.stdout)) {
    listener.row(index, asSweepRow(JSON.parse(line), lineOf(trial)));
    const memory = await peakMemoryOf(child.pid);
    if (memory !== undefined) onMemory(memory);
  }
  const { success, code, signal: killer } = await child.status;
  signal.throwIfAborted();
  if (success) return undefined;
  return (await errors).trim() || endOf(code, killer);
}

/** The end of a process that gave no reason. */
const endOf = (code: number, killer: Deno.Signal | null): string =>
  say({
    en: `its process was ended by ${killer ?? `exit code ${code}`}`,
    zh: killer === null ? `它的进程以退出码 ${code} 结束` : `它的进程被 ${killer} 终止`,
  });

/** A row of a trial in messages. */
const lineOf = (trial: Trial): string =>
  say({
    en: `a line of the trial ${trialName(trial)}`,
    zh: `试验 ${trialName(trial)} 的一行`,
  });

/** Peak resident memory of another process in MiB; undefined except on Linux. */
async function peakMemoryOf(pid: number): Promise<number | undefined> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`).catch(() => "");
  const kilobytes = /^VmHWM:\s*(\d+) kB/m.exec(status)?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
}

/** Ends `child` when `signal` is aborted, until disposed of. */
export function endedBy(signal: AbortSignal, child: Deno.ChildProcess): Disposable {
  const kill = () => {
    try {
      child.kill("SIGTERM");
    } catch {
      // it has already ended
    }
  };
  if (signal.aborted) kill();
  signal.addEventListener("abort", kill);
  return { [Symbol.dispose]: () => signal.removeEventListener("abort", kill) };
}

/** The lines of a stream of text. */
export const linesOf = (stream: ReadableStream<Uint8Array>): AsyncIterable<string> =>
  createInterface({ input: Readable.from(stream.pipeThrough(new TextDecoderStream())) });

/** A Ray cluster. */
export interface RayOptions {
  /** The address for `ray.init`. */
  readonly address: string;
  /** This project's folder on every machine of the cluster. */
  readonly folder: string;
  /** The Python that has Ray. */
  readonly python: string;
}

/** A message of the driver: a row, the end of a trial, or its error. */
interface RayMessage {
  readonly order: number;
  readonly row?: unknown;
  readonly error?: string;
}

/**
 * Runs the trials as tasks of a Ray cluster. Its scheduler decides how many run at once. If one
 * fails, the others continue.
 */
export async function runOnRay(work: Work, { address, folder, python }: RayOptions): Promise<void> {
  const { trials, judged, threads, signal, listener } = work;
  const child = spawnPython(python, [pathOf("scripts/sweep_ray.py"), address]);
  using _kill = endedBy(signal, child);
  const errors = new Response(child.stderr).text();
  const orders = trials.map((trial) => ({ trial, judged, threads, lang: spokenLanguage() }));
  await new Blob([JSON.stringify({ folder, orders })]).stream().pipeTo(child.stdin)
    .catch(() => {}); // a driver that cannot start reports it on standard error
  for await (const line of linesOf(child.stdout)) {
    const { order, row, error }: RayMessage = JSON.parse(line);
    if (row !== undefined) {
      listener.row(order, asSweepRow(row, lineOf(trials[order])));
    } else if (error === undefined) await listener.end(order);
    else listener.fail(order, error);
  }
  const { success } = await child.status;
  signal.throwIfAborted();
  if (!success) {
    const message = say({ en: "Ray's driver failed without a message", zh: "Ray 的驱动程序出错" });
    throw new Error((await errors).trim().split("\n").at(-1) || message);
  }
}

function spawnPython(python: string, args: string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(python, { args, stdin: "piped", stdout: "piped", stderr: "piped" })
      .spawn();
  } catch (cause) {
    const message = say({
      en: `Cannot use --ray: the program ${python} cannot be started; name a Python with --python`,
      zh: `不能使用 --ray：程序 ${python} 无法启动；请用 --python 给出一个 Python`,
    });
    throw new Error(message, { cause });
  }
}
