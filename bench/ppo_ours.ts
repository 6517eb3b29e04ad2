/**
 * One timestep of PPO with this library, measured: answers requests on standard input, one a line, as `ppo_torch.py` does.
 *
 * The argument is JSON, `OurOptions`. Both sides hold a random policy of one shape, a value model on the same body, and random prompts
 * that come with the request; no token ends an answer, so that every answer has the length asked for.
 */
import { peakMemory } from "../lib/course/mod.ts";
import { type Gpt2Config, gpt2Spec, initialWeights, readModelFolder, type Weight } from "../lib/lm/mod.ts";
import { createPpo, type PartSeconds, type Ppo, type Settings, validateSettings } from "../lib/rlhf/mod.ts";
import { type Device, float, floats, jit, openDevice } from "../lib/runtime/mod.ts";
import { dot } from "../lib/tensor/mod.ts";
import { linesOf } from "./peer.ts";
import { cyclicNormal } from "./random_model.ts";

/** What to measure. */
export interface OurOptions {
  /** The policy's folder, or only its shape: then the weights are drawn at random. */
  readonly model: string | Gpt2Config;
  /** Settings of the run. */
  readonly settings: Partial<Settings>;
}

/** One timestep and its update. */
export interface TimestepRequest {
  readonly ask: "timestep";
  readonly prompts: readonly (readonly number[])[];
  /** Tokens of each answer. */
  readonly new: number;
  readonly seed: number;
  /** Passes of the update over the answers. */
  readonly epochs: number;
}

/** The speed of 3072 x 768 x 3072, for about so many seconds. */
export interface ProductRequest {
  readonly ask: "product";
  readonly seconds: number;
}

/** What a timestep took; peak memory of the process so far in MiB. */
export interface TimestepAnswer {
  readonly seconds: PartSeconds;
  readonly peak: number;
}

/** The best speed seen. */
export interface ProductAnswer {
  readonly gflops: number;
}

async function modelOf({ model }: OurOptions): Promise<{ config: Gpt2Config; weights: Map<string, Weight> }> {
  if (typeof model === "string") return readModelFolder(model);
  const weights = initialWeights(gpt2Spec(model), { normal: cyclicNormal(1), layers: model.layers });
  return { config: model, weights };
}

async function open(device: Device, options: OurOptions, request: TimestepRequest): Promise<Ppo> {
  const { config, weights } = await modelOf(options);
  const normal = cyclicNormal(2);
  const head = {
    shape: [1, config.embed],
    data: Float32Array.from({ length: config.embed }, () => normal()),
  };
  const reward = { config, weights: new Map([...weights, ["value_fn.weight", head]]) };
  const settings = validateSettings({
    max_len: config.positions,
    batch_size: request.prompts.length,
    query_len: request.new,
    ppo_epoch: request.epochs,
    normalise_scores: false,
    ...options.settings,
  });
  const prompts = request.prompts.map((prompt) => [...prompt]);
  const special = { padId: 0, endId: -1 };
  return createPpo({ device, policy: { config, weights }, reward, special, prompts, settings });
}

async function timestep(ppo: Ppo, { prompts }: TimestepRequest, count: number): Promise<TimestepAnswer> {
  ppo.lap();
  const samples = await ppo.experience(count, prompts);
  await ppo.update(samples, count - 1);
  return { seconds: ppo.lap(), peak: peakMemory() };
}

/** ONNX Runtime's MatMul at its best. */
async function product(device: Device, { seconds }: ProductRequest): Promise<ProductAnswer> {
  const [rows, inner, columns] = [3072, 768, 3072];
  const spec = { a: float({ rows, inner }), b: float({ inner, columns }) };
  const program = await jit(device, spec, ({ a, b }) => ({ c: dot(a, b, "inner") }));
  const normal = cyclicNormal(3);
  const random = (dims: number[]) =>
    device.upload(floats(Array.from({ length: dims[0] * dims[1] }, normal), dims));
  const feeds = { a: await random([rows, inner]), b: await random([inner, columns]) };
  const into = await program(feeds);
  let best = Infinity;
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const start = performance.now();
    await program(feeds, into);
    best = Math.min(best, performance.now() - start);
  }
  await program.release();
  return { gflops: 2 * rows * inner * columns / best / 1e6 };
}

async function main(options: OurOptions): Promise<void> {
  const device = await openDevice("cpu");
  console.log(JSON.stringify({ deno: Deno.version.deno, device: device.description }));
  let ppo: Ppo | undefined;
  let count = 0;
  for await (const line of linesOf(Deno.stdin.readable)) {
    const request: TimestepRequest | ProductRequest = JSON.parse(line);
    if (request.ask === "timestep") ppo ??= await open(device, options, request);
    const answer = request.ask === "product" || ppo === undefined
      ? await product(device, request as ProductRequest)
      : await timestep(ppo, request, ++count);
    console.log(JSON.stringify(answer));
  }
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]));
