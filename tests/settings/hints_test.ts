/** Hints for names that a command does not have: other libraries', other commands', and misspelt ones. */
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import {
  checkSettings,
  COMMAND_TABLES,
  parseFlags,
  settingsCalled,
  SWEEP_FLAGS,
} from "../../lib/settings/mod.ts";

/** The hint of a command for a flag. */
function hintOf(command: string, flag: string): string {
  let hint = "";
  throws(() => parseFlags(COMMAND_TABLES[command], { args: [flag, "1"] }), (error: Error) => {
    equal(error.name, "RangeError");
    const [start, rest] = error.message.split(": there is no such flag; ");
    equal(start, `Cannot use ${flag}`);
    hint = rest;
    return true;
  });
  return hint;
}

/** Command, flag, and the flag of this command that is meant. */
const MEANT: [string, string, string][] = [
  ...["lr", "learning-rate", "learningRate", "actor_learning_rate", "actor.adam.lr"].flatMap((
    name,
  ): [string, string, string][] =>
    ["train", "sft", "reward"].map((command) => [command, name, "learning_rate"])
  ),
  ["train", "cliprange", "policy_clip_eps"],
  ["train", "actor_rollout_ref.actor.clip_ratio", "policy_clip_eps"],
  ["train", "cliprange_value", "value_clip_eps"],
  ["train", "cliprange_reward", "reward_clip_eps"],
  ["train", "num_ppo_epochs", "ppo_epoch"],
  ["train", "ppo_epochs", "ppo_epoch"],
  ["train", "init_kl_coef", "kl_coef"],
  ["train", "kl_penalty", "kl_coef"],
  ["train", "lambda", "lam"],
  ["train", "max_new_tokens", "query_len"],
  ["train", "query_max_len", "query_len"],
  ["train", "no_whitening", "whiten_advantages"],
  ["train", "gradient_checkpointing", "blocks_per_program"],
  ["train", "resume_from_checkpoint", "resume"],
  ["train", "num_threads", "threads"],
  ["predict", "num_return_sequences", "num_questions"],
  ["predict", "nsamples", "num_questions"],
  ["predict", "max_new_tokens", "query_max_len"],
  ["predict", "model_name_or_path", "model_path"],
  ["predict", "top-p", "top_p"],
  ["predict", "topk", "top_k"],
  ["score", "max_query_len", "query_max_len"],
  ["sft", "epochs", "num_train_epochs"],
  ["sft", "per_device_train_batch_size", "train_batch_size"],
  ["sft", "batch_size", "train_batch_size"],
  ["sft", "warmup_ratio", "warmup_proportion"],
  ["sft", "raw_data_path", "train_file_path"],
  ["sft", "n_layer", "layers"],
  ["reward", "overwrite_output_dir", "overwrite"],
  ["data", "max_seq_length", "max_len"],
  // misspelt
  ["train", "lamda", "lam"],
  ["train", "kl_cof", "kl_coef"],
  ["train", "bacth_size", "batch_size"],
  ["train", "temprature", "temperature"],
  ["sft", "sead", "seed"],
];

for (const [command, flag, own] of MEANT) {
  Deno.test(`${command} --${flag} leads to --${own}`, () => {
    equal(hintOf(command, `--${flag}`), `did you mean --${own}?`);
  });
}

/** Command, flag, and the whole hint. */
const OTHERS: [string, string, string][] = [
  [
    "train",
    "--vf_coef",
    "the actor and the critic are separate models, so the value loss needs no weight",
  ],
  [
    "predict",
    "--vf_coef",
    "the actor and the critic are separate models, so the value loss needs no weight",
  ],
  ["train", "--ent_coef", "there is no entropy bonus"],
  ["sft", "--bf16", "everything is computed in float32"],
  [
    "predict",
    "--num_beams",
    "questions are sampled, or greedy with do_sample false; there is no beam search",
  ],
  ["predict", "--lr", "it means --learning_rate, which is a setting of deno task train"],
  ["predict", "--cliprange", "it means --policy_clip_eps, which is a setting of deno task train"],
  ["predict", "--kl_coef", "it is a setting of deno task train"],
  ["train", "--num_train_epochs", "it is a setting of deno task sft"],
  ["data", "--kl-coef", "it is a setting of deno task train"],
  ["train", "-seed", "did you mean --seed?"],
  ["train", "-lr", "did you mean --learning_rate?"],
  ["predict", "--xyz", "--help lists the flags"],
  ["train", "--kk", "--help lists the flags"],
  ["predict", "--rank", "--help lists the flags"],
];

for (const [command, flag, hint] of OTHERS) {
  Deno.test(`${command} ${flag}: ${hint}`, () => equal(hintOf(command, flag), hint));
}

Deno.test("an unknown name in a settings file and in the environment gets the same hints", () => {
  throws(() => checkSettings({ cliprange: 0.1 }), {
    message: 'Cannot use the unknown setting "cliprange"; did you mean "policy_clip_eps"?',
  });
  throws(() => parseFlags(COMMAND_TABLES.train, { environment: { PPO_LR: "1" } }), {
    message: "Cannot use PPO_LR from the environment: there is no such setting; " +
      "did you mean PPO_LEARNING_RATE?",
  });
});

Deno.test("every name of the table leads to a setting that some command has", () => {
  const tables = [...Object.values(COMMAND_TABLES), SWEEP_FLAGS];
  const known = new Set(tables.flatMap(Object.keys));
  const names = "lr beta n_epochs model output_dir max_length n num_workers n_embd force".split(
    " ",
  );
  for (const name of names) {
    const settings = settingsCalled(name);
    ok(settings.length > 0, name);
    deepEqual(settings.filter((setting) => !known.has(setting)), [], name);
  }
});
