/**
 * `deno task bench device-memory`: a thousand steps of a tiny training on the GPU, and what the device and the process hold.
 *
 * A leak of one array a step, however small, is a row that is larger than the one above it.
 */
import {
  type Gpt2Arrays,
  type Gpt2Config,
  gpt2Spec,
  initialWeights,
  uploadParameters,
} from "../lib/lm/mod.ts";
import { adamDefaults } from "../lib/optim/mod.ts";
import { normal, randomStream } from "../lib/random/mod.ts";
import { createSftTrainer } from "../lib/stages/mod.ts";
import { type Device, openDevice } from "../lib/runtime/mod.ts";

const CONFIG: Gpt2Config = {
  vocabSize: 23,
  positions: 16,
  embed: 16,
  heads: 2,
  layers: 2,
  layerNormEpsilon: 1e-5,
};
const STEPS = 1000, ROWS_EVERY = 100;

/** Two rows of words that follow each other in a circle. */
const examples = [3, 11].map((first) => {
  const words = Array.from({ length: 8 }, (_, index) => 4 + (first + 2 * index) % 19);
  return { prompt: words.slice(0, 3), answer: words.slice(3) };
});

/** The table, a row each hundred steps. */
export async function benchDeviceMemory(): Promise<void> {
  const device = await openDevice("webgpu");
  const optimizer = { ...adamDefaults, maxGradNorm: 1 };
  const trainer = await createSftTrainer(device, CONFIG, { padId: 0, optimizer });
  const random = randomStream(1);
  const weights = initialWeights(gpt2Spec(CONFIG), {
    normal: () => normal(random),
    layers: CONFIG.layers,
  });
  const parameters: Gpt2Arrays = await uploadParameters(device, gpt2Spec(CONFIG), weights);
  let state = await trainer.start(parameters);
  console.log(
    "| steps | loss | arrays on the device | KiB in them | to the device, KiB | back, KiB | process, MiB |",
  );
  console.log("| --- | --- | --- | --- | --- | --- | --- |");
  for (let step = 1; step <= STEPS; step++) {
    const { loss, ...next } = await trainer.step(state, examples, { learningRate: 1e-3 });
    state = next.state;
    if (step === 2 || step % ROWS_EVERY === 0) console.log(tableRow(device, { step, loss }));
  }
}

function tableRow(device: Device, { step, loss }: { step: number; loss: number }): string {
  const { arrays, bytes, toDevice, toHost } = device.usage();
  const kib = (size: number) => (size / 2 ** 10).toFixed(1);
  const { gc } = globalThis as { gc?: () => void }; // with --v8-flags=--expose-gc
  gc?.();
  const { rss, heapUsed, external } = Deno.memoryUsage();
  const process = [rss, heapUsed, external].map((size) => (size / 2 ** 20).toFixed(0)).join(" / ");
  const columns = [
    step,
    loss.toFixed(4),
    arrays,
    kib(bytes),
    kib(toDevice.bytes),
    kib(toHost.bytes),
    process,
  ];
  return `| ${columns.join(" | ")} |`;
}
