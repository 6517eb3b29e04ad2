/** What a command line and an environment mean, what is refused with which sentence, and what help lists. */
import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import {
  CHAPTER_FLAGS,
  DATA_SETTINGS,
  defaultOf,
  DEFECT_NAMES,
  EXPORT_FLAGS,
  type HelpLevel,
  helpText,
  isAllowed,
  MEMORY_SETTINGS,
  NOTEBOOKS_FLAGS,
  parseFlags,
  PREDICT_SETTINGS,
  REWARD_SETTINGS,
  SETTINGS,
  type SettingTable,
  SFT_SETTINGS,
  SWEEP_FLAGS,
  TRAIN_FLAGS,
  variablesOf,
} from "../../lib/settings/mod.ts";

const given = (...args: string[]) => parseFlags(SETTINGS, { args }).given;

Deno.test("the tutorial's own command is understood", () => {
  const args =
    "--device 0 --train_file_path data/ppo_train.json --max_len 768 --query_len 64 --batch_size 16";
  deepEqual({ ...given(...args.split(" ")) }, {
    device: "0",
    train_file_path: "data/ppo_train.json",
    max_len: 768,
    query_len: 64,
    batch_size: 16,
  });
});

Deno.test("flags without a default given leave the default", () => {
  const { values, help } = parseFlags(SETTINGS, { args: ["--lam=0.5"] });
  equal(values.lam, 0.5);
  equal(values.kl_coef, 0.02);
  equal(help, undefined);
});

Deno.test("a switch stands alone or takes true and false, unlike Python's type=bool", () => {
  deepEqual({ ...given("--faithful", "--do_sample", "False") }, {
    faithful: true,
    do_sample: false,
  });
  deepEqual({ ...given("--faithful=false") }, { faithful: false });
});

Deno.test("a number may be negative or written with an exponent", () => {
  deepEqual({ ...given("--device", "-1", "--learning_rate", "3e-5") }, {
    device: "-1",
    learning_rate: 3e-5,
  });
});

Deno.test("the environment sets what no flag sets, with the prefix PPO_ alone", () => {
  const environment = { PPO_KL_COEF: "1", PPO_LAM: "0.5", PPO_SEED: "", HOME: "/home" };
  deepEqual({ ...parseFlags(SETTINGS, { args: ["--lam", "0.9"], environment }).given }, {
    kl_coef: 1,
    lam: 0.9,
  });
});

Deno.test("variables without the prefix change nothing, and one sentence names all of them", () => {
  const environment = { SEED: "7", DEVICE: "gpu", LAM: "x", FILE: "a", TO: "b", KL_COEF: "" };
  const { given, note } = parseFlags(SETTINGS, { environment });
  deepEqual(given, {});
  equal(
    note,
    "Ignoring DEVICE, SEED, LAM from the environment: a setting needs the prefix PPO_, as in PPO_DEVICE.",
  );
  equal(parseFlags(SETTINGS, { environment: { SEED: "7", PPO_SEED: "8" } }).note, undefined);
  const locale = { environment: { LANG: "C.UTF-8" } }; // every shell sets it
  equal(parseFlags(NOTEBOOKS_FLAGS, locale).note, undefined);
});

const WRONG: [string[], string][] = [
  [["--lamda", "1"], "Cannot use --lamda: there is no such flag; did you mean --lam?"],
  [["--kl-coef", "1"], "Cannot use --kl-coef: there is no such flag; did you mean --kl_coef?"],
  [
    ["--something_else"],
    "Cannot use --something_else: there is no such flag; --help lists the flags",
  ],
  [["--lam", "1.5"], "Cannot use --lam 1.5: it must be a number from 0 to 1"],
  [["--lam", "much"], "Cannot use --lam much: it must be a number from 0 to 1"],
  [["--lam="], 'Cannot use --lam "": it must be a number from 0 to 1'],
  [["--lam"], "Cannot use --lam alone: it needs a value, a number from 0 to 1"],
  [["--lam", "--seed", "3"], "Cannot use --lam alone: it needs a value, a number from 0 to 1"],
  [["--seed", "3.5"], "Cannot use --seed 3.5: it must be a whole number of at least 0"],
  [["--do_sample", "maybe"], "Cannot use --do_sample maybe: it must be true or false"],
  [["train"], 'Cannot use "train": only flags such as --help are expected'],
];

for (const [args, message] of WRONG) {
  Deno.test(`${args.join(" ")} is refused with a sentence`, () => {
    throws(() => given(...args), { name: "RangeError", message });
  });
}

const WRONG_VARIABLES: [string, string, string][] = [
  ["PPO_LAM", "x", "Cannot use PPO_LAM=x from the environment: it must be a number from 0 to 1"],
  [
    "PPO_LAMDA",
    "1",
    "Cannot use PPO_LAMDA from the environment: there is no such setting; did you mean PPO_LAM?",
  ],
  [
    "PPO_FOO",
    "1",
    "Cannot use PPO_FOO from the environment: there is no such setting; --help lists the settings",
  ],
];

for (const [name, value, message] of WRONG_VARIABLES) {
  Deno.test(`${name}=${value} in the environment is refused with a sentence`, () => {
    const environment = { [name]: value };
    throws(() => parseFlags(SETTINGS, { environment }), { name: "RangeError", message });
  });
}

Deno.test("a variable for another command is neither used nor refused", () => {
  const environment = { PPO_KL_COEF: "0.2", PPO_HELD_OUT: "8", PPO_SUMMARY_PATH: "out/a.json" };
  deepEqual(parseFlags(PREDICT_SETTINGS, { environment }).given, {});
});

Deno.test("settings reach another process through its environment", () => {
  const { given } = parseFlags(SETTINGS, { args: ["--kl_coef", "0.2", "--faithful"] });
  const environment = variablesOf(given);
  deepEqual(environment, { PPO_KL_COEF: "0.2", PPO_FAITHFUL: "true" });
  deepEqual(parseFlags(SETTINGS, { environment }).given, given);
});

Deno.test("a command may take names; a switch leaves them alone", () => {
  const args = ["--write", "06_ppo", "--kl_coef", "0.2", "--do_sample", "false", "02"];
  const { given, names } = parseFlags(NOTEBOOKS_FLAGS, { args, takesNames: true });
  deepEqual({ ...given }, { write: true, kl_coef: 0.2, do_sample: false });
  deepEqual(names, ["06_ppo", "02"]);
});

/** The flags of the tutorial's `train.py`. */
const TUTORIAL = [
  ...["device", "train_file_path", "ori_model_path", "reward_model_path", "max_len", "query_len"],
  ...["batch_size", "num_episodes", "max_timesteps", "update_timesteps", "kl_coef", "ppo_epoch"],
  ...["policy_clip_eps", "value_clip_eps", "top_p", "repetition_penalty", "do_sample", "lam"],
  ...["num_return_sequences", "max_grad_norm", "reward_clip_eps", "gamma", "learning_rate"],
  ...["adam_epsilon", "output_dir", "seed"],
];

const help = (table: SettingTable, level?: HelpLevel) =>
  helpText(table, { command: "deno task train", does: "Trains the policy by PPO." }, level);
const listed = (text: string) =>
  [...text.matchAll(/^ {2}--(\w+)/gm)].map(([, name]) => name).filter((name) => name !== "help");

Deno.test("help lists the tutorial's flags and at most 12 more in at most 45 lines", () => {
  equal(TUTORIAL.length, 26);
  const text = help(TRAIN_FLAGS);
  const names = listed(text);
  deepEqual(TUTORIAL.filter((name) => !names.includes(name)), []);
  ok(names.length <= TUTORIAL.length + 12, `${names.length} flags`);
  ok(text.split("\n").length <= 45, `${text.split("\n").length} lines`);
  ok(names.includes("memory_gib"));
});

Deno.test("help and advanced help together list every flag once", () => {
  const names = [...listed(help(TRAIN_FLAGS)), ...listed(help(TRAIN_FLAGS, "advanced"))];
  deepEqual(names.toSorted(), Object.keys(TRAIN_FLAGS).toSorted());
  const memory = MEMORY_SETTINGS.filter((name) => name !== "memory_gib");
  for (const name of [...memory, ...DEFECT_NAMES]) {
    ok(listed(help(TRAIN_FLAGS, "advanced")).includes(name), name);
  }
});

const TABLES = {
  CHAPTER_FLAGS,
  DATA_SETTINGS,
  EXPORT_FLAGS,
  NOTEBOOKS_FLAGS,
  PREDICT_SETTINGS,
  REWARD_SETTINGS,
  SFT_SETTINGS,
  SWEEP_FLAGS,
  TRAIN_FLAGS,
};

for (const [name, table] of Object.entries(TABLES)) {
  Deno.test(`${name}: every line of help fits 100 columns, every default its own row`, () => {
    for (const level of ["common", "advanced"] as const) {
      for (const line of help(table, level).split("\n")) ok(line.length <= 100, line);
    }
    for (const [flag, spec] of Object.entries(table)) ok(isAllowed(spec, defaultOf(spec)), flag);
  });
}

Deno.test("help is asked for whatever else is wrong, and shows default and range", () => {
  equal(parseFlags(SETTINGS, { args: ["--nonsense", "--help"] }).help, "common");
  equal(parseFlags(SETTINGS, { args: ["--help", "--advanced"] }).help, "advanced");
  equal(parseFlags(SETTINGS).help, undefined);
  match(help(SETTINGS), /--lam .*\(default 0\.95, from 0 to 1\)/);
  match(help(SETTINGS), /--help +show this text; --advanced lists the other \d+ flags$/);
});
