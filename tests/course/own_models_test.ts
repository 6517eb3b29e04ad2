/** The models of a run whose settings name only some of them. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { loadOwn, pathOf, withModels } from "../../lib/course/mod.ts";
import { readModelFolder, writeModelFolder } from "../../lib/lm/mod.ts";
import { withFolder } from "../helpers/folder.ts";

const notes: string[] = [];
const tell = (note: string) => void notes.push(note);

Deno.test("passages alone are for the embedded models, with their settings", async () => {
  const given = await withModels({ train_file_path: "my.json", kl_coef: 0.3 }, { tell });
  equal(given.ori_model_path, pathOf("models/sft_model"));
  equal(given.reward_model_path, pathOf("models/rm_model"));
  deepEqual([given.max_len, given.kl_coef], [96, 0.3]); // the model's own, and what was given
  match(notes[0], /no model was given: using the embedded models/);
});

Deno.test("settings without paths, and with both models, stay as they are", async () => {
  const none = { kl_coef: 0.3 }, both = { ori_model_path: "a", reward_model_path: "b" };
  equal(await withModels(none, { tell }), none);
  equal(await withModels(both, { tell }), both);
});

for (
  const [given, missing] of [
    [{ ori_model_path: "sft" }, "reward_model_path"],
    [{ reward_model_path: "rm" }, "ori_model_path"],
    [{ ori_model_path: "sft", train_file_path: "my.json" }, "reward_model_path"],
  ] as const
) {
  Deno.test(`${Object.keys(given).join(" and ")} alone: the error names --${missing}`, async () => {
    await rejects(withModels(given, { tell }), (error) => {
      match(String(error), new RegExp(`--${missing} was not given, and its default /.* does not`));
      return true;
    });
  });
}

Deno.test("a run with a reward model of another vocabulary is refused before it starts", () =>
  withFolder(async (folder) => {
    const reward = await readModelFolder(pathOf("models/rm_model"));
    const { vocabulary } = reward.tokenizer;
    const other = join(folder, "rm");
    await writeModelFolder(other, reward);
    const swapped = vocabulary.with(100, vocabulary[101]).with(101, vocabulary[100]);
    await Deno.writeTextFile(join(other, "vocab.txt"), swapped.join("\n") + "\n");
    const paths = {
      ori_model_path: pathOf("models/sft_model"),
      reward_model_path: other,
      train_file_path: pathOf("data/ppo_train.json"),
    };
    await rejects(loadOwn(paths), /Cannot use the reward model .*\/rm: id 100 is /);
    await Deno.writeTextFile(join(other, "vocab.txt"), vocabulary.join("\n") + "\n");
    const config = { tokenizer_class: "BertTokenizer", do_lower_case: false };
    await Deno.writeTextFile(join(other, "tokenizer_config.json"), JSON.stringify(config));
    await rejects(
      loadOwn(paths),
      /it keeps the case of texts, but the policy .* lower-cases texts/,
    );
  }));
