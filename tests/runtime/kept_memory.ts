/** A process of its own that prints how many MiB more it holds after a run than before, by how much freed memory is kept. */
import assert from "node:assert/strict";
import {
  float,
  floats,
  jit,
  keepLittleMemory,
  keepMuchMemory,
  openDevice,
  trimMemory,
} from "../../lib/runtime/mod.ts";
import { exp, sum } from "../../lib/tensor/mod.ts";

const device = await openDevice("cpu");
const size = 12 * 2 ** 20; // exp's result has 48 MiB
const program = await jit(device, { x: float({ n: -1 }) }, ({ x }) => ({ y: sum(exp(x)) }));
const x = floats(new Float32Array(size), [size]);

async function run(): Promise<void> {
  const { y } = await program({ x });
  assert.equal((await device.read(y))[0], size); // exp(0) = 1
}

await run();
const before = Deno.memoryUsage().rss;
const heldMore = () => (Deno.memoryUsage().rss - before) / 2 ** 20;
await run();
const little = heldMore();
keepMuchMemory();
await run();
const much = heldMore();
keepLittleMemory();
trimMemory();
console.log(JSON.stringify({ little, much, trimmed: heldMore() }));
