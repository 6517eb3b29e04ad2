/**
 * The start of a run and its disk: several starts at once, starts that fail, folders that cannot be
 * written, disks that are or become full.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { fileExists } from "../../lib/files/mod.ts";
import { copyFolder, withFolder } from "../helpers/folder.ts";
import { pathOf } from "../helpers/fixtures.ts";
import {
  namesIn,
  runTrain,
  startTrain,
  tinyFlags,
  traceOf,
  writePassages,
} from "../helpers/train_command.ts";

const folder = await Deno.makeTempDir();
const passages = `${folder}/passages.jsonl`;
await writePassages(passages);
const flags = tinyFlags(passages);
const short = [...flags, "--num_episodes", "1"];

const whole = `${folder}/whole`;
await runTrain([...short, "--output_dir", whole]);
const trace = await traceOf(whole);

Deno.test("of three starts at once in one folder, one trains and two are refused", async () => {
  const target = `${folder}/at_once`;
  const ends = await Promise.all(
    [1, 2, 3].map(() => runTrain([...short, "--output_dir", target])),
  );
  deepEqual(ends.map(({ code }) => code).sort(), [0, 1, 1]);
  equal(ends.filter(({ out }) => out.includes("done: ")).length, 1);
  for (const { err } of ends.filter(({ code }) => code === 1)) {
    match(
      err,
      /^Cannot (begin a run in .*: it already holds one|train in .*: process \d+ on .* is training there)/,
    );
  }
  deepEqual(await traceOf(target), trace);
});

/** A model folder with the first bytes of its weights. */
async function cutOff(from: string, name: string): Promise<string> {
  const target = `${folder}/${name}`;
  await copyFolder(pathOf(from), target);
  const weights = (await namesIn(target)).find((name) => /^(model|pytorch_model)/.test(name));
  await Deno.truncate(`${target}/${weights}`, 5000);
  return target;
}

const FAILING: readonly [string, () => Promise<readonly string[]>][] = [
  [
    "the policy's weights are cut off",
    async () => ["--ori_model_path", await cutOff("gpt2_tiny", "cut")],
  ],
  [
    "the reward model's are",
    async () => ["--reward_model_path", await cutOff("reward_tiny", "cut2")],
  ],
  ["the passages are missing", () => Promise.resolve(["--train_file_path", `${folder}/none`])],
];

for (const [what, wrong] of FAILING) {
  Deno.test(`a start that fails because ${what} leaves no files, and the corrected command runs`, async () => {
    const target = `${folder}/${what.replaceAll(/\W/g, "_")}`;
    const output = ["--output_dir", `${target}/a/b`];
    const { code, err } = await runTrain([...short, ...await wrong(), ...output]);
    equal(code, 1);
    match(err, /^Cannot /);
    equal(await fileExists(target), false);
    equal((await runTrain([...short, ...output])).code, 0);
  });
}

Deno.test("a start that fails leaves a folder that was there before as it was", () =>
  withFolder(async (target) => {
    await Deno.writeTextFile(`${target}/notes.txt`, "mine");
    const wrong = ["--ori_model_path", await cutOff("gpt2_tiny", "cut3"), "--output_dir", target];
    equal((await runTrain([...short, ...wrong])).code, 1);
    deepEqual(await namesIn(target), ["notes.txt"]);
  }));

Deno.test("an output_dir that is empty, a file, or below a file is refused before anything is loaded", async () => {
  const file = `${folder}/file`;
  await Deno.writeTextFile(file, "");
  const empty = await runTrain([...short, "--output_dir", ""]);
  deepEqual([empty.code, empty.err], [
    1,
    'Cannot use --output_dir "": it must be a path\n',
  ]);
  for (const path of [file, `${file}/run`]) {
    const { code, err } = await runTrain([...short, "--output_dir", path]);
    equal(code, 1);
    match(err, /^Cannot write .*\/file(\/run)?: a (part of this path is a file|file of that name)/);
  }
});

Deno.test(
  "a folder that this user may not write is named",
  { ignore: Deno.build.os !== "linux" },
  async () => {
    const { code, err } = await runTrain([...short, "--output_dir", "/sys/kernel/run"]);
    equal(code, 1);
    match(
      err,
      /^Cannot write \/sys\/kernel\/run.*: (this user may not write there|its file system is read-only)\. Choose a folder/,
    );
  },
);

Deno.test("a run that its disk cannot hold is refused with what it needs, and --plan says so before", async () => {
  const huge = [...short, "--num_episodes", "1000000000"];
  const { code, err } = await runTrain([...huge, "--output_dir", `${folder}/huge`]);
  equal(code, 1);
  match(
    err,
    /^Cannot write .*\/huge: the run needs \d+\.\d GiB of disk space, and .* are free\. It writes 3 states of 1016 KiB \(two are kept while the next one is written\) and 1000000000 policies of 170 KiB\. Free some space/,
  );
  equal(await fileExists(`${folder}/huge`), false);
  const { out } = await runTrain([...huge, "--output_dir", `${folder}/huge`, "--plan"]);
  match(out, /\ndisk: \d+\.\d GiB needed in .*\/huge, .* free\n/);
});

/** Mounts a disk of so many MiB in memory for as long as `use` takes; needs root. */
async function smallDisk(mebibytes: number, use: (folder: string) => Promise<void>) {
  await withFolder(async (folder) => {
    const mount = ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", folder];
    const { success } = await new Deno.Command("mount", { args: mount, stderr: "null" }).output();
    if (!success) return; // a container without that permission
    try {
      await use(folder);
    } finally {
      await new Deno.Command("umount", { args: ["-l", folder] }).output();
    }
  });
}

const withoutRoot = Deno.build.os !== "linux" || Deno.uid() !== 0;

Deno.test(
  "a disk that becomes full ends a run with a sentence; with room again, it ends to the bit",
  {
    ignore: withoutRoot,
  },
  () =>
    smallDisk(24, async (disk) => {
      const target = `${disk}/run`;
      const child = startTrain([...flags, "--output_dir", target, "--num_episodes", "8"]);
      const err = new Response(child.stderr).text();
      let out = "";
      for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
        out += text;
        if (out.includes("update 3 of") && !await fileExists(`${disk}/filler`)) {
          await fill(`${disk}/filler`);
        }
      }
      equal((await child.status).code, 1);
      match(
        await err,
        /^Cannot write \/.*\/run\/.*: the disk is full \(.* are needed, and .* free\)\. Free some space, .*\. The run is saved up to .*\/state-\d+-\d+; then continue with: deno task train --resume .*\/run\n$/,
      );
      await Deno.remove(`${disk}/filler`);
      const longer = `${folder}/eight`;
      equal((await runTrain(["--resume", target])).code, 0);
      await runTrain([...flags, "--output_dir", longer, "--num_episodes", "8"]);
      deepEqual(await traceOf(target), await traceOf(longer));
    }),
);

/** Writes until the disk is full. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true });
  for (const size of [1 << 20, 1 << 12]) {
    try {
      for (;;) await file.write(new Uint8Array(size));
    } catch (error) {
      ok(error instanceof Error);
    }
  }
}

Deno.test("a disk that is too small is refused before anything is written there", {
  ignore: withoutRoot,
}, () =>
  smallDisk(4, async (disk) => {
    const { code, err } = await runTrain([...short, "--output_dir", `${disk}/run`]);
    equal(code, 1);
    match(
      err,
      /^Cannot write .*\/run: the run needs \d+ MiB of disk space, and \d+ MiB are free\. /,
    );
    deepEqual(await namesIn(disk), []);
  }));

globalThis.addEventListener("unload", () => Deno.removeSync(folder, { recursive: true }));
