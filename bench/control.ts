/**
 * Compares PPO on control tasks with Stable-Baselines3: returns and training time with the same
 * settings, in alternating runs, one at a time.
 *
 *     deno run -A bench/control.ts --python PATH --env CartPole-v1 --seeds 1,2,3,4,5
 *
 * PATH is a Python with stable-baselines3==2.9.2, gymnasium==1.4.0 and torch. Every run is added to
 * the output as a line of JSON, runs that are already there are not repeated, and the table of all
 * runs in the file is printed at the end.
 */
import { fileURLToPath } from "node:url";
import { type EnvId, presetSettings } from "../lib/agent/mod.ts";
import { ENV_IDS, makeEnv } from "../lib/control/mod.ts";
import { appendTo, fileExists, readJsonLines } from "../lib/files/mod.ts";
import { meanOf, varianceOf } from "../lib/rl/mod.ts";
import { CONTROL_SETTINGS, defaultsOf, parseFlags } from "../lib/settings/mod.ts";
import type { ControlOrder } from "./control_ours.ts";

const FLAGS = {
  python: { text: "python3", help: "Python with Stable-Baselines3" },
  env: { text: "CartPole-v1", help: "environment" },
  seeds: { text: "1,2,3,4,5", help: "seeds separated by commas" },
  total_timesteps: { int: 100_000, min: 1, help: "steps of all environments together" },
  episodes: { int: 100, min: 1, help: "episodes of each evaluation" },
  output: { text: "out/control_bench.jsonl", help: "file of the results" },
} as const;

/** One run of one program. */
interface Result {
  readonly env: string;
  readonly program: string;
  readonly seed: number;
  readonly timesteps: number;
  readonly seconds: number;
  readonly cpu_seconds: number;
  readonly mean: number;
  readonly std: number;
}

const PROGRAMS = ["ours", "Stable-Baselines3"] as const;

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** Runs one program in a process of its own. */
async function measure(
  program: typeof PROGRAMS[number],
  order: ControlOrder,
  python: string,
): Promise<Result> {
  const argument = JSON.stringify(order);
  const [command, args] = program === "ours"
    ? [Deno.execPath(), ["run", "-A", beside("control_ours.ts"), argument]]
    : [python, [beside("control_sb3.py"), argument]];
  const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();
  if (!success) throw new Error(`Cannot measure ${program}: ${text(stderr).split("\n").at(-1)}`);
  const measured = JSON.parse(text(stdout).split("\n").at(-1) ?? "");
  const { env, seed, settings: { total_timesteps: timesteps } } = order;
  return { env, program, seed, timesteps, ...measured };
}

/** Mean and standard error. */
function spread(values: readonly number[]): string {
  const error = Math.sqrt(varianceOf(values) / Math.max(1, values.length - 1));
  return `${meanOf(values).toFixed(1)} ± ${error.toFixed(1)}`;
}

/** A Markdown table: one row for each environment, number of steps and program. */
function table(results: readonly Result[]): string {
  const groups = Map.groupBy(
    results,
    ({ env, timesteps, program }) => `| ${env} | ${timesteps} | ${program} |`,
  );
  const rows = [...groups].map(([head, own]) => {
    const values = (name: "mean" | "seconds" | "cpu_seconds") => own.map((one) => one[name]);
    const [lowest, highest] = [Math.min(...values("mean")), Math.max(...values("mean"))];
    const range = `${lowest.toFixed(1)} to ${highest.toFixed(1)}`;
    return `${head} ${own.length} | ${spread(values("mean"))} | ${range} | ${
      spread(values("seconds"))
    } | ${spread(values("cpu_seconds"))} |`;
  });
  const head = "| environment | steps | program | seeds | return | range | seconds | CPU seconds |";
  return [head, "|---|---|---|---|---|---|---|---|", ...rows].join("\n");
}

async function readResults(path: string): Promise<Result[]> {
  if (!await fileExists(path)) return [];
  const lines: unknown[] = await Array.fromAsync(readJsonLines(path));
  return lines as Result[]; // this program wrote them
}

if (import.meta.main) {
  const { values } = parseFlags(FLAGS, { args: Deno.args });
  const { python, env: id, episodes, output, total_timesteps } = values;
  const env: EnvId = ENV_IDS.find((known) => known === makeEnv(id).id) ?? "CartPole-v1";
  const preset = presetSettings(env, "zoo");
  const settings = { ...defaultsOf(CONTROL_SETTINGS), ...preset, total_timesteps };
  const results = await readResults(output);
  for (const seed of values.seeds.split(",").map(Number)) {
    for (const program of PROGRAMS) {
      const isDone = results.some((one) =>
        one.env === env && one.seed === seed && one.program === program &&
        one.timesteps === total_timesteps
      );
      if (isDone) continue;
      const result = await measure(program, { env, seed, episodes, settings }, python);
      results.push(result);
      await appendTo(output, JSON.stringify(result) + "\n");
      console.error(JSON.stringify(result));
    }
  }
  console.log(table(results));
}
