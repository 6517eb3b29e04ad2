/**
 * The embedded run on this machine: time of the whole schedule, of each part of a timestep, peak memory.
 *
 * `--quick` runs one episode of 20 timesteps. Parts are what the trainer itself measures; one timestep of 16 prompts with its share
 * of the update is generate + score + actor + critic.
 */
import { loadEmbedded, openRun, peakMemory, runSettings } from "../lib/course/mod.ts";
import type { Metrics } from "../lib/ppo/mod.ts";

/** Trains and prints a table. */
export async function benchEmbedded({ quick }: { quick: boolean }): Promise<void> {
  const embedded = await loadEmbedded();
  const settings = runSettings(
    embedded.policy,
    quick ? { num_episodes: 1, max_timesteps: 20 } : {},
  );
  const compileStart = performance.now();
  const run = await openRun(embedded, settings);
  const compileSeconds = (performance.now() - compileStart) / 1000;
  const start = performance.now();
  const rows: Metrics[] = [];
  for await (const row of run.ppo.train()) {
    rows.push(row);
    console.log(`update ${row.update}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  const seconds = { compile: compileSeconds, train: (performance.now() - start) / 1000 };
  printTable(rows, { device: run.device.description, seconds });
}

const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(0)} ms`;

function printTable(
  rows: readonly Metrics[],
  { device, seconds }: { device: string; seconds: { compile: number; train: number } },
): void {
  const timesteps = rows.at(-1)?.timestep ?? 0;
  const part = (key: "seconds_generate" | "seconds_score" | "seconds_actor" | "seconds_critic") =>
    milliseconds(rows.reduce((sum, row) => sum + row[key], 0) / timesteps);
  const table = [
    ["device", device],
    ["timesteps of 16 prompts", String(timesteps)],
    ["compile", `${seconds.compile.toFixed(1)} s`],
    ["train", `${seconds.train.toFixed(1)} s`],
    ["a timestep with its share of the update", milliseconds(seconds.train / timesteps)],
    ["  generate", part("seconds_generate")],
    ["  score (reference, critic, reward)", part("seconds_score")],
    ["  update actor", part("seconds_actor")],
    ["  update critic", part("seconds_critic")],
    ["peak memory", `${peakMemory().toFixed(0)} MiB`],
  ];
  const width = Math.max(...table.map(([name]) => name.length));
  console.log(table.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"));
}
