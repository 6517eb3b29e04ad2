/**
 * The `sweep` task: PPO on the embedded models with every combination of some settings.
 *
 *     deno task sweep --kl_coef 0,0.02,0.2 --lam 0.9,0.95,1 --seed 1,2,3 --output out/sweep.jsonl
 *
 * Each combination is a trial in a process of its own, as many at once as cores and memory allow. Finished trials stand in the
 * output file, one line of JSON an update; the same command again runs only what is missing. `--ray ADDRESS` runs the same
 * trials as tasks of a Ray cluster.
 */
import { dirname, resolve } from "node:path";
import {
  combinations,
  namesOwn,
  pathOf,
  readSweep,
  stillToRun,
  type SweepRow,
  sweepText,
  type Trial,
  trialName,
  trialSettings,
  updatesOf,
} from "../lib/course/mod.ts";
import { fileExists, readJsonRecord, writeAtomically } from "../lib/files/mod.ts";
import { helpText, parseFlags, SETTINGS, type SettingTable, wanted } from "../lib/settings/mod.ts";
import { clock, type CommandContext, runCommand, secondsLeft, type Terminal } from "./command.ts";
import { type Listener, runHere, runOnRay } from "./sweep_runners.ts";

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
  jobs: {
    kind: "integer",
    default: 0,
    min: 0,
    help: "trials at once; 0: as many as cores and memory allow",
  },
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
  Object.entries(SETTINGS).map(([name, spec]) => {
    const form = `${wanted(spec)}, or a list with commas`;
    return [name, { kind: "text", default: String(spec.default), form, help: spec.help }];
  }),
);

/** Peak memory in MiB of one trial on the embedded models with the judge: 460 were measured. */
const EMBEDDED_NEED = 600;

/** Reads one setting's list: each value as `deno task train` would read it. */
function valuesOf(name: string, list: string): unknown[] {
  return list.split(",").map((text) => {
    const { given } = parseFlags(SETTINGS, { args: [`--${name}`, text.trim()] });
    return new Map(Object.entries(given)).get(name);
  });
}

/** A trial with how many updates it makes. */
interface Planned {
  readonly trial: Trial;
  readonly updates: number;
}

/** All combinations of what was given, each checked as a whole. */
async function trialsOf(given: Readonly<Record<string, string>>): Promise<Planned[]> {
  const lists = Object.fromEntries(
    Object.entries(given).map(([name, list]) => [name, valuesOf(name, list)]),
  );
  const own = await readJsonRecord(pathOf("models/sft_model/settings.json"));
  const trials: Trial[] = combinations(lists);
  return trials.map((trial) => ({ trial, updates: updatesOf(trialSettings(trial, own)) }));
}

/** What a sweep is about to do. */
interface Plan {
  readonly output: string;
  /** Rows that are in the file and stay there. */
  readonly finished: readonly SweepRow[];
  /** Trials that are to be run. */
  readonly planned: readonly Planned[];
}

/** Keeps the rows of running trials apart from those of finished ones, which alone are written, in the trials' own order. */
function collect({ output, finished, planned }: Plan, terminal: Terminal): Listener {
  const running = new Map<number, SweepRow[]>();
  const ended = new Map<number, readonly SweepRow[]>();
  const start = performance.now();
  const total = planned.reduce((sum, { updates }) => sum + updates, 0);
  let done = 0;
  return {
    row(index, row) {
      running.set(index, [...running.get(index) ?? [], row]);
      const seconds = (performance.now() - start) / 1000;
      const left = secondsLeft([{ done: ++done, seconds, left: total - done }]);
      const share = `${done} of ${total} updates, ${ended.size} of ${planned.length} trials`;
      terminal.progress(`${share}, ${clock(left)} left`);
    },
    async end(index) {
      const rows = running.get(index) ?? [];
      ended.set(index, rows);
      await writeAtomically(output, sweepText(finished, ended));
      const last = rows.at(-1);
      const gold = last?.gold === undefined ? "" : `, gold ${last.gold.toFixed(1)} %`;
      const result = `mean_reward ${last?.mean_reward}, KL ${last?.kl}${gold}`;
      terminal.print(
        `${ended.size} of ${planned.length}  ${trialName(planned[index].trial)}: ${result}`,
      );
    },
  };
}

const HELP = {
  command: "deno task sweep",
  does: `Trains with every combination of comma-separated settings: --kl_coef 0,0.2 --seed 1,2,3.

The rows of a trial enter the file when it is finished. Stop whenever you like: the same command goes on with the trials that
are missing. With --ray every machine of the cluster needs this project in the same folder (--ray_folder), and deno or Node.js.`,
};

async function sweep(args: string[], { terminal, interruptSignal }: CommandContext): Promise<void> {
  const { given, values, help } = parseFlags({ ...OWN, ...LISTS }, { args });
  if (help) return console.log(helpText({ ...OWN, ...LISTS }, HELP));
  const { output, judged, threads, jobs, ray, ray_folder, python } = values;
  const lists = Object.entries(given).filter(([name]) => !Object.hasOwn(OWN, name));
  const all = await trialsOf(Object.fromEntries(lists.map(([name, list]) => [name, String(list)])));
  using _alone = await onlyWriter(output);
  const rows = await fileExists(output) ? await readSweep(output) : [];
  const { finished, trials } = stillToRun(all.map(({ trial }) => trial), { rows, judged });
  const planned = all.filter(({ trial }) => trials.includes(trial));
  terminal.print(`${planned.length} of ${all.length} trials to run; rows go to ${output}`);
  if (planned.length === 0) return;
  const listener = collect({ output, finished, planned }, terminal);
  const signal = interruptSignal();
  const work = { trials, judged, threads, signal, listener };
  const need = trials.some(namesOwn) ? undefined : EMBEDDED_NEED;
  const run = ray === ""
    ? runHere(work, { jobs, need })
    : runOnRay(work, { address: ray, folder: ray_folder || pathOf("."), python });
  await run.finally(() => {
    if (signal.aborted) {
      terminal.print(`finished trials are in ${output}; the same command goes on from there`);
    }
  });
}

/**
 * Makes sure that no other sweep writes this file, until disposed of. The system gives the lock back when the process ends, however.
 *
 * @throws Error when another sweep has it.
 */
async function onlyWriter(output: string): Promise<Disposable> {
  const path = `${output}.lock`;
  await Deno.mkdir(dirname(resolve(output)), { recursive: true });
  const file = await Deno.open(path, { create: true, write: true });
  if (!await file.tryLock(true)) {
    file.close();
    throw new Error(`Cannot write ${output}: another sweep is writing it now`);
  }
  return {
    [Symbol.dispose]: () => {
      Deno.removeSync(path);
      file.close();
    },
  };
}

if (import.meta.main) await runCommand((context) => sweep(Deno.args, context));
