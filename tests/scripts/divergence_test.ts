/** Commands whose training diverges: exit code 1, a sentence, the last finite values kept, and the doctor's word. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { requireFiniteArrays } from "../../lib/learn/mod.ts";
import { readModelFolder, writeModelFolder } from "../../lib/lm/mod.ts";
import { writeSafetensors } from "../../lib/files/mod.ts";
import { readState } from "../../scripts/run_state.ts";
import { pathOf } from "../helpers/fixtures.ts";
import { withFolder } from "../helpers/folder.ts";
import { runScript } from "../helpers/run_script.ts";
import { namesIn, runTrain, tinyFlags, writePassages } from "../helpers/train_command.ts";

const TINY = pathOf("gpt2_tiny");

/** Runs `deno task doctor` with the permission that it has there. */
async function doctor(...paths: string[]): Promise<{ code: number; out: string; err: string }> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-read", "--no-prompt", "scripts/doctor.ts", ...paths],
  });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

for (const rate of ["1e3", "1e4", "1e6", "1e12"]) {
  Deno.test(`train with a learning rate of ${rate} ends with code 1 and a finite state, and the doctor names the rate`, async () => {
    await withFolder(async (folder) => {
      const [passages, run] = [join(folder, "passages.jsonl"), join(folder, "run")];
      await writePassages(passages);
      const flags = [...tinyFlags(passages), "--output_dir", run, "--learning_rate", rate];
      const { code, err } = await runTrain(flags);
      equal(code, 1, err);
      match(err, /^Cannot go on training: .* (actor|critic) .*learning_rate.*\n$/);
      const names = await namesIn(run);
      const states = names.filter((name) => name.startsWith("state-"));
      const policies = names.filter((name) => name.startsWith("checkpoint-"));
      ok(policies.length > 0 && states.length === 1, names.join());
      ok(err.includes(`the state ${join(run, states[0])}`), err);
      ok(policies.some((name) => err.includes(`the policy ${join(run, name)}`)), err);
      for (const name of policies) await readModelFolder(join(run, name)); // refuses NaN
      for (const name of states) {
        const { state } = await readState(join(run, name), { vocabSize: 97 });
        requireFiniteArrays([...state.actor.arrays, ...state.critic.arrays], name);
      }
      const { out } = await doctor(run);
      match(
        out,
        /\n1\. the learning rate is too high.*\n {3}evidence: .*\n {3}settings: learning_rate/,
      );
    });
  });
}

Deno.test("a reward model that gives NaN stops train in its first timestep, and nothing is saved", async () => {
  await withFolder(async (folder) => {
    const passages = join(folder, "passages.jsonl"), model = join(folder, "reward");
    await writePassages(passages);
    const reward = await readModelFolder(pathOf("reward_tiny"), { valueHead: true });
    // finite weights, whose products are not
    const weights = new Map([...reward.weights].map(([name, { shape, data }]) => [
      name,
      { shape, data: name === "value_fn.weight" ? data.map((value) => value * 3e38) : data },
    ]));
    await writeModelFolder(model, reward);
    await writeSafetensors(join(model, "model.safetensors"), weights);
    const run = join(folder, "run");
    const own = ["--reward_model_path", model, "--normalise_scores", "false"];
    const { code, err } = await runTrain([
      ...tinyFlags(passages),
      ...own,
      ...["--fresh_value_head", "true", "--output_dir", run],
    ]);
    equal(code, 1, err);
    match(err, /Cannot (go on training: the reward model gives the score|use "value_fn.weight")/);
    deepEqual(
      (await namesIn(run).catch(() => [])).filter((name) => /^(state|check)/.test(name)),
      [],
    );
  });
});

for (const rate of ["1e6", "1e20", "1e38"]) {
  Deno.test(`sft with a learning rate of ${rate} ends with code 1 and keeps the last finite model`, async () => {
    await withFolder(async (folder) => {
      const file = pathOf("stages/sft.json");
      const { code, err } = await runScript("sft", [
        ...["--train_file_path", file, "--test_file_path", file, "--pretrained_model_path", TINY],
        ...["--max_len", "64", "--query_max_len", "16", "--threads", "1", "--dropout", "0"],
        ...["--num_train_epochs", "40", "--learning_rate", rate, "--output_dir", folder],
      ]);
      equal(code, 1, err);
      match(err, /^Cannot go on training: the (loss|gradient norm|held-out loss)/);
      const [, kept] =
        /The model after step \d+, whose values are finite, is (.*)\.\n$/.exec(err) ?? [];
      if (kept !== undefined) await readModelFolder(kept);
      ok(!(await namesIn(folder)).includes("model.safetensors"), "the result was not written");
    });
  });
}

Deno.test("reward with a learning rate of 1e20 ends with code 1", async () => {
  await withFolder(async (folder) => {
    const list = ["一丁七", "丁七万", "七万丈"].map((answer) => ({ prompt: "一丁七万丈", answer }));
    const lists = join(folder, "lists.jsonl");
    await Deno.writeTextFile(lists, `${JSON.stringify(list)}\n`.repeat(12));
    const { code, err } = await runScript("reward", [
      ...["--train_file_path", lists, "--test_file_path", lists, "--pretrained_model_path", TINY],
      ...["--max_len", "64", "--query_max_len", "16", "--threads", "1", "--dropout", "0"],
      ...["--train_batch_size", "2", "--gradient_accumulation_steps", "1"],
      ...["--learning_rate", "1e20", "--output_dir", join(folder, "rm")],
    ]);
    equal(code, 1, err);
    match(err, /^Cannot go on training: the (loss|gradient norm) of the model is/);
  });
});

Deno.test("doctor explains what it cannot read, and needs no permission but reading", async () => {
  await withFolder(async (folder) => {
    const missing = await doctor(join(folder, "none"));
    deepEqual([missing.code, missing.out], [1, ""]);
    match(missing.err, /^Cannot diagnose .*none: there is no such file or folder/);
    const empty = await doctor(folder);
    match(
      empty.err,
      /it has no metrics\.jsonl or trainer_state\.json \(it is empty\)\. Give the folder/,
    );
    match((await doctor()).err, /^Cannot diagnose: no run is given; for example: deno task doctor/);
    const log = join(folder, "metrics.jsonl");
    await Deno.writeTextFile(log, '{"mean_reward": 1, "kl": 0.1, "eos_rate": 1}\n');
    const both = await doctor(log, folder);
    const report = `${log}: 1 rows\nnothing unusual in 1 rows\n`;
    deepEqual([both.code, both.out], [0, report + report]);
  });
});
