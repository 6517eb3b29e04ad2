/** The CPU device's own way to ONNX Runtime: nothing is copied, nothing is forgotten, errors are words. */
import assert from "node:assert/strict";
import * as ort from "onnxruntime-node";
import { lower, resultName } from "../../lib/onnx/mod.ts";
import {
  type DeviceArray,
  float,
  floats,
  int,
  ints,
  jit,
  openDevice,
  zeros,
} from "../../lib/runtime/mod.ts";
import { openNativeRuntime } from "../../lib/runtime/native_session.ts";
import { add, cast, dot, exp, input, mul, sum } from "../../lib/tensor/mod.ts";

const device = await openDevice("cpu");
const compile = openNativeRuntime();

Deno.test("a result is what npm's binding gives for the same model", async () => {
  const x = input("x", { row: -1, inner: 64 }), weight = input("weight", { inner: 64, out: 48 });
  const graph = lower({ y: exp(mul(dot(x, weight, "inner"), 0.1)), total: sum(x) });
  const numbers = (length: number, factor: number) =>
    Float32Array.from({ length }, (_, i) => Math.sin(factor * i));
  const feeds = { x: numbers(7 * 64, 1.7), weight: numbers(64 * 48, 0.3) };
  const theirs = await ort.InferenceSession.create(graph.bytes);
  const wanted = await theirs.run({
    x: new ort.Tensor("float32", feeds.x, [7, 64]),
    weight: new ort.Tensor("float32", feeds.weight, [64, 48]),
  });
  const model = {
    bytes: graph.bytes,
    inputs: ["x", "weight"],
    outputs: ["y", "total"].map(resultName),
  };
  const session = compile(model, 2);
  const given = [{ dims: [7, 64], data: feeds.x }, { dims: [64, 48], data: feeds.weight }];
  const [y, total] = await session.run(given, [undefined, undefined]);
  assert.deepEqual(y, { dims: [7, 48], data: wanted["result:y"].data });
  assert.deepEqual(total, { dims: [], data: wanted["result:total"].data });
  session.release();
});

Deno.test("a result is written into the very memory that was given for it, and into no other", async () => {
  const program = await jit(
    device,
    { x: float({ n: -1 }) },
    ({ x }) => ({ y: mul(x, 2), z: mul(x, 3) }),
  );
  const whole = new Float32Array(6).fill(9);
  const y: DeviceArray<"float32"> = await device.upload({ dims: [4], data: whole.subarray(1, 5) });
  for (let run = 0; run < 3; run++) { // the first makes z, later ones know its size
    const result = await program({ x: floats([1, 2, 3, 4]) }, { y });
    assert.deepEqual([...whole], [9, 2, 4, 6, 8, 9]);
    assert.equal((await device.read(result.y)).buffer, whole.buffer);
    assert.deepEqual([...await device.read(result.z)], [3, 6, 9, 12]);
  }
});

Deno.test("an array that is read and written in one run holds the result afterwards", async () => {
  const program = await jit(device, { x: float({ n: 3 }) }, ({ x }) => ({ y: add(x, 1) }));
  const x = zeros([3]);
  for (let run = 0; run < 5; run++) await program({ x }, { y: x });
  assert.deepEqual([...await device.read(x)], [5, 5, 5]);
});

Deno.test("results that were made earlier keep their numbers, whatever sizes come later", async () => {
  const program = await jit(device, { x: float({ n: -1 }), k: int({ n: -1 }) }, ({ x, k }) => ({
    y: add(x, cast(k, "float32")),
    k: cast(add(cast(k, "float32"), x), "int32"),
  }));
  const found: [DeviceArray<"float32">, DeviceArray<"int32">, number][] = [];
  for (const length of [3, 1000, 3, 0, 3, 1, 1000]) {
    const numbers = Array.from({ length }, (_, index) => index + found.length);
    const { y, k } = await program({ x: floats(numbers), k: ints(numbers) });
    found.push([y, k, found.length]);
  }
  for (const [y, k, first] of found) {
    const wanted = Array.from({ length: y.dims[0] }, (_, index) => 2 * (index + first)); // x + k, and x = k = index + first
    assert.deepEqual([...await device.read(y)], wanted);
    assert.deepEqual([...await device.read(k)], wanted);
  }
});

Deno.test("an array that comes again is read as it is now: other numbers, other dimensions, or given away", async () => {
  const program = await jit(
    device,
    { x: float({ n: -1, m: -1 }) },
    ({ x }) => ({ y: sum(x, "m") }),
  );
  const data = Float32Array.of(1, 2, 3, 4, 5, 6);
  const sums = async (
    dims: readonly number[],
  ) => [...await device.read((await program({ x: { dims, data } })).y)];
  assert.deepEqual(await sums([2, 3]), [6, 15]);
  data[0] = 11;
  assert.deepEqual(await sums([2, 3]), [16, 15]);
  assert.deepEqual(await sums([3, 2]), [13, 7, 11]);
  data.buffer.transfer(); // its memory is another's now
  await assert.rejects(sums([3, 2]), /expected 24, got 0/);
});

Deno.test("a result's place may change from run to run, and nothing is written into the last one", async () => {
  const program = await jit(device, { x: float({ n: 2 }) }, ({ x }) => ({ y: mul(x, 2) }));
  const places = [zeros([2]), zeros([2])];
  for (const step of [0, 1, 2, 3]) {
    await program({ x: floats([step, -step]) }, { y: places[step % 2] });
  }
  const { y } = await program({ x: floats([9, 9]) });
  const found = await Promise.all(
    [...places, y].map(async (array) => [...await device.read(array)]),
  );
  assert.deepEqual(found, [[4, -4], [6, -6], [18, 18]]);
});

Deno.test("a given place of the wrong size is refused in ONNX Runtime's words, and the program goes on working", async () => {
  const program = await jit(device, { x: float({ n: -1 }) }, ({ x }) => ({ y: mul(x, 2) }));
  await assert.rejects(program({ x: floats([1, 2, 3]) }, { y: zeros([2]) }), /shape/i);
  const { y } = await program({ x: floats([1, 2, 3]) });
  assert.deepEqual([...await device.read(y)], [2, 4, 6]);
});

Deno.test("bytes that are no model are refused in words", () => {
  const model = { bytes: new Uint8Array([1, 2, 3]), inputs: [], outputs: [] };
  assert.throws(() => compile(model, 1), /protobuf|parsing/i);
});

Deno.test("a released program says so, and may be released twice", async () => {
  const program = await jit(device, { x: float({ n: -1 }) }, ({ x }) => ({ y: mul(x, 2) }));
  await program.release();
  await program.release();
  await assert.rejects(program({ x: floats([1]) }), {
    message: "Cannot run the program: it was released",
  });
});

Deno.test("the event loop gets a turn between runs", async () => {
  const program = await jit(device, { x: float({ n: -1 }) }, ({ x }) => ({ y: mul(x, 2) }));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const start = performance.now();
  while (turns < 3 && performance.now() - start < 10_000) await program({ x: floats([1]) });
  clearInterval(timer);
  assert.ok(turns >= 3, "a timer ran while programs did");
});
