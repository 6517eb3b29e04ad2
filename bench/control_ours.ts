/**
 * One run of this library on a control task, for `bench/control.ts`: it prints the same line of
 * JSON as `control_sb3.py`.
 */
import {
  createAgent,
  evaluatePolicy,
  loadPolicy,
  savedPolicy,
  trainAgent,
} from "../lib/agent/mod.ts";
import process from "node:process";
import { meanOf, varianceOf } from "../lib/rl/mod.ts";
import { openDevice } from "../lib/runtime/mod.ts";
import type { ControlSettings } from "../lib/settings/mod.ts";

/** What a run is asked to do. */
export interface ControlOrder {
  readonly env: string;
  readonly seed: number;
  /** Episodes of the evaluation. */
  readonly episodes: number;
  readonly settings: ControlSettings;
}

/** The CPU time of this process so far, in seconds. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function trained(order: ControlOrder) {
  const start = performance.now(), cpu = cpuSeconds();
  const device = await openDevice("cpu", { threads: 1 });
  const run = await createAgent(device, order);
  for await (const _ of trainAgent(run)); // to the end
  const seconds = (performance.now() - start) / 1000, cpu_seconds = cpuSeconds() - cpu;
  const policy = await loadPolicy(device, await savedPolicy(run, order.settings));
  const { returns } = await evaluatePolicy(policy, { episodes: order.episodes, seed: 1_000_000 });
  return { seconds, cpu_seconds, mean: meanOf(returns), std: Math.sqrt(varianceOf(returns)) };
}

if (import.meta.main) console.log(JSON.stringify(await trained(JSON.parse(Deno.args[0]))));
