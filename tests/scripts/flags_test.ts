import { deepEqual, equal, match, throws } from "node:assert/strict";
import { helpText, parseFlags, SETTINGS } from "../../lib/settings/mod.ts";

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
  equal(help, false);
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

Deno.test("the environment sets what no flag sets", () => {
  const environment = { KL_COEF: "1", LAM: "0.5", SEED: "", HOME: "/home" };
  deepEqual({ ...parseFlags(SETTINGS, { args: ["--lam", "0.9"], environment }).given }, {
    kl_coef: 1,
    lam: 0.9,
  });
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

Deno.test("a wrong value in the environment is named as such", () => {
  throws(() => parseFlags(SETTINGS, { environment: { LAM: "2" } }), {
    message: "Cannot use LAM=2 of the environment: it must be a number from 0 to 1",
  });
});

Deno.test("help lists every flag with its default and range, whatever else is wrong", () => {
  equal(parseFlags(SETTINGS, { args: ["--nonsense", "--help"] }).help, true);
  const text = helpText(SETTINGS, {
    command: "deno task train",
    does: "Trains the policy by PPO.",
  });
  for (const name of Object.keys(SETTINGS)) match(text, new RegExp(`--${name} .*\\(default `));
  match(text, /--lam .*\(default 0\.95; a number from 0 to 1\)/);
});
