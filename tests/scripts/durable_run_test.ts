/**
 * What happens to the folder of a run between two sittings: files that are gone, cut off, longer or
 * damaged, states of an older version, paths inside the folder. The resumed run ends with the bits
 * of the unbroken one.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileExists, readJsonRecord, readText } from "../../lib/files/mod.ts";
import { copyFolder } from "../helpers/folder.ts";
import { namesIn, runTrain, tinyFlags, traceOf, writePassages } from "../helpers/train_command.ts";

const folder = await Deno.makeTempDir();
const passages = `${folder}/passages.jsonl`;
await writePassages(passages);
const flags = tinyFlags(passages);

/** A run that nothing disturbs, and one that ended after two of its three episodes. */
const whole = `${folder}/whole`, half = `${folder}/half`;
await runTrain([...flags, "--output_dir", whole]);
await runTrain([...flags, "--output_dir", half, "--num_episodes", "2"]);
const trace = await traceOf(whole);

let copies = 0;

/** Changes a copy of the half run, makes it longer by the last episode, and gives what it printed. */
async function resumed(
  change: (run: string) => Promise<unknown>,
  path = "",
): Promise<{ run: string; code: number; out: string; err: string }> {
  const run = `${folder}/copy${copies++}`;
  await copyFolder(half, run);
  await change(run);
  return { run, ...await runTrain(["--resume", run + path, "--num_episodes", "3"]) };
}

/** Changes one byte of a file. */
async function flip(path: string, at = 0.5): Promise<void> {
  const bytes = await Deno.readFile(path);
  bytes[Math.floor(bytes.length * at)] ^= 0x10;
  await Deno.writeFile(path, bytes);
}

const eventsIn = async (run: string): Promise<string> =>
  (await namesIn(run)).find((name) => name.includes("tfevents")) ?? "";

const LOGS: readonly [string, (run: string) => Promise<string>][] = [
  ["metrics.jsonl", () => Promise.resolve("metrics.jsonl")],
  ["answers.jsonl", () => Promise.resolve("answers.jsonl")],
  ["the event file", eventsIn],
];

const CHANGES: readonly [string, (path: string) => Promise<unknown>, RegExp | undefined][] = [
  ["missing", Deno.remove, /was missing, and is restored from the copy in the state/],
  ["cut off", (path) => Deno.truncate(path, 100), /was cut off, and is restored/],
  ["empty", (path) => Deno.truncate(path, 0), /was missing, and is restored/],
  ["full of zeros", async (path) => {
    await Deno.writeFile(path, new Uint8Array((await Deno.stat(path)).size));
  }, /had been changed, and is restored/],
  ["longer", (path) => Deno.writeTextFile(path, "more\n", { append: true }), undefined],
];

for (const [change, damage, note] of CHANGES) {
  Deno.test(`logs that are ${change} do not stop a run, and end as they would have`, async () => {
    const names: string[] = [];
    const { run, code, out, err } = await resumed(async (run) => {
      for (const [, nameIn] of LOGS) names.push(await nameIn(run));
      for (const name of names) await damage(`${run}/${name}`);
    });
    deepEqual([code, err], [0, ""]);
    for (const name of names) {
      const line = out.split("\n").find((line) => line.startsWith(`${run}/${name} `));
      if (note === undefined && name !== "metrics.jsonl") equal(line, undefined);
      else if (note === undefined) match(line ?? "", /goes beyond the state: it is cut back/);
      else match(line ?? "", note);
    }
    deepEqual(await traceOf(run), trace);
  });
}

for (
  const file of [
    "actor.safetensors",
    "critic.safetensors",
    "state.json",
    "metrics.copy",
    "settings.json",
    "checksums.json",
  ]
) {
  Deno.test(`a flipped byte in ${file} of the newest state is named, and the state before it is used`, async () => {
    const { run, code, out, err } = await resumed((run) => flip(`${run}/state-8-16/${file}`));
    deepEqual([code, err], [0, ""]);
    const line = out.split("\n").find((text) => text.includes(`${run}/state-8-16/`)) ?? out;
    if (file !== "checksums.json") ok(line.includes(file), line);
    ok(line.includes("set aside as"), line);
    match(out, /state-6-12 instead\n/);
    match(out, /continuing after timestep 6, optimizer step 12\n/);
    await Deno.remove(`${run}/state-8-16.damaged`, { recursive: true });
    deepEqual(await traceOf(run), trace);
  });
}

Deno.test("a run whose states are all damaged is refused with each file's name, and stays as it is", async () => {
  const { run, code, err } = await resumed(async (run) => {
    await flip(`${run}/state-8-16/actor.safetensors`);
    await Deno.truncate(`${run}/state-6-12/critic.safetensors`, 9);
  });
  equal(code, 1);
  match(
    err,
    /^Cannot resume .*: every state is damaged\. .*state-8-16\/actor\.safetensors: it is damaged.*state-6-12\/critic\.safetensors: it has 9 bytes, and \d+ were written.* begin a new run in another --output_dir\n$/,
  );
  deepEqual(await namesIn(run), await namesIn(half));
});

for (
  const [what, damage] of [
    ["missing", (path) => Deno.remove(path)],
    ["damaged", (path) => flip(path)],
    ["empty", (path) => Deno.truncate(path, 0)],
  ] as const satisfies readonly [string, (path: string) => Promise<unknown>][]
) {
  Deno.test(`settings.json that is ${what} is replaced by the newest state's copy`, async () => {
    const { run, code, out, err } = await resumed((run) => damage(`${run}/settings.json`));
    deepEqual([code, err], [0, ""]);
    match(out, /settings\.json.*; using the copy in .*state-8-16\n/);
    deepEqual(await traceOf(run), trace);
  });
}

Deno.test("a state alone, in an empty folder, is resumed to the end of the run", async () => {
  const alone = `${folder}/alone`;
  await copyFolder(`${half}/state-8-16`, `${alone}/state-8-16`);
  const { code, err } = await runTrain(["--resume", `${alone}/state-8-16`, "--num_episodes", "3"]);
  deepEqual([code, err], [0, ""]);
  const { "checkpoint-8/model.safetensors": _, ...wanted } = trace; // of an episode before the state
  deepEqual(await traceOf(alone), wanted);
});

Deno.test("the path of a policy or a state of a run stands for the run", async () => {
  for (const path of ["/checkpoint-16", "/checkpoint-8/", "/state-6-12"]) {
    const { run, code, out, err } = await resumed(() => Promise.resolve(), path);
    deepEqual([code, err], [0, ""]);
    match(out, /belongs to the run in .*copy\d+, which continues\n/);
    deepEqual(await traceOf(run), trace);
  }
});

Deno.test("a policy that was copied away from its run is refused as what it is", async () => {
  await copyFolder(`${half}/checkpoint-16`, `${folder}/away/checkpoint-16`);
  const { code, err } = await runTrain(["--resume", `${folder}/away/checkpoint-16`]);
  equal(code, 1);
  match(err, /^Cannot resume .*\/away\/checkpoint-16: it is a model\. Give the folder of a run, /);
});

Deno.test("states that are gone are not replaced by a run from the start", async () => {
  const { run, code, err } = await resumed(async (run) => {
    for (const name of ["state-6-12", "state-8-16"]) {
      await Deno.remove(`${run}/${name}`, { recursive: true });
    }
  });
  equal(code, 1);
  match(
    err,
    /^Cannot resume .*: it made 4 updates, and its states \(state-T-S\) are gone\. Restore/,
  );
  equal((await readText(`${run}/metrics.jsonl`)).split("\n").length, 5);
});

Deno.test("a policy that is missing or damaged is written again before the run says where it is", async () => {
  for (
    const change of [
      (path: string) => Deno.remove(path, { recursive: true }),
      (path: string) => flip(`${path}/model.safetensors`),
    ]
  ) {
    const run = `${folder}/policy${copies++}`;
    await copyFolder(whole, run);
    await change(`${run}/checkpoint-24`);
    const { code, out } = await runTrain(["--resume", run]);
    deepEqual([code, out.trim().split("\n").at(-1)], [
      0,
      `done: the policy is ${run}/checkpoint-24`,
    ]);
    deepEqual(await traceOf(run), trace);
  }
});

Deno.test("a run cannot be made shorter", async () => {
  const { code, err } = await runTrain(["--resume", half, "--num_episodes", "1"]);
  equal(code, 1);
  match(err, /^Cannot resume .* with num_episodes 1: the run has 2, and can only be made longer/);
});

/** Turns a run into one that version 0.1.0 wrote: no copies, no checksums, fewer metrics. */
async function asBefore(run: string): Promise<void> {
  await Deno.remove(`${run}/state-6-12`, { recursive: true });
  for (const name of await namesIn(`${run}/state-8-16`)) {
    if (/\.copy$|^(settings|checksums)\.json$/.test(name)) {
      await Deno.remove(`${run}/state-8-16/${name}`);
    }
  }
  const { crc32: _, save_every: __, ...record } = await readJsonRecord(`${run}/settings.json`);
  await Deno.writeTextFile(`${run}/settings.json`, JSON.stringify(record));
  for await (const { name } of Deno.readDir(run)) {
    if (name.startsWith("checkpoint-")) await Deno.remove(`${run}/${name}/checksums.json`);
  }
}

Deno.test("a run of version 0.1.0 resumes to the bit", async () => {
  const { run, code, err } = await resumed(asBefore);
  deepEqual([code, err], [0, ""]);
  deepEqual(await traceOf(run), trace);
});

Deno.test("a run of version 0.1.0 with logs that are gone or cut off resumes with a note, and its log continues", async () => {
  const { run, code, out, err } = await resumed(async (run) => {
    await asBefore(run);
    await Deno.truncate(`${run}/metrics.jsonl`, 1500);
    await Deno.truncate(`${run}/${await eventsIn(run)}`, 3000);
    await Deno.remove(`${run}/answers.jsonl`);
  });
  deepEqual([code, err], [0, ""]);
  equal(out.match(/and the state of an older version has no copy: it continues/g)?.length, 3);
  const rows = (await readText(`${run}/metrics.jsonl`)).trim().split("\n").map((line) =>
    JSON.parse(line).update
  );
  deepEqual(rows, [1, 5, 6]);
  equal(await fileExists(`${run}/checkpoint-24`), true);
  const { metrics: _, answers: __, scalars: ___, ...weights } = trace;
  const found = await traceOf(run);
  for (const [name, digest] of Object.entries(weights)) equal(found[name], digest, name);
});

globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
