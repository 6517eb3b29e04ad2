/**
 * Power cuts on a real file system: `deno run -A tests/power_cut.ts [MOMENTS] [SEED] [mkfs.TYPE]`.
 * It needs Linux, root and a loop device.
 *
 * A short run trains on a small disk that is a file. At random moments the training is stopped for
 * a moment and the file is copied: the copy is what the disk holds if the power fails then. What
 * the system has not yet written to the disk is not in it. Each copy is mounted, its run is resumed
 * (or started, if it had not begun), and must end with the bits of a run that was never cut, from a
 * state at most one update old.
 */
import { deepEqual, ok } from "node:assert/strict";
import { fileExists } from "../lib/files/mod.ts";
import { randomStream } from "../lib/random/mod.ts";
import {
  nextFlags,
  requireRecent,
  resumedFrom,
  type RunToBreak,
  sendSignal,
  unbroken,
  updatesIn,
} from "./helpers/broken_run.ts";
import { withFolder } from "./helpers/folder.ts";
import {
  runTrain,
  startTrain,
  tinyFlags,
  traceOf,
  writePassages,
} from "./helpers/train_command.ts";

const DISK_MIB = 64;
/** Roughly how long the run trains, in milliseconds. Moments after its end are drawn again. */
const SPAN = 4000;
/** Timesteps of an update in `tinyFlags`. */
const UPDATE = 2;

async function system(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (success) return;
  const reason = new TextDecoder().decode(stderr).trim();
  throw new Error(`Cannot run ${program} ${args.join(" ")}: ${reason}. It needs Linux and root`);
}

/** Mounts a disk for as long as `use` takes. */
async function mounted<T>(disk: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = `${disk}.mounted`;
  await Deno.mkdir(folder, { recursive: true });
  await system("mount", "-o", "loop", disk, folder);
  try {
    return await use(folder);
  } finally {
    await system("umount", folder);
  }
}

/** What the disk held at one moment. */
interface Cut {
  readonly disk: string;
  readonly run: string;
  /** Updates that the run had reported. */
  readonly updates: number;
}

/** Copies the disk, again if it changed meanwhile. */
async function copyDisk(disk: string, target: string): Promise<void> {
  for (let same = false; !same;) {
    await system("cp", "--sparse=always", disk, target);
    same = (await new Deno.Command("cmp", { args: ["-s", disk, target] }).output()).success;
  }
}

const sleep = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Waits for a moment that may be past. */
const until = (moment: number) => sleep(Math.max(0, moment - performance.now()));

/**
 * Trains once, and copies the disk at these moments, in milliseconds after everything is compiled.
 */
async function cutsOfRun(
  flags: readonly string[],
  { disk, run, moments }: { disk: string; run: string; moments: readonly number[] },
): Promise<Cut[]> {
  const child = startTrain([...flags, "--output_dir", run]);
  const errors = new Response(child.stderr).text();
  let out = "", ended = false;
  const compiled = Promise.withResolvers<number>();
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += text;
      if (out.includes("prompts, ")) compiled.resolve(performance.now());
    }
    ended = true;
  })();
  const cuts: Cut[] = [];
  const start = await Promise.race([compiled.promise, reading.then(() => 0)]);
  let paused = 0; // milliseconds that the training was stopped for copies
  for (const moment of moments) {
    await Promise.race([until(start + paused + moment), reading]);
    if (ended) break;
    const pause = performance.now();
    sendSignal(child, "SIGSTOP");
    await sleep(30); // its last lines arrive
    if (ended) break;
    const copy = `${disk}.${cuts.length}.${run.split("/").at(-1)}`;
    await copyDisk(disk, copy);
    cuts.push({ disk: copy, run: run.split("/").at(-1) ?? "", updates: updatesIn(out) });
    sendSignal(child, "SIGCONT");
    paused += performance.now() - pause;
  }
  await reading;
  ok((await child.status).success, await errors);
  return cuts;
}

/** Takes the run of a copy up, and says from where. */
async function check(
  { disk, run, updates }: Cut,
  { flags, update, trace }: RunToBreak,
): Promise<string> {
  return await mounted(disk, async (folder) => {
    const target = `${folder}/${run}`;
    const begun = await fileExists(`${target}/settings.json`);
    const { code, out, err } = await runTrain(await nextFlags(target, flags));
    deepEqual([code, err], [0, ""]);
    const timestep = resumedFrom(out);
    requireRecent(timestep, updates, update);
    deepEqual(await traceOf(target), trace);
    return `${updates} updates reported: ${
      !begun ? "started" : timestep === 0 ? "began anew" : `resumed after timestep ${timestep}`
    }`;
  });
}

/** Makes an empty disk in a file. */
async function newDisk(disk: string, format: string): Promise<void> {
  await system("truncate", "-s", "0", disk);
  await system("truncate", "-s", `${DISK_MIB}M`, disk);
  await system(format, "-q", disk);
}

async function main(moments: number, seed: number, format: string): Promise<void> {
  await withFolder(async (folder) => {
    const passages = `${folder}/passages.jsonl`;
    await writePassages(passages);
    const flags = tinyFlags(passages);
    const whole = await unbroken(`${folder}/whole`, { flags, update: UPDATE });
    const random = randomStream(seed);
    const disk = `${folder}/disk`;
    for (let done = 0; done < moments;) {
      await newDisk(disk, format);
      const drawn = Array.from({ length: Math.min(10, moments - done) }, () => random() * SPAN)
        .sort((a, b) => a - b);
      const cuts = await mounted(
        disk,
        (mount) => cutsOfRun(flags, { disk, run: `${mount}/run${done}`, moments: drawn }),
      );
      for (const cut of cuts) {
        console.log(`${++done} of ${moments}: ${await check(cut, whole)}`);
        await Deno.remove(cut.disk);
      }
    }
    console.log(`${moments} power cuts: every run ended with the bits of the unbroken one`);
  });
}

if (import.meta.main) {
  const [moments = "10", seed = "1", format = "mkfs.ext4"] = Deno.args;
  await main(Number(moments), Number(seed), format);
}
