/** Tasks that never load ONNX Runtime run with a list of permissions. */
import { deepEqual, equal, match } from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { withFolder } from "../helpers/folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

async function run(args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", ...args],
    cwd: root,
    stdout: "piped",
    stderr: "piped",
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, out, err };
}

const { tasks } = JSON.parse(await Deno.readTextFile(`${root}/deno.json`));
const argumentsOf = (task: string): string[] => tasks[task].replace("deno run ", "").split(" ");

Deno.test("make-data writes the committed files with the permissions of its task", async () => {
  const before = await Deno.readTextFile(`${root}/data/README.md`);
  deepEqual(argumentsOf("make-data").slice(0, -1), ["--allow-read", "--allow-write=data"]);
  const { code, out, err } = await run(argumentsOf("make-data"));
  equal(code, 0, err);
  match(out, /`vocab\.txt`/);
  equal(await Deno.readTextFile(`${root}/data/README.md`), before);
});

Deno.test("doctor runs with the permission to read and to know the user's folder", async () => {
  deepEqual(argumentsOf("doctor").slice(0, -1), ["--allow-read", "--allow-env=INIT_CWD"]);
  const { code, err } = await run([...argumentsOf("doctor"), "nowhere"]);
  equal(code, 1);
  match(err, /^Cannot diagnose nowhere: there is no such file or folder/);
});

Deno.test("data without a model needs no native code", async () => {
  await withFolder(async (folder) => {
    const permissions = ["--allow-read", `--allow-write=${folder}`, "--allow-env"];
    const files = ["--train_file_path", "data/cmrc_train.json"];
    const output = ["--test_file_path", "data/cmrc_dev.json", "--output_dir", folder];
    const { code, out, err } = await run([...permissions, "scripts/data.ts", ...files, ...output]);
    equal(code, 0, err);
    match(out, /wrote .*test\.json: \d+ passages/);
  });
});
