/** Runs several control runs in processes of this machine, a few at a time. */
import type { AgentMetrics } from "../lib/agent/mod.ts";
import { pathOf } from "../lib/course/mod.ts";
import { spokenLanguage } from "../lib/text/mod.ts";
import type { EvaluationResult } from "./control_folder.ts";
import { endedBy, linesOf } from "./sweep_runners.ts";

/** Receives what runs report. */
export interface ControlListener {
  /** After each update. */
  row(folder: string, row: AgentMetrics): void;
  /** When a run is trained and evaluated. */
  done(folder: string, evaluation: EvaluationResult): void;
  /** When a run fails. */
  fail(folder: string, reason: string): void;
}

/** What `control_run.ts` prints in a line. */
interface Message {
  readonly row?: AgentMetrics;
  readonly evaluation?: EvaluationResult;
}

/** Trains in every folder, `jobs` at a time. If one run fails, the others continue. */
export async function runFolders(
  folders: readonly string[],
  { jobs, signal, listener }: {
    readonly jobs: number;
    readonly signal: AbortSignal;
    readonly listener: ControlListener;
  },
): Promise<void> {
  const waiting = [...folders];
  const worker = async () => {
    for (;;) {
      const folder = signal.aborted ? undefined : waiting.shift();
      if (folder === undefined) return;
      const failure = await runOne(folder, { signal, listener });
      if (failure !== undefined) listener.fail(folder, failure);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  signal.throwIfAborted();
}

/** Trains in one folder, and gives the reason if that fails. */
async function runOne(
  folder: string,
  { signal, listener }: { readonly signal: AbortSignal; readonly listener: ControlListener },
): Promise<string | undefined> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", pathOf("scripts/control_run.ts"), folder],
    env: { PPO_LANG: spokenLanguage() },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    detached: Deno.build.os !== "windows", // so Ctrl-C reaches only this process, which ends it
  }).spawn();
  const errors = new Response(child.stderr).text();
  using _kill = endedBy(signal, child);
  for await (const line of linesOf(child.stdout)) {
    if (!line.startsWith("{")) continue; // what a stopped command says
    const { row, evaluation }: Message = JSON.parse(line);
    if (row !== undefined) listener.row(folder, row);
    if (evaluation !== undefined) listener.done(folder, evaluation);
  }
  const { success, code, signal: killer } = await child.status;
  if (success || signal.aborted) return undefined;
  return (await errors).trim() || `its process was ended by ${killer ?? `exit code ${code}`}`;
}
