/** A train state as plain data. */
import assert from "node:assert/strict";
import { adamDefaults } from "../../lib/optim/mod.ts";
import {
  createOptimizer,
  freeTrainState,
  loadTrainState,
  saveTrainState,
} from "../../lib/learn/mod.ts";
import { type DeviceArray, float, floats, openDevice } from "../../lib/runtime/mod.ts";

const device = await openDevice("cpu", { threads: 1 });
const spec = { a: float({ row: 2 }), b: { c: float({ row: 1, column: 3 }) } };

interface Tree {
  a: DeviceArray<"float32">;
  b: { c: DeviceArray<"float32"> };
}

const tree = async (factor: number): Promise<Tree> => ({
  a: await device.upload(floats([factor, 2 * factor])),
  b: { c: await device.upload(floats([1, -1, factor], [1, 3])) },
});

const optimizer = await createOptimizer<Tree>(device, spec, { ...adamDefaults, maxGradNorm: 1 });

async function trained() {
  const start = await optimizer.start(await tree(3));
  return (await optimizer.update(start, await tree(0.5), 0.1)).state;
}

Deno.test("parameters and both moments are saved by dotted name, with the step", async () => {
  const { step, arrays } = await saveTrainState(device, await trained());
  assert.equal(step, 1);
  const names = [
    "parameters.a",
    "parameters.b.c",
    "first.a",
    "first.b.c",
    "second.a",
    "second.b.c",
  ];
  assert.deepEqual([...arrays.keys()], names);
  assert.deepEqual(arrays.get("first.b.c")?.dims, [1, 3]);
  // clipped: |g| = sqrt(.5^2 + 1 + 1 + 1 + .5^2) = sqrt(3.5); m = 0.1 g / |g|
  assert.ok(Math.abs((arrays.get("first.a")?.data[1] ?? NaN) - 0.1 / Math.sqrt(3.5)) < 1e-6);
});

Deno.test("a state that was saved and loaded takes the same next step, and the saved one stays as it was", async () => {
  const state = await trained();
  const saved = await saveTrainState(device, state);
  const copy = structuredClone(saved);
  const loaded = await loadTrainState<Tree>(device, spec, saved);
  const next = await optimizer.update(state, await tree(-1), 0.1);
  const again = await optimizer.update(loaded, await tree(-1), 0.1);
  assert.deepEqual(
    await saveTrainState(device, again.state),
    await saveTrainState(device, next.state),
  );
  assert.deepEqual(saved, copy);
});

Deno.test("without copies the arrays are the models' own memory on the CPU", async () => {
  const state = await trained();
  const { arrays } = await saveTrainState(device, state, { copies: false });
  assert.equal(arrays.get("parameters.a")?.data, await device.read(state.parameters.a));
  assert.notEqual(
    (await saveTrainState(device, state)).arrays.get("parameters.a")?.data,
    arrays.get("parameters.a")?.data,
  );
});

const wrong: [
  string,
  (arrays: Map<string, { dims: readonly number[]; data: Float32Array }>) => void,
  string,
][] = [
  [
    "an array that is missing",
    (arrays) => arrays.delete("second.a"),
    'Cannot restore the state: "second.a" is missing',
  ],
  [
    "an array of other dimensions",
    (arrays) => arrays.set("first.a", { dims: [3], data: new Float32Array(3) }),
    'Cannot restore "first.a" of the state: it has dimensions [3], wanted [2]',
  ],
  [
    "an array that is not known",
    (arrays) => arrays.set("first.z", { dims: [1], data: new Float32Array(1) }),
    'Cannot restore the state: it has "first.z", which is not known',
  ],
];

for (const [what, change, message] of wrong) {
  Deno.test(`${what} is refused by name`, async () => {
    const { step, arrays } = await saveTrainState(device, await trained());
    const changed = new Map(arrays);
    change(changed);
    await assert.rejects(loadTrainState(device, spec, { step, arrays: changed }), {
      name: "RangeError",
      message,
    });
  });
}

Deno.test("freeing a state frees every array of it once", async () => {
  const freed: DeviceArray[] = [];
  const state = await trained();
  freeTrainState({ ...device, free: (array) => void freed.push(array) }, state);
  const { parameters, first, second } = state;
  assert.deepEqual(freed, [parameters, first, second].flatMap(({ a, b }) => [a, b.c]));
});
