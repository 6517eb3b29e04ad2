/**
 * The `bench` task: measures this machine.
 *
 * - `deno task bench` or `--quick`: the embedded run, whole or 20 timesteps of it
 * - `deno task bench decode`: tokens a second out of GPT-2 base, beside transformers with `--python PATH`
 * - `deno task bench growth`: how the time of a timestep grows with batch, length, width and updates
 * - `deno task bench memory`: the peak of memory that a plan predicts beside the measured one
 * - `deno task bench load`: seconds and memory to load GPT-2 base from its folder
 * - `deno task bench gpu --python PATH`: all of it on a GPU, beside PyTorch on the same card
 * - `deno task bench ppo`: a timestep of PPO with its update, beside PyTorch with `--python PATH`
 * - `deno task bench device-memory`: what a GPU and the process hold over a thousand steps of a tiny training
 */
import { benchDecode } from "./decode.ts";
import { benchDeviceMemory } from "./device_memory.ts";
import { benchEmbedded } from "./embedded.ts";
import { benchGpu } from "./gpu.ts";
import { benchLoad } from "./load.ts";
import { benchGrowth } from "./growth.ts";
import { benchMemory } from "./memory.ts";
import { benchPpo } from "./ppo.ts";

const [name, ...rest] = Deno.args.filter((argument) => argument !== "--");
if (name === "decode") await benchDecode(rest);
else if (name === "load") await benchLoad(rest);
else if (name === "growth") await benchGrowth();
else if (name === "memory") await benchMemory(rest);
else if (name === "gpu") await benchGpu(rest);
else if (name === "ppo") await benchPpo(rest);
else if (name === "device-memory") await benchDeviceMemory();
else if (name === undefined || name === "--quick") {
  await benchEmbedded({ quick: name === "--quick" });
} else {
  console.error(
    `Cannot measure "${name}": decode, device-memory, gpu, growth, load, memory and ppo can be measured, or --quick for the embedded run`,
  );
  Deno.exit(1);
}
