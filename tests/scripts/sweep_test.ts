/** `deno task sweep` as a command, with a tiny schedule: killed in the middle it goes on, and the file is the same. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readSweep } from "../../lib/course/mod.ts";

const script = new URL("../../scripts/sweep.ts", import.meta.url).pathname;
const tiny =
  "--num_episodes 1 --max_timesteps 2 --update_timesteps 1 --batch_size 2 --ppo_epoch 1 --judged 4";

function sweep(output: string, flags = "--kl_coef 0,1 --seed 1,2"): Deno.Command {
  const args = [
    "run",
    "-A",
    script,
    ...tiny.split(" "),
    ...flags.split(" "),
    "--output",
    output,
    "--jobs",
    "2",
  ];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "piped", env: { KL_COEF: "7" } });
}

async function done(command: Deno.Command): Promise<{ code: number; out: string; errors: string }> {
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), errors: text(stderr) };
}

Deno.test("a sweep that is stopped keeps its finished trials, and the same command runs the rest", async () => {
  const folder = await Deno.makeTempDir();
  const [whole, halved] = ["whole.jsonl", "halved.jsonl"].map((name) => join(folder, name));
  const full = await done(sweep(whole));
  assert.equal(full.code, 0, full.errors);
  assert.equal((await readSweep(whole)).length, 4 * 2);

  const child = sweep(halved).spawn();
  while (!await Deno.stat(halved).catch(() => null)) await new Promise((wake) => setTimeout(wake, 20));
  child.kill("SIGINT");
  const { code } = await child.output();
  const before = await readSweep(halved);
  assert.ok(code === 130 || before.length === 8, "stopped by Ctrl-C, unless it was done already");
  assert.equal(before.length % 2, 0, "whole trials only");
  const rest = await done(sweep(halved));
  assert.match(rest.out, new RegExp(`^${4 - before.length / 2} of 4 trials to run`));
  const sorted = async (path: string) => (await Deno.readTextFile(path)).trim().split("\n").toSorted();
  assert.deepEqual(await sorted(halved), await sorted(whole));
  assert.match((await done(sweep(halved))).out, /^0 of 4 trials to run/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a sweep refuses what it does not know, before anything runs", async () => {
  const output = join(await Deno.makeTempDir(), "none.jsonl");
  for (
    const [flags, message] of [
      ["--kl_coeff 1", "Cannot use --kl_coeff: there is no such flag; did you mean --kl_coef?"],
      ["--lam 0.9,2", "Cannot use --lam 2: it must be a number from 0 to 1"],
      [
        "--lam 1 --ray nowhere --python no-such-python",
        "Cannot use --ray: the program no-such-python cannot be started; name a Python with --python",
      ],
    ]
  ) {
    const { code, errors } = await done(sweep(output, flags));
    assert.deepEqual([code, errors.trim()], [1, message]);
  }
  await assert.rejects(Deno.stat(output), Deno.errors.NotFound);
});
