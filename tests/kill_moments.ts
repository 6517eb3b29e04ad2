/**
 * Kills at random moments: `deno run -A tests/kill_moments.ts [MOMENTS] [SEED]`.
 *
 * A short run of the embedded models is killed (SIGKILL) at a random moment: of four moments, one
 * counts from the start of its process and three from the start of its training. It is resumed (or
 * started, if it had not begun) and killed again, until it is done. After each kill, its newest
 * state must be at most one update old, and each run must end with the bits of a run that was never
 * killed. `power_cut.ts` does the same with the power of a disk.
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

/** The longest time that a timer can wait, in milliseconds. */
const NEVER = 2 ** 31 - 1;

/** What a run had reached when it was killed. */
interface Kill {
  /** Milliseconds after the start of its process, or of its training. */
  readonly moment: number;
  /** Whether it was training. */
  readonly isTraining: boolean;
  /** Updates that it had reported. */
  readonly updates: number;
  /** The timestep of its newest state; 0: there is none. */
  readonly timestep: number;
}

/** What the command says when all is loaded and the training begins. */
const OPENED = "prompts, ";

/** Runs the command, and kills it if it has not ended before. */
async function live(
  flags: readonly string[],
  moment: { when: string; after: number },
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

/** Trains in a folder to the end, through at most so many kills, and tells of each. */
async function killedRun(
  folder: string,
  { flags, update, trace, milliseconds }: RunToBreak,
  { atMost, random, onKill }: { atMost: number; random: Random; onKill: (kill: Kill) => void },
): Promise<void> {
  let updates = 0, timestep = 0;
  for (let kills = 0;; kills++) {
    const when = random() < 1 / 4 ? "" : OPENED;
    const after = random() * milliseconds;
    const next = await nextFlags(folder, flags);
    const { out, isKilled } = await live(next, { when, after: kills < atMost ? after : NEVER });
    if (/^continuing /m.test(out)) equal(resumedFrom(out), timestep);
    if (!isKilled) break;
    updates = Math.max(updates, updatesIn(out));
    timestep = await newestTimestep(folder);
    requireRecent(timestep, updates, update);
    onKill({ moment: after, isTraining: out.includes(OPENED), updates, timestep });
  }
  deepEqual(await traceOf(folder), trace);
}

/** A kill in a line. */
function lineOf({ moment, isTraining, updates, timestep }: Kill): string {
  const doing = isTraining ? "while it trained" : "while it started";
  const found = timestep === 0 ? "no state" : `a state after timestep ${timestep}`;
  return `killed ${doing} (${moment.toFixed(0)} ms), ${updates} updates reported, ${found}`;
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
    const training = kills.filter(({ isTraining }) => isTraining).length;
    const early = kills.filter(({ timestep }) => timestep === 0).length;
    console.log(
      `${kills.length} kills in ${runs} runs, ${training} of them while a run trained: ` +
        `${early} before the first state, ${kills.length - early} with a state at most one ` +
        "update old; every run ended with the bits of the unbroken one",
    );
  });
}

if (import.meta.main) {
  const [moments = "10", seed = "1"] = Deno.args;
  await main(Number(moments), Number(seed));
}
