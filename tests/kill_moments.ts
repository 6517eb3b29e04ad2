/**
 * Kills at random moments: `deno run -A tests/kill_moments.ts [MOMENTS] [SEED]`.
 *
 * A short run of the embedded models is killed (SIGKILL) at a random moment after a random line of
 * its output. It is resumed (or started, if it had not begun) and killed again, until it is done.
 * After each kill, its newest state must be at most one update old, and each run must end with the
 * bits of a run that was never killed. `power_cut.ts` does the same with the power of a disk.
 */
import { deepEqual, equal } from "node:assert/strict";
import { type Random, randomStream } from "../lib/random/mod.ts";
import { statePaths } from "../scripts/run_states.ts";
import {
  killed,
  nextFlags,
  requireRecent,
  resumedFrom,
  type RunToBreak,
  unbroken,
  updatesIn,
} from "./helpers/broken_run.ts";
import { withFolder } from "./helpers/folder.ts";
import { startTrain, traceOf } from "./helpers/train_command.ts";

/** 8 updates of 2 timesteps each. */
const SMALL = {
  update: 2,
  flags: "--batch_size 4 --num_episodes 2 --max_timesteps 8 --update_timesteps 2".split(" "),
};
const UPDATES = 8;

/**
 * When a run is killed: `after` milliseconds after the output contains `when`. An empty `when` counts
 * from the start.
 */
interface Moment {
  readonly when: string;
  readonly after: number;
}

/** What a run had reached when it was killed. */
interface Kill extends Moment {
  /** Updates that it had reported. */
  readonly updates: number;
  /** The timestep of its newest state; 0: there is none. */
  readonly timestep: number;
}

/** The line that the command prints when all is loaded and the training begins. */
const OPENED = "prompts, ";

/** Draws a moment that is still to come in a run that has `done` updates. */
function drawMoment(random: Random, { done, span }: { done: number; span: number }): Moment {
  const left = Array.from({ length: UPDATES - done }, (_, index) => done + 1 + index);
  const lines = ["", OPENED, ...left.map((update) => `update ${update} of ${UPDATES}  timestep`)];
  return { when: lines[Math.floor(random() * lines.length)], after: random() * span };
}

/** Runs the command, and kills it if it has not ended before. */
async function live(
  flags: readonly string[],
  moment: Moment,
): Promise<{ out: string; isKilled: boolean }> {
  const { code, signal, out, err } = await killed(startTrain(flags), {
    signal: "SIGKILL",
    ...moment,
  });
  const isKilled = signal === "SIGKILL";
  if (!isKilled) deepEqual([code, err], [0, ""]);
  return { out, isKilled };
}

/** The timestep of the newest state in a folder; 0: there is none. */
async function newestTimestep(folder: string): Promise<number> {
  const [newest] = await statePaths(folder).catch(() => []); // the folder may not be there yet
  return Number(/state-(\d+)-\d+$/.exec(newest ?? "")?.[1] ?? 0);
}

/** The longest time that a timer can wait, in milliseconds. */
const NEVER = 2 ** 31 - 1;

/** Trains in a folder to the end, through at most so many kills, and tells of each. */
async function killedRun(
  folder: string,
  { flags, update, trace, milliseconds }: RunToBreak,
  { atMost, random, onKill }: { atMost: number; random: Random; onKill: (kill: Kill) => void },
): Promise<void> {
  let updates = 0, timestep = 0;
  for (let kills = 0;; kills++) {
    const drawn = drawMoment(random, { done: timestep / update, span: milliseconds / UPDATES });
    const moment = kills < atMost ? drawn : { when: "", after: NEVER };
    const { out, isKilled } = await live(await nextFlags(folder, flags), moment);
    if (/^continuing /m.test(out)) equal(resumedFrom(out), timestep);
    if (!isKilled) break;
    updates = Math.max(updates, updatesIn(out));
    timestep = await newestTimestep(folder);
    requireRecent(timestep, updates, update);
    onKill({ ...moment, updates, timestep });
  }
  deepEqual(await traceOf(folder), trace);
}

/** A kill in a line. */
function lineOf({ when, after, updates, timestep }: Kill): string {
  const line = when === "" ? "the start" : `"${when.trim()}"`;
  const found = timestep === 0 ? "no state" : `a state after timestep ${timestep}`;
  return `killed ${after.toFixed(0)} ms after ${line}: ${updates} updates reported, ${found}`;
}

async function main(moments: number, seed: number): Promise<void> {
  await withFolder(async (folder) => {
    const run = await unbroken(`${folder}/whole`, SMALL);
    const random = randomStream(seed);
    const kills: Kill[] = [];
    const onKill = (kill: Kill) =>
      console.log(`${kills.push(kill)} of ${moments}: ${lineOf(kill)}`);
    let runs = 0;
    for (; kills.length < moments; runs++) {
      const target = `${folder}/killed`;
      await killedRun(target, run, { atMost: moments - kills.length, random, onKill });
      await Deno.remove(target, { recursive: true });
      console.log(`run ${runs + 1} ended with the bits of the unbroken one`);
    }
    const early = kills.filter(({ timestep }) => timestep === 0).length;
    console.log(
      `${kills.length} kills in ${runs} runs: ${early} before the first state, ` +
        `${kills.length - early} with a state at most one update old; ` +
        "every run ended with the bits of the unbroken one",
    );
  });
}

if (import.meta.main) {
  const [moments = "10", seed = "1"] = Deno.args;
  await main(Number(moments), Number(seed));
}
