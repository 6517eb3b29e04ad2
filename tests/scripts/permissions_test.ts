/** Tasks that never load ONNX Runtime run with a list of permissions, or drop the others. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readText } from "../../lib/files/mod.ts";
import { withFolder } from "../helpers/folder.ts";
import { type Ended, runScript } from "../helpers/run_script.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { tasks } = JSON.parse(await readText(join(root, "deno.json")));
const training = await readText(join(root, "docs/TRAINING.md"));

/** The flags of a command line that starts with `deno run`. */
const flagsOf = (line: string): string[] =>
  line.split(" ").filter((part) => part.startsWith("--allow"));

/**
 * Runs a script without prompts for permissions. Its last line lists the permissions that it still
 * has.
 */
const run = (name: string, args: readonly string[], flags: readonly string[]): Promise<Ended> =>
  runScript(name, args, {
    flags: ["--no-prompt", "--preload=tests/helpers/print_permissions.ts", ...flags],
  });

Deno.test("make-data writes the committed files with the permissions of its task", async () => {
  const before = await readText(join(root, "data/README.md"));
  deepEqual(flagsOf(tasks["make-data"]), [
    "--allow-read",
    "--allow-write=data",
    "--allow-env=LANG,PPO_LANG", // the language of messages
    "--allow-sys=statfs", // the space that a full disk has left
  ]);
  const { code, out, err } = await run("make_data", [], flagsOf(tasks["make-data"]));
  deepEqual([code, err], [0, "may: read sys\n"]); // may write in data/, not everywhere
  match(out, /`vocab\.txt`/);
  equal(await readText(join(root, "data/README.md")), before);
});

Deno.test("doctor runs with the permission to read and to know the user's folder", async () => {
  deepEqual(flagsOf(tasks.doctor), [
    "--allow-read",
    "--allow-env=INIT_CWD,LANG,PPO_LANG",
  ]);
  const { code, err } = await run("doctor", ["nowhere"], flagsOf(tasks.doctor));
  equal(code, 1);
  match(err, /^Cannot diagnose nowhere: there is no such file or folder/);
});

Deno.test("the lists of permissions in the documentation are those of the tasks", () => {
  const lists = training.matchAll(/^\| `(make-data|doctor)` +\| `(--allow[^`]*)`/gm);
  deepEqual(
    Object.fromEntries([...lists].map(([, task, list]) => [task, flagsOf(list)])),
    { "doctor": flagsOf(tasks.doctor), "make-data": flagsOf(tasks["make-data"]) },
  );
});

const questions = ["--train_file_path", "data/cmrc_train.json"];
const heldOut = ["--test_file_path", "data/cmrc_dev.json"];

for (const flags of [["-A"], documented("data")]) {
  Deno.test(`data without a model, started with ${flags[0]}, drops native code, programs and network`, () =>
    withFolder(async (folder) => {
      const output = ["--output_dir", folder];
      const { code, out, err } = await run("data", [...questions, ...heldOut, ...output], flags);
      deepEqual([code, err], [0, "may: read write env sys\n"]);
      match(out, /wrote .*test\.json: \d+ passages/);
    }));
}

Deno.test("notebooks --pages loads no native code and drops further permissions", async () => {
  const pages = ["out/01_policy.html", "out/zh/01_policy.html"].map((page) => join(root, page));
  const printed = pages.map((page) => `${page}\n`).join("");
  const args = ["--pages", "01"];
  const { code, out, err } = await run("notebooks", args, documented("notebooks"));
  deepEqual([code, out], [0, printed], err);
  match(err, /(^|\n)may: read env\n$/); // may write in three folders, not everywhere
  for (const page of pages) match(await readText(page), /plotly-source/);
  const open = await run("notebooks", args, ["-A"]);
  deepEqual([open.code, open.out], [0, printed], open.err);
  match(open.err, /(^|\n)may: read write env sys\n$/);
});

/** The flags with which the documentation starts a script. */
function documented(script: string): string[] {
  const line = new RegExp(`deno run (--allow[^\`]*) scripts/${script}\\.ts`).exec(training)?.[1];
  return flagsOf(line ?? "");
}
