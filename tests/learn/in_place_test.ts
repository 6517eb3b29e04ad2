/** Programs that write over what they read: the same bits as into other arrays, whatever the size. */
import assert from "node:assert/strict";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { createAdder } from "../../lib/learn/in_place.ts";
import { createArrayPool, createOptimizer } from "../../lib/learn/mod.ts";
import { type Device, type DeviceArray, float, floats, openDevice } from "../../lib/runtime/mod.ts";

const device = await openDevice("cpu", { threads: 2 });

const wave = (size: number, seed: number) =>
  device.upload(
    floats(Float32Array.from({ length: size }, (_, i) => Math.sin(seed + 1.7 * i)), [size]),
  );

/** Where two arrays differ first; -1: nowhere. (What says how large arrays differ takes gigabytes to say it.) */
const firstDifference = (a: Float32Array, b: Float32Array): number =>
  a.findIndex((value, index) => value !== b[index]);

for (const size of [1, 17, 1000, 2 ** 20 + 13]) { // the last one in two stretches, the second with a rest
  Deno.test(`Adam in place on ${size} numbers gives the bits of Adam into other arrays`, async () => {
    const spec = { x: float({ entry: size }) };
    type Arrays = { x: DeviceArray<"float32"> };
    const settings = { ...adamDefaults, epsilon: 1e-5, weightDecay: 0.1, maxGradNorm: 1 };
    const trained = async (inPlace: boolean) => {
      const optimizer = await createOptimizer<Arrays>(device, spec, { ...settings, inPlace });
      let state = await optimizer.start({ x: await wave(size, 1) });
      for (let step = 2; step < 6; step++) {
        ({ state } = await optimizer.update(state, { x: await wave(size, step) }, 1e-2));
      }
      const { parameters, first, second } = state;
      return Promise.all(
        [parameters, first, second].map(async ({ x }) => (await device.read(x)).slice()),
      );
    };
    const [inPlace, apart] = [await trained(true), await trained(false)];
    inPlace.forEach((array, index) => assert.equal(firstDifference(array, apart[index]), -1));
  });
}

Deno.test("an adder adds where the total lies", async () => {
  const adder = await createAdder(device, createArrayPool(device));
  const size = 2 ** 20 + 13;
  const [total, part] = [await wave(size, 1), await wave(size, 2)];
  const before = (await device.read(total)).slice();
  await adder.add(total, part);
  const other = await device.read(part);
  assert.deepEqual(
    await device.read(total),
    before.map((value, index) => Math.fround(value + other[index])),
  );
});

Deno.test("on a GPU in place is refused with a sentence", async () => {
  const gpu: Device = { ...device, kind: "webgpu" };
  await assert.rejects(createAdder(gpu, createArrayPool(gpu)), {
    message: "Cannot write results over what is read on webgpu: only the CPU allows it",
  });
});
