/**
 * `deno task bench load`: how long GPT-2 base takes from its folder to arrays on the CPU, and how much memory.
 *
 * Each time in a process of its own, the folder in the system's file cache. The memory is the peak of that process less the peak of
 * one that opens the device and ONNX Runtime and loads nothing.
 */
import { parseArgs } from "node:util";
import { peakMemory } from "../lib/course/mod.ts";
import { gpt2Spec, readModelFolder, uploadParameters } from "../lib/lm/mod.ts";
import { openDevice } from "../lib/runtime/mod.ts";
import { ensureRandomModel, weightBytes } from "./random_model.ts";

/** What one process reports. */
interface Loaded {
  readonly seconds: number;
  /** MiB */
  readonly peak: number;
}

/** Measures and prints. */
export async function benchLoad(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      folder: { type: "string", default: "out/random-gpt2-base" },
      rounds: { type: "string", default: "3" },
    },
  });
  await ensureRandomModel(values.folder);
  const weights = await weightBytes(values.folder) / 2 ** 20;
  for (let round = 1; round <= Number(values.rounds); round++) {
    const [empty, loaded] = [await inProcess([]), await inProcess([values.folder])];
    const above = loaded.peak - empty.peak;
    console.log(
      `round ${round}: ${loaded.seconds.toFixed(2)} s; ${
        above.toFixed(0)
      } MiB above an empty process of ${empty.peak.toFixed(0)} MiB: ${
        (above / weights).toFixed(3)
      } times the ${weights.toFixed(0)} MiB of the weights`,
    );
  }
}

async function inProcess(args: readonly string[]): Promise<Loaded> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename ?? "", ...args],
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout)) as Loaded; // written below
}

/** Loads a folder, or nothing, and says what that took. */
async function report(folder: string | undefined): Promise<void> {
  const device = await openDevice("cpu");
  const start = performance.now();
  if (folder !== undefined) {
    const { config, weights } = await readModelFolder(folder);
    await uploadParameters(device, gpt2Spec(config), weights, { share: true });
  }
  const loaded: Loaded = { seconds: (performance.now() - start) / 1000, peak: peakMemory() };
  console.log(JSON.stringify(loaded));
}

if (import.meta.main) await report(Deno.args[0]);
