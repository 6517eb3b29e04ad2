/**
 * Our side of `deno task bench ppo`, in a process of its own: answers requests on standard input, one a line, as `ppo_torch.py` does.
 *
 * The argument is JSON, `OurOptions`.
 */
import {
  chooseDevice,
  type Device,
  type DeviceKind,
  float,
  floats,
  jit,
} from "../lib/runtime/mod.ts";
import { type Settings, validateSettings } from "../lib/settings/mod.ts";
import { dot } from "../lib/tensor/mod.ts";
import { linesOf } from "./peer.ts";
import { openTimesteps, type TimestepRequest } from "./ppo_timestep.ts";
import { cyclicNormal } from "./random_model.ts";

/** What to measure. */
export interface OurOptions {
  /** The policy's folder. */
  readonly model: string;
  /** Settings of the run. */
  readonly settings: Partial<Settings>;
  /** Where it computes. */
  readonly kind: DeviceKind;
}

/** What either side is asked: a timestep, or its matrix product's speed. */
export type PeerRequest =
  | TimestepRequest & { readonly ask: "timestep"; readonly seed: number }
  | { readonly ask: "product"; readonly seconds: number };

/** The best speed seen in a matrix product of 3072 x 768 x 3072. */
export interface ProductAnswer {
  readonly gflops: number;
}

/** ONNX Runtime's MatMul at its best. */
async function product(device: Device, seconds: number): Promise<ProductAnswer> {
  const [rows, inner, columns] = [3072, 768, 3072];
  const spec = { a: float({ rows, inner }), b: float({ inner, columns }) };
  const program = await jit(device, spec, ({ a, b }) => ({ c: dot(a, b, "inner") }));
  const normal = cyclicNormal(3);
  const random = (dims: number[]) =>
    device.upload(floats(Float32Array.from({ length: dims[0] * dims[1] }, normal), dims));
  const feeds = { a: await random([rows, inner]), b: await random([inner, columns]) };
  const into = await program(feeds);
  // A GPU computes behind the host's back until something is read, and reading takes as long as a product: it gets ten at once.
  const atOnce = device.kind === "webgpu" ? 10 : 1;
  const one = await device.upload(floats([1]));
  let best = Infinity;
  const end = performance.now() + 1000 * seconds;
  while (performance.now() < end) {
    const start = performance.now();
    for (let count = 0; count < atOnce; count++) await program(feeds, into);
    await device.read(one);
    best = Math.min(best, (performance.now() - start) / atOnce);
  }
  await program.release();
  return { gflops: 2 * rows * inner * columns / best / 1e6 };
}

async function main({ model, settings, kind }: OurOptions): Promise<void> {
  const { gpu_buffers: buffers } = validateSettings(settings);
  const device = await chooseDevice(kind, { buffers, tell: console.error });
  console.log(JSON.stringify({ deno: Deno.version.deno, device: device.description }));
  let timestep: Awaited<ReturnType<typeof openTimesteps>> | undefined;
  for await (const line of linesOf(Deno.stdin.readable)) {
    const request: PeerRequest = JSON.parse(line);
    if (request.ask === "product") {
      console.log(JSON.stringify(await product(device, request.seconds)));
      continue;
    }
    timestep ??= await openTimesteps(device, { model, settings, request });
    console.log(JSON.stringify(await timestep(request.prompts)));
  }
}

if (import.meta.main) await main(JSON.parse(Deno.args[0]));
