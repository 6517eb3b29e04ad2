/** The library used from another folder, by the project that README.md shows. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const root = new URL("../", import.meta.url);
const project = new URL("outside/", import.meta.url);
const read = (name: string) => Deno.readTextFile(new URL(name, project));

/** Runs Deno in `folder`. */
async function deno(folder: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, "policy.ts"],
    cwd: folder,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  return text.decode(stdout);
}

Deno.test("a project in another folder type-checks against the library and trains a policy", async () => {
  const folder = await Deno.makeTempDir();
  const clone = fileURLToPath(root).replace(/[\\/]$/, "").replaceAll("\\", "/");
  await Deno.writeTextFile(
    `${folder}/deno.json`,
    (await read("deno.json")).replaceAll("../..", clone),
  );
  await Deno.writeTextFile(`${folder}/policy.ts`, await read("policy.ts"));
  await Deno.copyFile(new URL("deno.lock", root), `${folder}/deno.lock`); // the same packages
  await deno(folder, "check");
  const rows = (await deno(folder, "run", "-A")).trim().split("\n").map((row) => row.split(" "));
  assert.deepEqual(rows[0], ["0", "0.500"]); // three equal actions: (0 + 0.5 + 1) / 3
  assert.equal(rows.at(-1)?.[0], "100");
  assert.ok(Number(rows.at(-1)?.[1]) > 0.99, "the best action is nearly certain");
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deno.json exports modules that exist, and the package can be published", async () => {
  const { exports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  for (const [name, path] of Object.entries(exports)) {
    assert.equal(path, `./lib${name.slice(1)}/mod.ts`);
  }
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", "--dry-run", "--allow-dirty"], // sends nothing; fails where a public type is not explicit
    cwd: fileURLToPath(root),
    env: { NO_COLOR: "1" },
  }).output();
  assert.equal(code, 0, new TextDecoder().decode(stderr));
});

for (const name of ["README.md", "README.zh.md"]) {
  Deno.test(`${name} shows the project's files`, async () => {
    const readme = await Deno.readTextFile(new URL(name, root));
    const config = (await read("deno.json")).replaceAll("../..", "../ppo");
    assert.ok(readme.includes(`\`\`\`json\n${config}\`\`\``), "deno.json");
    assert.ok(readme.includes(`\`\`\`ts\n${await read("policy.ts")}\`\`\``), "policy.ts");
  });
}
