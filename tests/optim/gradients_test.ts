import assert, { deepEqual, throws } from "node:assert/strict";
import { createGradientArrays } from "../../lib/learn/mod.ts";
import { gradientsOf } from "../../lib/optim/mod.ts";
import {
  type DeviceArray,
  type DeviceArrays,
  flatten,
  float,
  floats,
  isFloatArray,
  jit,
  number,
  openDevice,
} from "../../lib/runtime/mod.ts";
import { constant, input, mul, sum, type Tensor } from "../../lib/tensor/mod.ts";

const device = await openDevice("cpu", { threads: 1 });
const spec = { a: float({ entry: 2 }), deep: [{ b: float({ entry: 2 }) }] };
const tree = async (a: number[], b: number[]) => ({
  a: await device.upload(floats(a)),
  deep: [{ b: await device.upload(floats(b)) }],
});

Deno.test("gradients come as a tree of the parameters' form", async () => {
  const program = await jit(device, { parameters: spec }, ({ parameters }) => {
    const { a, deep: [{ b }] } = parameters;
    return { gradients: gradientsOf(sum(mul<{ entry: 2 }, { entry: 2 }>(a, b)), parameters) }; // d sum(a b) / d a = b
  });
  const { gradients } = await program({ parameters: await tree([1, 2], [3, 4]) });
  deepEqual([...await device.read(gradients.a)], [3, 4]);
  deepEqual([...await device.read(gradients.deep[0].b)], [1, 2]);
});

Deno.test("a parameter that the loss does not depend on is named", () => {
  const x: Tensor<{ entry: number }> = input("x", { entry: 2 });
  const unused: Tensor<{ entry: number }> = input("unused", { entry: 2 });
  throws(() => gradientsOf(sum(x), { x, unused }), {
    message: 'Cannot differentiate by input "unused": the result does not depend on it',
  });
});

type Arrays = DeviceArrays<typeof spec>;
const read = async (
  { a, deep: [{ b }] }: Arrays,
) => [...await device.read(a), ...await device.read(b)];

Deno.test("losses and gradients of parts add up", async () => {
  const arrays = await createGradientArrays<Arrays>(device, spec);
  const program = await jit(device, { scale: float({}) }, ({ scale }) => {
    const row = (values: number[]) => mul(constant(values, { entry: 2 }), scale);
    return { gradients: { a: row([1, 2]), deep: [{ b: row([3, 4]) }] } };
  });
  const run = async (scale: number, into: Arrays) => {
    await program({ scale: number(scale) }, { gradients: into });
    return { loss: scale, gradients: into };
  };
  const { loss, gradients } = await arrays.sum([1, 10, 100], run);
  assert.equal(loss, 111);
  deepEqual(await read(gradients), [111, 222, 333, 444]); // (1 + 10 + 100) x 1, 2, 3, 4
});

Deno.test("arrays that were handed back are written again", async () => {
  const arrays = await createGradientArrays<Arrays>(device, spec);
  const seen = new Set<DeviceArray<"float32">>();
  for (let step = 0; step < 3; step++) {
    const { gradients } = await arrays.sum(
      [step],
      (_, into) => Promise.resolve({ loss: 0, gradients: into }),
    );
    flatten(gradients, isFloatArray).forEach((array) => seen.add(array));
    arrays.recycle(gradients);
  }
  assert.equal(seen.size, 2); // `a` and `b`, once each
  await assert.rejects(arrays.sum([], () => Promise.reject(new Error("never"))), {
    message: "Cannot train on a batch: it is empty",
  });
});
