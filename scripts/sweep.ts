/**
 * The `sweep` task: PPO on the embedded models with every combination of some settings.
 *
 *     deno task sweep --kl_coef 0,0.02,0.2 --lam 0.9,0.95,1 --seed 1,2,3 --output out/sweep.jsonl
 *
 * Each combination is a trial in a process of its own, as many at once as cores and memory allow. Finished trials stand in the
 * output file, one line of JSON an update; the same command again runs only what is missing. `--ray ADDRESS` runs the same
 * trials as tasks of a Ray cluster.
 */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import {
  asSweepRow,
  combinations,
  pathOf,
  readSweep,
  stillToRun,
  type SweepRow,
  type Trial,
  trialName,
} from "../lib/course/mod.ts";
import { fileExists, writeAtomically } from "../lib/files/mod.ts";
import {
  helpText,
  parseFlags,
  SETTINGS,
  type Settings,
  type SettingTable,
  validateSettings,
} from "../lib/rlhf/mod.ts";
import { clock, type CommandContext, runCommand } from "./command.ts";

/** The flags that only this command has. */
const OWN = {
  output: {
    kind: "text",
    default: "out/sweep.jsonl",
    help: "file of the rows; finished trials in it are kept",
  },
  judged: {
    kind: "integer",
    default: 293,
    min: 0,
    help: "held-out passages that the gold judge sees after each update; 0: none",
  },
  jobs: { kind: "integer", default: 0, min: 0, help: "trials at once; 0: as many as cores and memory allow" },
  threads: {
    kind: "integer",
    default: 1,
    min: 1,
    help: "CPU threads of a trial; another number changes the last digits, and so the run",
  },
  ray: {
    kind: "text",
    default: "",
    help: "address of a Ray cluster that runs the trials, e.g. auto or ray://host:10001",
  },
  ray_folder: {
    kind: "text",
    default: "",
    help: "this project's folder on the cluster's machines; empty: as here",
  },
  python: { kind: "text", default: "python3", help: "the Python that has Ray" },
} as const;

/** The settings of PPO, each as a list. */
const LISTS: SettingTable = Object.fromEntries(
  Object.entries(SETTINGS).map((
    [name, { help, default: value }],
  ) => [name, { kind: "text", default: String(value), help }]),
);

/** Memory of one trial on the embedded models with the judge: 460 MiB were measured. */
const TRIAL_BYTES = 600 * 2 ** 20;

/** What is to be done. */
interface Plan {
  readonly output: string;
  readonly judged: number;
  /** Finished before. */
  readonly finished: readonly SweepRow[];
  readonly trials: readonly Trial[];
  readonly jobs: number;
  readonly threads: number;
}

/** Reads one setting's list: each value as `deno task train` would read it. */
function valuesOf(name: string, list: string): unknown[] {
  return list.split(",").map((text) => {
    const { given } = parseFlags(SETTINGS, { args: [`--${name}`, text.trim()] });
    return new Map(Object.entries(given)).get(name);
  });
}

/** All combinations of what was given, each checked as a whole. */
function trialsOf(given: Readonly<Record<string, string>>): Trial[] {
  const lists = Object.fromEntries(Object.entries(given).map(([name, list]) => [name, valuesOf(name, list)]));
  const trials: Partial<Settings>[] = combinations(lists);
  trials.forEach((trial) => validateSettings(trial));
  return trials;
}

/** How many trials fit at once: by cores and by free memory, unless the reader wants another number. */
function jobsOf(wanted: number, { trials, threads }: { trials: number; threads: number }): number {
  const cores = Math.floor(navigator.hardwareConcurrency / threads);
  const room = Math.floor(0.8 * Deno.systemMemoryInfo().available / TRIAL_BYTES);
  return Math.max(1, Math.min(wanted || Math.min(cores, room), trials));
}

/** Told of each row and of each trial's end. */
interface Listener {
  row(trial: number, row: SweepRow): void;
  end(trial: number): Promise<void>;
}

/** The environment without settings: a trial has only what the sweep gives it. */
function plainEnvironment(): Record<string, string> {
  const settings = new Set(Object.keys(SETTINGS).map((name) => name.toUpperCase()));
  return Object.fromEntries(Object.entries(Deno.env.toObject()).filter(([name]) => !settings.has(name)));
}

/** Runs the trials in processes of this machine, `jobs` at a time. */
async function runHere(
  { trials, judged, jobs, threads }: Plan,
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const waiting = [...trials.entries()];
  const failure = new AbortController(); // one trial that fails ends the others
  const either = AbortSignal.any([signal, failure.signal]);
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      either.throwIfAborted();
      const [index, trial] = next;
      await runChild(trial, { judged, threads, signal: either, onRow: (row) => listener.row(index, row) });
      await listener.end(index);
    }
  };
  await Promise.all(
    Array.from({ length: jobs }, () => worker().catch((error: unknown) => failure.abort(error))),
  );
  either.throwIfAborted();
}

interface ChildOptions {
  readonly judged: number;
  readonly threads: number;
  readonly signal: AbortSignal;
  readonly onRow: (row: SweepRow) => void;
}

async function runChild(trial: Trial, { judged, threads, signal, onRow }: ChildOptions): Promise<void> {
  const order = JSON.stringify({ trial, judged, threads });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", pathOf("scripts/sweep_trial.ts"), order],
    env: plainEnvironment(),
    clearEnv: true,
    stdout: "piped",
    stderr: "piped",
    detached: Deno.build.os !== "windows", // Ctrl-C reaches this process alone, which ends the others
  }).spawn();
  const kill = () => child.kill("SIGTERM");
  signal.addEventListener("abort", kill);
  try {
    const errors = new Response(child.stderr).text();
    for await (const line of linesOf(child.stdout)) onRow(asSweepRow(JSON.parse(line)));
    const { success } = await child.status;
    signal.throwIfAborted();
    if (!success) throw new Error(`Cannot finish the trial ${trialName(trial)}: ${(await errors).trim()}`);
  } finally {
    signal.removeEventListener("abort", kill);
  }
}

const linesOf = (stream: ReadableStream<Uint8Array>): AsyncIterable<string> =>
  createInterface({ input: Readable.from(stream.pipeThrough(new TextDecoderStream())) });

/** Runs the trials on a Ray cluster; its scheduler decides how many at once. */
async function runOnRay(
  { trials, judged, threads, ray, folder, python }: Plan & { ray: string; folder: string; python: string },
  listener: Listener,
  signal: AbortSignal,
): Promise<void> {
  const child = spawnPython(python, [pathOf("scripts/sweep_ray.py"), ray]);
  const kill = () => child.kill("SIGTERM");
  signal.addEventListener("abort", kill);
  const errors = new Response(child.stderr).text();
  const writer = child.stdin.getWriter();
  const orders = trials.map((trial) => ({ trial, judged, threads }));
  await writer.write(new TextEncoder().encode(JSON.stringify({ folder, orders }))).then(() => writer.close())
    .catch(() => {});
  const failed: string[] = [];
  for await (const line of linesOf(child.stdout)) {
    const message: { order: number; row?: SweepRow; error?: string } = JSON.parse(line);
    if (message.row !== undefined) listener.row(message.order, asSweepRow(message.row));
    else if (message.error === undefined) await listener.end(message.order);
    else failed.push(`${trialName(trials[message.order])}: ${message.error}`);
  }
  const { success } = await child.status;
  signal.removeEventListener("abort", kill);
  signal.throwIfAborted();
  if (!success) throw new Error((await errors).trim().split("\n").at(-1) ?? "Ray's driver failed");
  if (failed.length > 0) throw new Error(`Cannot finish ${failed.length} trials, the first ${failed[0]}`);
}

function spawnPython(python: string, args: string[]): Deno.ChildProcess {
  try {
    return new Deno.Command(python, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  } catch (cause) {
    throw new Error(
      `Cannot use --ray: the program ${python} cannot be started; name a Python with --python`,
      { cause },
    );
  }
}

/** Keeps the rows of running trials apart from those of finished ones, which alone are written, in the trials' own order. */
function collect(
  { output, finished, trials }: Plan,
  { terminal }: Pick<CommandContext, "terminal">,
): Listener {
  const running = new Map<number, SweepRow[]>();
  const ended = new Map<number, readonly SweepRow[]>();
  const start = performance.now();
  let updates = 0;
  return {
    row(index, row) {
      running.set(index, [...running.get(index) ?? [], row]);
      const seconds = (performance.now() - start) / 1000;
      const left = seconds / ++updates * (row.updates * trials.length - updates);
      const share = `${updates} updates, ${ended.size} of ${trials.length} trials`;
      terminal.progress(`${share}, ${clock(Math.max(0, left))} left`);
    },
    async end(index) {
      ended.set(index, running.get(index) ?? []);
      const inOrder = [...ended].toSorted(([a], [b]) => a - b).flatMap(([, rows]) => rows);
      const text = [...finished, ...inOrder].map((row) => JSON.stringify(row) + "\n").join("");
      await writeAtomically(output, text);
      const last = running.get(index)?.at(-1);
      const gold = last?.gold === undefined ? "" : `, gold ${last.gold} %`;
      const result = `mean_reward ${last?.mean_reward}, KL ${last?.kl}${gold}`;
      terminal.print(`${ended.size} of ${trials.length}  ${trialName(trials[index])}: ${result}`);
    },
  };
}

async function sweep(args: string[], context: CommandContext): Promise<void> {
  const { given, values, help } = parseFlags({ ...LISTS, ...OWN }, { args });
  if (help) {
    const does = "Trains with every combination of comma-separated settings: --kl_coef 0,0.2 --seed 1,2,3.";
    return console.log(helpText({ ...OWN, ...LISTS }, { command: "deno task sweep", does }));
  }
  const { output, judged, threads, ray, ray_folder, python } = values;
  const lists = Object.entries(given).filter(([name]) => !Object.hasOwn(OWN, name));
  const all = trialsOf(Object.fromEntries(lists.map(([name, list]) => [name, String(list)])));
  const rows = await fileExists(output) ? await readSweep(output) : [];
  const plan = { output, judged, ...stillToRun(all, { rows, judged }) };
  const jobs = jobsOf(values.jobs, { trials: plan.trials.length, threads });
  const where = ray === "" ? `${jobs} at once` : `by the Ray cluster at ${ray}`;
  context.terminal.print(
    `${plan.trials.length} of ${all.length} trials to run, ${where}; rows go to ${output}`,
  );
  if (plan.trials.length === 0) return;
  const signal = context.interruptSignal();
  const full: Plan = { ...plan, jobs, threads };
  const listener = collect(full, context);
  if (ray === "") await runHere(full, listener, signal);
  else await runOnRay({ ...full, ray, folder: ray_folder || pathOf("."), python }, listener, signal);
}

if (import.meta.main) await runCommand((context) => sweep(Deno.args, context));
