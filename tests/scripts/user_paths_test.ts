/** Relative paths in a command count from the folder where the user typed it. */
import { deepEqual } from "node:assert/strict";
import { withUserPaths } from "../../scripts/user_paths.ts";

const places = { from: "/home/me/texts", cwd: "/opt/ppo", project: "/opt/ppo/" };

Deno.test("relative paths count from the folder where the user stands", () => {
  const given = {
    ori_model_path: "sft_model",
    reward_model_path: "../rm_model/",
    train_file_path: "./a.json",
    output_dir: "out",
    file: "b.txt",
    resume: "out/run",
    seed: 3,
    device: "cpu",
  };
  deepEqual(withUserPaths(given, places), {
    ori_model_path: "/home/me/texts/sft_model",
    reward_model_path: "/home/me/rm_model",
    train_file_path: "/home/me/texts/a.json",
    output_dir: "/home/me/texts/out",
    file: "/home/me/texts/b.txt",
    resume: "/home/me/texts/out/run",
    seed: 3,
    device: "cpu",
  });
});

Deno.test("absolute and empty paths stay", () => {
  const given = { model_path: "/data/model", pretrained_model_path: "" };
  deepEqual(withUserPaths(given, places), given);
});

Deno.test("paths stay as they are where the command works in the user's folder", () => {
  const given = { model_path: "sft_model" };
  deepEqual(withUserPaths(given, { ...places, from: "/opt/ppo" }), given); // deno task
  deepEqual(withUserPaths(given, { ...places, cwd: "/home/me" }), given); // deno run
  deepEqual(withUserPaths(given, { ...places, from: "" }), given);
});
