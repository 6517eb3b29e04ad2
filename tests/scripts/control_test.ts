/** `deno task control` from the outside: its files, resumption, replay and errors. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { runScript } from "../helpers/run_script.ts";

const folder = await Deno.makeTempDir();
const control = (...args: string[]) => runScript("control", args);

const read = (...path: string[]) => Deno.readTextFile(join(folder, ...path));

Deno.test("two seeds train, can be resumed exactly from an older state, and replayed", async () => {
  const output = join(folder, "runs");
  const short = ["--total_timesteps", "1024", "--eval_episodes", "2", "--save_every", "2"];
  const first = await control("--seeds", "1,2", "--output_dir", output, ...short);
  assert.equal(first.code, 0, first.err);
  assert.match(first.out, /seed-2: mean return [\d.]+ ± [\d.]+ over 2 episodes/);
  const metrics = await read("runs", "seed-1", "metrics.jsonl");
  assert.equal(metrics.trim().split("\n").length, 1024 / (8 * 32));

  await Deno.remove(join(output, "seed-1", "evaluation.json")); // as if it had been stopped
  await Deno.writeTextFile(join(output, "seed-1", "metrics.jsonl"), "{}\n", { append: true });
  const evaluation = await read("runs", "seed-2", "evaluation.json");
  const resumed = await control("--resume", output);
  assert.equal(resumed.code, 0, resumed.err);
  assert.equal(await read("runs", "seed-1", "metrics.jsonl"), metrics); // cut back
  assert.equal(await read("runs", "seed-2", "evaluation.json"), evaluation);

  const replayed = await control("--replay", join(output, "seed-1"), "--eval_episodes", "2");
  assert.equal(replayed.code, 0, replayed.err);
  assert.match(await read("runs", "seed-1", "replay.svg"), /^<svg .*<animateTransform/);
  const again = await control("--seeds", "1", "--output_dir", output);
  assert.match(again.err, /^Cannot begin a run in .*seed-1: it already holds one; continue it/);
});

Deno.test("Ctrl-C saves the run between two updates, and --resume finishes it", async () => {
  const output = join(folder, "stopped"), seed = join(output, "seed-1");
  const args = ["--output_dir", output, "--total_timesteps", "60000", "--eval_episodes", "2"];
  const kill = { at: /seed-1: \d+ of 60000 steps/, signal: "SIGINT" } as const;
  const { code, out } = await runScript("control", args, { kill });
  assert.equal(code, 130);
  assert.match(out, /saved; continue with: deno task control --resume .*seed-1/);
  const before = await Deno.readTextFile(join(seed, "metrics.jsonl"));
  const resumed = await control("--resume", seed);
  assert.equal(resumed.code, 0, resumed.err);
  const after = await Deno.readTextFile(join(seed, "metrics.jsonl"));
  assert.ok(after.startsWith(before));
  const rows = after.trim().split("\n").map((line): { timesteps: number } => JSON.parse(line));
  assert.deepEqual(
    rows.map(({ timesteps }) => timesteps),
    rows.map((_, update) => 256 * (update + 1)), // 8 environments of 32 steps
  );
  assert.equal(rows.length, Math.ceil(60_000 / 256));
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
    const { code, err } = await control(...args);
    assert.equal(code, 1);
    assert.match(err, message);
  });
}
