/** Arrays of a small model lie one behind the other; what goes number by number takes neighbours as one. */
import assert from "node:assert/strict";
import { createArrayPool, createOptimizer } from "../../lib/learn/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { joined, packedArrays } from "../../lib/learn/array_pool.ts";
import { type DeviceArray, float, floats, openDevice } from "../../lib/runtime/mod.ts";
import { countingDevice } from "../helpers/counting_device.ts";

const device = await openDevice("cpu", { threads: 1 });
const spec = {
  a: float({ row: 2, column: 3 }),
  b: { c: float({ entry: 4 }), d: float({ entry: 5 }) },
};
type Tree = {
  a: DeviceArray<"float32">;
  b: { c: DeviceArray<"float32">; d: DeviceArray<"float32"> };
};

Deno.test("small arrays share one memory, in their order, with the numbers they were given", async () => {
  const arrays = await packedArrays(
    device,
    new Map([["x", { dims: [2, 2], data: Float32Array.of(1, 2, 3, 4) }], ["y", { dims: [3] }]]),
  );
  const [x, y] = [...arrays.values()];
  const [first, second] = [await device.read(x), await device.read(y)];
  assert.deepEqual([x.dims, [...first], y.dims, [...second]], [[2, 2], [1, 2, 3, 4], [3], [
    0,
    0,
    0,
  ]]);
  assert.equal(first.buffer, second.buffer);
  assert.equal(second.byteOffset, 16); // four numbers of four bytes
});

Deno.test("large arrays have a memory of their own each, which can be given back", async () => {
  const large = 2 ** 22;
  const arrays = await packedArrays(
    device,
    new Map([["x", { dims: [large] }], ["y", { dims: [1] }]]),
  );
  const [x, y] = [...arrays.values()];
  const [first, second] = [await device.read(x), await device.read(y)];
  assert.notEqual(first.buffer, second.buffer);
  device.free(x);
  assert.equal(first.length, 0);
});

Deno.test("views that go on side by side in every array are one; where one does not, a new one begins", () => {
  const [left, right] = [new Float32Array(10), new Float32Array(10)];
  const at = (start: number, stop: number, shift = 0) => ({
    p: left.subarray(start, stop),
    q: right.subarray(start + shift, stop + shift),
  });
  const sizes = (sets: ReturnType<typeof at>[]) =>
    joined(sets).map(({ p, q }) => [p.byteOffset / 4, p.length, q.byteOffset / 4, q.length]);
  assert.deepEqual(sizes([at(0, 2), at(2, 5), at(5, 6)]), [[0, 6, 0, 6]]);
  assert.deepEqual(sizes([at(0, 2), at(2, 5, 1), at(5, 6, 1)]), [[0, 2, 0, 2], [2, 4, 3, 4]]);
  assert.deepEqual(sizes([at(2, 5), at(0, 2)]), [[2, 3, 2, 3], [0, 2, 0, 2]]); // not in this order
  assert.deepEqual(joined([{ p: left, q: right }]).length, 1);
});

Deno.test("a small model's Adam in place is one call for all parameters that decay, and one for those that do not", async () => {
  const counting = countingDevice(device);
  const settings = { ...adamDefaults, weightDecay: 0.1, maxGradNorm: 1, inPlace: true };
  const callsOf = async (decays: (name: string) => boolean) => {
    const optimizer = await createOptimizer<Tree>(counting.device, spec, { ...settings, decays });
    const ones = async () => ({
      a: await upload(2, 3),
      b: { c: await upload(4), d: await upload(5) },
    });
    const state = await optimizer.start(await ones());
    const gradients = await createArrayPool(device).takeTree<Tree>(spec);
    const name = "parameter,first,second";
    const before = counting.counts().get(name) ?? 0;
    await optimizer.update(state, gradients, 0.1);
    return (counting.counts().get(name) ?? 0) - before;
  };
  assert.equal(await callsOf(() => true), 1);
  assert.equal(await callsOf((name) => name !== "b.d"), 2);
});

const upload = (...dims: number[]) =>
  device.upload(floats(Array(dims.reduce((a, b) => a * b)).fill(1), dims));

Deno.test("a tree of a pool that comes back is given again as it is; other trees of the same form get other arrays", async () => {
  const pool = createArrayPool(device);
  const first = await pool.takeTree<Tree>(spec);
  const second = await pool.takeTree<Tree>(spec);
  assert.notEqual(first.a, second.a);
  pool.giveTree(second);
  const again = await pool.takeTree<Tree>(spec);
  assert.deepEqual([again.a === second.a, again.b.c === second.b.c, again.b.d === second.b.d], [
    true,
    true,
    true,
  ]);
});

Deno.test("Adam's moments hold their memory from the start, and not from the first step", async () => {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./claimed_memory.ts", import.meta.url).href], // other tests take and free memory too
    stderr: "inherit",
  }).output();
  assert.equal(code, 0);
  const more = Number(new TextDecoder().decode(stdout)); // two moments of 64 MiB
  assert.ok(more > 120 && more < 150, `${more} MiB`);
});
