/** `deno task export` as a command: what it writes for TRL and OpenRLHF, and what it refuses. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readSafetensors } from "../../lib/files/mod.ts";

const root = new URL("../..", import.meta.url).pathname;

async function exported(...args: string[]): Promise<{ code: number; errors: string }> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", join(root, "scripts/export.ts"), ...args],
    cwd: root,
  }).output();
  return { code, errors: new TextDecoder().decode(stderr) };
}

Deno.test("export writes policy, reward model and an ignorant critic under transformers' names, and refuses twice", async () => {
  const parent = await Deno.makeTempDir();
  const folder = join(parent, "trl");
  const flags = ["--to", "trl", "--export_dir", folder, "--kl_coef", "0.07"];
  const first = await exported(...flags);
  assert.equal(first.code, 0, first.errors);
  const names = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
  assert.deepEqual(names, ["README.md", "actor", "critic", "launch.py", "prompts.jsonl", "reward"]);
  const [reward, critic] = await Promise.all(
    ["reward", "critic"].map((name) => readSafetensors(join(folder, name, "model.safetensors"))),
  );
  assert.ok(reward.get("score.weight")?.data.some((value) => value !== 0));
  assert.ok(critic.get("score.weight")?.data.every((value) => value === 0));
  assert.ok(reward.has("transformer.h.0.attn.c_attn.weight") && !reward.has("value_fn.weight"));
  const json = async (path: string) => JSON.parse(await Deno.readTextFile(join(folder, path)));
  assert.equal((await json("actor/tokenizer_config.json")).eos_token, "[SEP]");
  const { mean, std } = await json("reward/config.json");
  assert.ok(std > 0 && Number.isFinite(mean));
  const [line] = (await Deno.readTextFile(join(folder, "prompts.jsonl"))).split("\n");
  assert.match(JSON.parse(line).input, /^\[CLS\].+\[SEP\]$/);
  assert.match(await Deno.readTextFile(join(folder, "launch.py")), /kl_coef=0\.07,/);
  const again = await exported(...flags);
  assert.equal(again.code, 1);
  assert.equal(
    again.errors.trim(),
    `Cannot export to ${folder}: it already exists; name another folder with --export_dir`,
  );
  await Deno.remove(parent, { recursive: true });
});

Deno.test("export names the programs it knows", async () => {
  const { code, errors } = await exported("--to", "vllm");
  assert.equal(code, 1);
  assert.equal(errors.trim(), "Cannot use --to vllm: it must be onnx, openrlhf or trl");
});

Deno.test("a reward model whose scores cannot be normalised is not exported as if they were", async () => {
  const parent = await Deno.makeTempDir();
  const [reward, folder] = [join(parent, "rm"), join(parent, "trl")];
  await Deno.mkdir(reward);
  for await (const { name } of Deno.readDir(join(root, "models/rm_model"))) {
    if (name !== "settings.json") {
      await Deno.copyFile(join(root, "models/rm_model", name), join(reward, name));
    }
  }
  const flags = ["--to", "trl", "--export_dir", folder, "--reward_model_path", reward];
  const own = ["--ori_model_path", "models/sft_model", "--max_len", "96", "--query_len", "24"];
  const { code, errors } = await exported(...flags, ...own);
  assert.equal(code, 1);
  assert.match(
    errors,
    /^Cannot export with normalise_scores: the reward model's settings\.json has no score_mean/,
  );
  await assert.rejects(Deno.stat(folder), Deno.errors.NotFound);
  assert.equal((await exported(...flags, ...own, "--normalise_scores", "false")).code, 0);
  await Deno.remove(parent, { recursive: true });
});
