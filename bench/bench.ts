/**
 * The `bench` task: the embedded run on this machine - time of the whole schedule, of each part of a timestep, peak memory.
 *
 * `--quick` runs one episode of 20 timesteps. Parts are what the trainer itself measures; one timestep of 16 prompts with its share
 * of the update is generate + score + actor + critic.
 */
import { loadEmbedded, openRun, peakMemory, runSettings } from "../lib/course/mod.ts";
import type { Metrics } from "../lib/rlhf/mod.ts";

const quick = Deno.args.includes("--quick");
const embedded = await loadEmbedded();
const settings = runSettings(embedded.policy, quick ? { num_episodes: 1, max_timesteps: 20 } : {});
const compileStart = performance.now();
const run = await openRun(embedded, settings);
const compileSeconds = (performance.now() - compileStart) / 1000;
const start = performance.now();
const rows: Metrics[] = [];
for await (const row of run.ppo.train()) {
  rows.push(row);
  console.log(`update ${row.update}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
const total = (performance.now() - start) / 1000;
const timesteps = rows.at(-1)?.timestep ?? 0;

const part = (key: "seconds_generate" | "seconds_score" | "seconds_actor" | "seconds_critic") =>
  rows.reduce((sum, row) => sum + row[key], 0) / timesteps;
const milliseconds = (seconds: number) => `${(1000 * seconds).toFixed(0)} ms`;
const table = [
  ["device", run.device.description],
  ["timesteps of 16 prompts", String(timesteps)],
  ["compile", `${compileSeconds.toFixed(1)} s`],
  ["train", `${total.toFixed(1)} s`],
  ["a timestep with its share of the update", milliseconds(total / timesteps)],
  ["  generate", milliseconds(part("seconds_generate"))],
  ["  score (reference, critic, reward)", milliseconds(part("seconds_score"))],
  ["  update actor", milliseconds(part("seconds_actor"))],
  ["  update critic", milliseconds(part("seconds_critic"))],
  ["peak memory", `${peakMemory().toFixed(0)} MiB`],
];
const width = Math.max(...table.map(([name]) => name.length));
console.log(table.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n"));
