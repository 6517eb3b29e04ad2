/**
 * Interrupted runs of `train` and their continuation, shared by the scripts that interrupt them.
 */
import { deepEqual, ok } from "node:assert/strict";
import { fileExists } from "../../lib/files/mod.ts";
import { runTrain, traceOf } from "./train_command.ts";

/** A run to break. */
export interface RunToBreak {
  /** The flags of the command, without the folder. */
  readonly flags: readonly string[];
  /** The timesteps of an update. */
  readonly update: number;
  /** What the unbroken run has logged and learnt. */
  readonly trace: unknown;
  /** How long the unbroken run took, in milliseconds. */
  readonly milliseconds: number;
}

/** Trains in a folder to the end, as a measure for the runs that are broken off. */
export async function unbroken(
  folder: string,
  { flags, update }: Pick<RunToBreak, "flags" | "update">,
): Promise<RunToBreak> {
  const start = performance.now();
  const { code, err } = await runTrain([...flags, "--output_dir", folder]);
  const milliseconds = performance.now() - start;
  deepEqual([code, err], [0, ""]);
  return { flags, update, trace: await traceOf(folder), milliseconds };
}

/** How many updates a run has reported. */
export const updatesIn = (out: string): number =>
  Number(out.match(/^update \d+ of \d+ {2}timestep/gm)?.at(-1)?.split(" ")[1] ?? 0);

/** The flags with which a run goes on: it is resumed, or started if it had not begun. */
export const nextFlags = async (
  folder: string,
  flags: readonly string[],
): Promise<readonly string[]> =>
  await fileExists(`${folder}/settings.json`)
    ? ["--resume", folder]
    : [...flags, "--output_dir", folder];

/** The timestep of the state from which a run went on; 0: from the start. */
export const resumedFrom = (out: string): number =>
  Number(/^continuing after timestep (\d+)/m.exec(out)?.[1] ?? 0);

/**
 * Requires that a state at this timestep lacks at most one of the updates that the run reported.
 */
export function requireRecent(timestep: number, updates: number, update: number): void {
  ok(timestep >= update * (updates - 1), `timestep ${timestep} after ${updates} updates`);
}

/** Sends a signal to a process that may have ended. */
export function sendSignal(child: Deno.ChildProcess, name: Deno.Signal): void {
  try {
    child.kill(name);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // "Child process has already terminated"
  }
}

/**
 * A signal and the moment at which it is sent: `after` milliseconds after the output contains
 * `when`, or after the start.
 */
export interface Blow {
  readonly signal: Deno.Signal;
  /** Default: the start. */
  readonly when?: string;
  /** Default: 0. */
  readonly after?: number;
}

/** How a process ended, and what it said. */
export type Killed = Deno.CommandStatus & { readonly out: string; readonly err: string };

/** Waits for the end of a process, and sends it the signal if it has not ended before. */
export async function killed(
  child: Deno.ChildProcess,
  { signal, when = "", after = 0 }: Blow,
): Promise<Killed> {
  const err = new Response(child.stderr).text();
  const strike = () => setTimeout(() => sendSignal(child, signal), after);
  let out = "", timer = when === "" ? strike() : undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += text;
    if (timer === undefined && out.includes(when)) timer = strike();
  }
  clearTimeout(timer); // it was done before
  return { ...await child.status, out, err: await err };
}
