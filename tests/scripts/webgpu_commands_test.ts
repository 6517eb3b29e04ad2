/** Commands with `--device webgpu`, each in a process of its own: they say what the CPU says, and which GPU they took. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { readModelFolder } from "../../lib/lm/mod.ts";
import { pathOf } from "../helpers/fixtures.ts";
import { withFolder } from "../helpers/folder.ts";
import { runScript } from "../helpers/run_script.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

const TINY = pathOf("gpt2_tiny");

/** Runs a command on a device and returns what it printed; on the GPU it must have said which. */
async function printed(
  name: string,
  args: readonly string[],
  { device, input = "" }: { device: string; input?: string },
) {
  const { code, out, err } = await runScript(name, [...args, "--device", device], { input });
  assert.equal(code, 0, err);
  if (device === "webgpu") {
    assert.match(err + out, /^GPU: .+, .+ of up to .+ at once in a kernel$/m);
  }
  return out;
}

await onWebGpu("commands", () => {
  Deno.test("predict draws the CPU's questions on the GPU", async () => {
    const args = [
      "--model_path",
      TINY,
      "--query_max_len",
      "6",
      "--num_questions",
      "2",
      "--seed",
      "3",
    ];
    const input = "一丁丂七\n";
    const [here, there] = [
      await printed("predict", args, { device: "cpu", input }),
      await printed("predict", args, { device: "webgpu", input }),
    ];
    assert.match(here, /生成的第2个问题为/);
    assert.equal(there, here);
  });

  Deno.test("sft learns the CPU's weights on the GPU", async () => {
    await withFolder(async (folder) => {
      const file = pathOf("stages/sft.json");
      const learned = async (device: string) => {
        const output = join(folder, device);
        const paths = [
          "--train_file_path",
          file,
          "--test_file_path",
          file,
          "--pretrained_model_path",
          TINY,
        ];
        const size = [
          "--max_len",
          "48",
          "--query_max_len",
          "8",
          "--dropout",
          "0",
          "--max_steps",
          "1",
        ];
        await printed(
          "sft",
          [...paths, ...size, "--checkpoints", "false", "--output_dir", output],
          {
            device,
          },
        );
        return (await readModelFolder(output)).weights;
      };
      const [start, here, there] = [
        (await readModelFolder(TINY)).weights,
        await learned("cpu"),
        await learned("webgpu"),
      ];
      let moved = 0;
      for (const [name, { data }] of here) {
        const [before, other] = [start.get(name)?.data, there.get(name)?.data];
        assert.ok(before !== undefined && other !== undefined, name);
        data.forEach((value, index) => {
          moved = Math.max(moved, Math.abs(value - before[index]));
          assert.ok(
            Math.abs(value - other[index]) < 2e-5,
            `${name} at ${index}: ${other[index]} for ${value}`,
          );
        });
      }
      assert.ok(moved > 4e-5, `a step of 5e-5 moves weights, this one at most ${moved}`);
    });
  });

  Deno.test("train finishes on the GPU, says what its arrays would take, and they take that", async () => {
    await withFolder(async (folder) => {
      const schedule = ["--num_episodes", "1", "--max_timesteps", "1", "--update_timesteps", "1"];
      const size = [
        "--ppo_epoch",
        "1",
        "--batch_size",
        "2",
        "--query_len",
        "8",
        "--gpu_buffers",
        "exact",
      ];
      const out = await printed("train", [
        ...schedule,
        ...size,
        "--output_dir",
        join(folder, "run"),
      ], {
        device: "webgpu",
      });
      const [, predicted, measured] =
        /^peak of arrays on the GPU: predicted (\S+) MiB, measured (\S+) MiB$/m.exec(out) ??
          assert.fail(out);
      assert.ok(
        Math.abs(Number(measured) / Number(predicted) - 1) < 0.1,
        `${predicted} ${measured}`,
      );
      assert.match(out, /seconds: generate \S+, score \S+, actor \S+, critic \S+$/m);
      assert.match(out, /^done: the policy is .+checkpoint-1$/m);
    });
  });
});
