/**
 * Checks whether a device's attention to a cache is correct by a trial.
 *
 * ONNX Runtime 1.30 has a WebGPU kernel for prompts of 32 tokens or more that assumes that at
 * least 8 threads of a GPU run as one group. Where groups are smaller it omits keys without an
 * error (SwiftShader has groups of 4: results are wrong from the fifth token on). WebGPU does not
 * report the size of a kernel's groups, and other versions had other faults of this kind on other
 * GPUs, so a prompt of forty tokens is computed once and compared with plain evaluation.
 */
import { lower } from "../onnx/mod.ts";
import { apply, evaluate, input } from "../tensor/mod.ts";
import { elements, floats, ints } from "./array.ts";
import type { Device } from "./device.ts";

const SIZES = { batch: 2, time: 40, heads: 2, headDim: 8, slot: 48 } as const;
const TOLERANCE = 1e-3;

/** Values 1.3 sin(step index) in an array with these axes. */
const wave = (axes: Readonly<Record<string, number>>, step: number) => {
  const dims = Object.values(axes);
  return floats(Array.from({ length: elements(dims) }, (_, i) => 1.3 * Math.sin(step * i)), dims);
};

/** A first prompt of two rows, the second shorter, over an empty cache. */
function trial() {
  const { batch, time, heads, headDim, slot } = SIZES;
  const tokens = { batch, time, embed: heads * headDim }, cache = { batch, heads, slot, headDim };
  const inputs = [
    ...["query", "key", "value"].map((name) => input(name, tokens)),
    ...["keys", "values"].map((name) => input(name, cache)),
    input("lengths", { batch }, "int32"),
    input("total", {}, "int32"),
  ];
  const feeds = {
    query: wave(tokens, 0.731),
    key: wave(tokens, 1.462),
    value: wave(tokens, 2.193),
    keys: wave(cache, 0),
    values: wave(cache, 0),
    lengths: ints([time - 1, time - 4]),
    total: ints([time], []),
  };
  return { attended: apply("cachedAttention", inputs, { heads }), feeds };
}

/** Whether the device's own kernel gives the results of plain evaluation. */
export async function attendsRightly(device: Device): Promise<boolean> {
  const { attended, feeds } = trial();
  const graph = lower({ attended }, { target: "webgpu" });
  const program = await device.compile(graph, ["attended"], () => true);
  const results = await program.run(new Map(Object.entries(feeds)), new Map());
  const [expected] = evaluate([attended], feeds);
  const [result] = [...results.values()];
  const found = await device.read(result);
  await program.release();
  // plain evaluation gives 0 where a row has ended, and the kernel's result has no meaning there
  return expected.data.every((number, at) =>
    number === 0 || Math.abs(found[at] - number) < TOLERANCE
  );
}
