/**
 * Whether a device's attention to a cache is right, found by asking it.
 *
 * ONNX Runtime 1.30 has a WebGPU kernel for prompts of 32 tokens or more that takes for granted that at least 8 threads of a GPU
 * run as one group. Where groups are smaller it leaves keys out without a word (SwiftShader has groups of 4: results are wrong
 * from the fifth token on). WebGPU does not say which groups a kernel gets, and other versions had other faults of this kind on
 * other GPUs, so a prompt of forty tokens is tried once and held against plain evaluation.
 */
import { lower } from "../onnx/mod.ts";
import { apply, evaluate, input } from "../tensor/mod.ts";
import type { HostArray } from "./array.ts";
import type { Device } from "./device.ts";

const SIZES = { batch: 2, time: 40, heads: 2, headDim: 8, slot: 48 } as const;
const TOLERANCE = 1e-3;

const wave = (dims: readonly number[], step: number): HostArray<"float32"> => ({
  dims,
  data: Float32Array.from(
    { length: dims.reduce((a, b) => a * b) },
    (_, index) => 1.3 * Math.sin(step * index),
  ),
});

/** A first prompt of two rows, the second shorter, over an empty cache. */
function trial() {
  const { batch, time, heads, headDim, slot } = SIZES;
  const tokens = { batch, time, embed: heads * headDim }, cache = { batch, heads, slot, headDim };
  const rows = (step: number) => wave(Object.values(tokens), step);
  const empty = wave(Object.values(cache), 0);
  const inputs = [
    input("query", tokens),
    input("key", tokens),
    input("value", tokens),
    input("keys", cache),
    input("values", cache),
    input("lengths", { batch }, "int32"),
    input("total", {}, "int32"),
  ];
  const feeds = {
    query: rows(0.731),
    key: rows(1.462),
    value: rows(2.193),
    keys: empty,
    values: empty,
    lengths: { dims: [batch], data: Int32Array.of(time - 1, time - 4) },
    total: { dims: [], data: Int32Array.of(time) },
  };
  return { attended: apply("cachedAttention", inputs, { heads }), feeds };
}

/** Whether the device's own kernel attends as plain evaluation does. */
export async function attendsRightly(device: Device): Promise<boolean> {
  const { attended, feeds } = trial();
  const graph = lower({ attended }, { target: "webgpu" });
  const program = await device.compile(graph, ["attended"], () => true);
  const results = await program.run(new Map(Object.entries(feeds)), new Map());
  const [wanted] = evaluate([attended], feeds);
  const [result] = [...results.values()];
  const found = await device.read(result);
  await program.release();
  // plain evaluation gives 0 where a row has ended: there the kernel's result means nothing
  return wanted.data.every((number, at) =>
    number === 0 || Math.abs(found[at] - number) < TOLERANCE
  );
}
