/** The flags and variables of commands that execute chapters, and of `train`, each in a process of its own. */
import { deepEqual, equal, match } from "node:assert/strict";
import { runScript } from "../helpers/run_script.ts";
import { withFolder } from "../helpers/folder.ts";

const REFUSED: [string, string[], string][] = [
  [
    "start",
    ["--kl_cof", "1"],
    "Cannot use --kl_cof: there is no such flag; did you mean --kl_coef?",
  ],
  ["start", ["--lam", "2"], "Cannot use --lam 2: it must be a number from 0 to 1"],
  ["start", ["06"], 'Cannot use "06": only flags such as --help are expected'],
  [
    "start",
    ["--max_timesteps", "2"],
    "Cannot use update_timesteps 20: num_episodes 3 times max_timesteps 2 timesteps would bring no update",
  ],
  [
    "notebooks",
    ["06", "--seed", "x"],
    "Cannot use --seed x: it must be a whole number of at least 0",
  ],
  [
    "notebooks",
    ["--write", "--pages", "06"],
    "Cannot use --write together with --pages: choose one of them",
  ],
];

for (const [name, args, message] of REFUSED) {
  Deno.test(`${name} ${args.join(" ")} is refused before anything is set up`, async () => {
    const { code, out, err } = await runScript(name, args);
    deepEqual([code, out, err], [1, "", message + "\n"]);
  });
}

Deno.test("start and notebooks list their flags", async () => {
  match((await runScript("start", ["--help"])).out, /Usage: deno task start \[flags\]\n/);
  const { code, out } = await runScript("notebooks", ["--help"]);
  equal(code, 0);
  match(out, /Usage: deno task notebooks \[flags\] \[name \.\.\.\]\n[^]*--write [^]*--kl_coef /);
});

Deno.test("variables without PPO_ change nothing and are named once; PPO_LAM=x is refused", () =>
  withFolder(async (folder) => {
    const args = ["--plan", "--output_dir", `${folder}/run`];
    const env = {
      DEVICE: "nowhere",
      SEED: "x",
      MAX_LEN: "20",
      FILE: "a",
      TO: "b",
      MODEL_PATH: "c",
    };
    const { code, err } = await runScript("train", args, { env });
    deepEqual([code, err], [
      0,
      "Ignoring DEVICE, SEED, MAX_LEN from the environment: a setting needs the prefix PPO_, as in PPO_DEVICE.\n",
    ]);
    const refused = await runScript("train", args, { env: { PPO_LAM: "x" } });
    deepEqual([refused.code, refused.err], [
      1,
      "Cannot use PPO_LAM=x from the environment: it must be a number from 0 to 1\n",
    ]);
  }));
