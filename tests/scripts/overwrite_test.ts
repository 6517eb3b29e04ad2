/** `sft` and `reward` replace a trained model only with `--overwrite`. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { readModelFolder } from "../../lib/lm/mod.ts";
import { EMBEDDED_SFT, SFT_SETTINGS, stageValues } from "../../lib/settings/mod.ts";
import { requireNewFolder } from "../../scripts/stage_training.ts";
import { pathOf } from "../helpers/fixtures.ts";
import { withFolder } from "../helpers/folder.ts";
import { runScript } from "../helpers/run_script.ts";
import { defaultsOf } from "../../lib/settings/mod.ts";

const file = pathOf("stages/sft.json");
const ARGS = [
  ...["--train_file_path", file, "--test_file_path", file],
  ...["--pretrained_model_path", pathOf("gpt2_tiny"), "--max_len", "64", "--query_max_len", "16"],
  ...["--threads", "1", "--max_steps", "1", "--checkpoints", "false"],
];

Deno.test("sft and reward refuse a folder with a model at once, and replace it with --overwrite", async () => {
  await withFolder(async (folder) => {
    const weights = join(folder, "pytorch_model.bin");
    await Deno.writeTextFile(weights, "trained for a week");
    for (const stage of ["sft", "reward"]) {
      const { code, out, err } = await runScript(stage, [...ARGS, "--output_dir", folder]);
      deepEqual([code, out], [1, ""]);
      equal(
        err,
        `Cannot train into ${folder}: it holds a trained model (pytorch_model.bin); ` +
          "give another --output_dir, or --overwrite to replace it\n",
      );
      equal(await Deno.readTextFile(weights), "trained for a week");
    }
    const { code, err } = await runScript("sft", [...ARGS, "--output_dir", folder, "--overwrite"]);
    equal(code, 0, err);
    equal((await readModelFolder(folder)).weights.size, 2 + 3 * 12 + 2);
  });
});

/** Whether a stage may begin with these flags; the sentence that refuses it. */
async function refusal(given: Partial<typeof values>): Promise<string> {
  const flags = { values: { ...values, ...given }, given };
  const { settings, isEmbedded } = stageValues(flags, EMBEDDED_SFT);
  return await requireNewFolder(settings, { isEmbedded, given }).then(
    () => "",
    (error: Error) => error.message,
  );
}
const values = defaultsOf(SFT_SETTINGS);

Deno.test("every form of a trained model counts, other files do not", async () => {
  const forms = [
    ...["model.safetensors", "model-00001-of-00002.safetensors", "pytorch_model.bin"],
    ...["adapter_model.bin", "model.pt", "rlhf.pth", "last.ckpt"],
  ];
  for (const name of forms) {
    await withFolder(async (output_dir) => {
      equal(await refusal({ train_file_path: "a", output_dir }), "");
      await Deno.writeTextFile(join(output_dir, name), "");
      match(await refusal({ train_file_path: "a", output_dir }), /holds a trained model/, name);
      match(await refusal({ output_dir }), /holds a trained model/, "the embedded recipe too");
      equal(await refusal({ train_file_path: "a", output_dir, overwrite: true }), "");
    });
  }
  await withFolder(async (output_dir) => {
    for (const name of ["vocab.txt", "README.md", "metrics.jsonl"]) {
      await Deno.writeTextFile(join(output_dir, name), "");
    }
    equal(await refusal({ train_file_path: "a", output_dir }), "");
    await Deno.mkdir(join(output_dir, "checkpoint-12"));
    match(await refusal({ train_file_path: "a", output_dir }), /\(checkpoint-12\)/);
    const path = join(output_dir, "README.md");
    match(await refusal({ train_file_path: "a", output_dir: path }), /README\.md: it is a file$/);
  });
});

Deno.test("a command without path flags recreates the committed model", async () => {
  equal(await refusal({}), "");
  equal(await refusal({ seed: 7 }), "");
  match(await refusal({ output_dir: "models/sft_model" }), /holds a trained model/);
});
