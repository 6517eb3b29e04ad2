/** `deno task control` from the outside: its files, resumption, replay and errors. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SCRIPT = fileURLToPath(new URL("../../scripts/control.ts", import.meta.url));
const folder = await Deno.makeTempDir();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

async function control(...args: string[]) {
  const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", SCRIPT, ...args] });
  const { code, stdout, stderr } = await command.output();
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

const read = (...path: string[]) => Deno.readTextFile(join(folder, ...path));

Deno.test("two seeds train, can be resumed exactly from an older state, and replayed", async () => {
  const output = join(folder, "runs");
  const short = ["--total_timesteps", "1024", "--eval_episodes", "2", "--save_every", "2"];
  const first = await control("--seeds", "1,2", "--output_dir", output, ...short);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /seed-2: mean return [\d.]+ ± [\d.]+ over 2 episodes/);
  const metrics = await read("runs", "seed-1", "metrics.jsonl");
  assert.equal(metrics.trim().split("\n").length, 1024 / (8 * 32));

  await Deno.remove(join(output, "seed-1", "evaluation.json")); // as if it had been stopped
  await Deno.writeTextFile(join(output, "seed-1", "metrics.jsonl"), "{}\n", { append: true });
  const evaluation = await read("runs", "seed-2", "evaluation.json");
  const resumed = await control("--resume", output);
  assert.equal(resumed.code, 0, resumed.stderr);
  assert.equal(await read("runs", "seed-1", "metrics.jsonl"), metrics); // cut back
  assert.equal(await read("runs", "seed-2", "evaluation.json"), evaluation);

  const replayed = await control("--replay", join(output, "seed-1"), "--eval_episodes", "2");
  assert.equal(replayed.code, 0, replayed.stderr);
  assert.match(await read("runs", "seed-1", "replay.svg"), /^<svg .*<animateTransform/);
  const again = await control("--seeds", "1", "--output_dir", output);
  assert.match(again.stderr, /^Cannot begin a run in .*seed-1: it already holds one; continue it/);
});

const WRONG: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [["--env", "CartPol"], /there is none. Did you mean CartPole-v1\? The environments are CartPole/],
  [["--preset", "zo"], /^Cannot use --preset zo: it must be zoo, beginners or beginners-optimized/],
  [["--seeds", "1,x"], /^Cannot use --seeds 1,x: it must be whole numbers separated by commas/],
  [["--gama", "1"], /^Cannot use --gama: there is no such flag; did you mean --gamma\?/],
  [["--use_sde"], /^Cannot use use_sde with CartPole-v1: its actions are choices/],
  [["--resume", folder + "/none"], /^Cannot resume .*none: it holds no run/],
  [["--replay", folder + "/none"], /^Cannot replay .*none: it has no policy/],
  [["--resume", folder, "--gamma", "1"], /^Cannot resume .* with other settings: omit --gamma/],
];

for (const [args, message] of WRONG) {
  Deno.test(`control ${args[0]} with a wrong value is refused with a sentence`, async () => {
    const { code, stderr } = await control(...args);
    assert.equal(code, 1);
    assert.match(stderr, message);
  });
}
