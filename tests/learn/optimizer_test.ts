import assert from "node:assert/strict";
import { adamDefaults, clipScale } from "../../lib/optim/mod.ts";
import { createOptimizer, type OptimizerSettings } from "../../lib/learn/mod.ts";
import { downloadParameters } from "../../lib/lm/mod.ts";
import {
  type ArrayLike_,
  type Device,
  type Feeds,
  float,
  floats,
  openDevice,
} from "../../lib/runtime/mod.ts";
import fixture from "../fixtures/ops.json" with { type: "json" };
import { assertNear, fixtureTensors, numbersOn } from "../helpers/fixtures.ts";

const device = await openDevice("cpu", { threads: 1 });
const torch = await fixtureTensors("ops");

const uploaded = (array: ArrayLike_<"float32">, on: Device = device) => on.upload(array);

for (
  const [topic, { steps, learning_rate, weight_decay = 0, ...given }] of [
    ["adam", { ...fixture.adam, weight_decay: 0 }],
    ["adamw", fixture.adamw],
  ] as const
) {
  Deno.test(`${steps} steps of ${topic} equal PyTorch's, moments too`, async () => {
    const spec = { weight: float({ row: 4, column: 3 }) };
    const optimizer = await createOptimizer<Feeds<typeof spec>>(device, spec, {
      ...given,
      weightDecay: weight_decay,
      maxGradNorm: Infinity,
    });
    let state = await optimizer.start({
      weight: await uploaded(torch.array(`${topic}.parameter.0`)),
    });
    for (let step = 1; step <= steps; step++) {
      const gradients = { weight: await uploaded(torch.array(`${topic}.gradient.${step}`)) };
      ({ state } = await optimizer.update(state, gradients, learning_rate));
      const { parameters, first, second } = state;
      for (
        const [name, tree] of [["parameter", parameters], ["first_moment", first], [
          "second_moment",
          second,
        ]] as const
      ) {
        const key = `${topic}.${name}.${step}`;
        assertNear(await numbersOn(device, tree.weight), torch.numbers(key), { name: key });
      }
      assert.equal(state.step, step);
    }
  });
}

const pair = { first: float({ row: 3, column: 4 }), second: float({ entry: 5 }) };
const plain: OptimizerSettings = { ...adamDefaults, maxGradNorm: 1 };

for (const size of ["large", "small"] as const) {
  Deno.test(`the norm of ${size} gradients, and what clipping leaves of them, equal PyTorch's`, async () => {
    const optimizer = await createOptimizer<Feeds<typeof pair>>(device, pair, plain);
    const zeros = {
      first: await uploaded(floats(Array(12).fill(0), [3, 4])),
      second: floats(Array(5).fill(0)),
    };
    const state = await optimizer.start({ ...zeros, second: await uploaded(zeros.second) });
    const gradients = {
      first: await uploaded(torch.array(`clip.${size}.gradient.0`)),
      second: await uploaded(torch.array(`clip.${size}.gradient.1`)),
    };
    const { gradNorm, state: next } = await optimizer.update(state, gradients, 0.1);
    assertNear([gradNorm], torch.numbers(`clip.${size}.norm`), { name: "the norm" });
    // The first moment after one step from zero is (1 - beta1) g = 0.1 g, and g is the clipped gradient.
    const moment = Array.from(await numbersOn(device, next.first.first), (m) => m / 0.1);
    assertNear(moment, torch.numbers(`clip.${size}.clipped.0`), { name: "the clipped gradient" });
    const second = Array.from(await numbersOn(device, next.first.second), (m) => m / 0.1);
    assertNear(second, torch.numbers(`clip.${size}.clipped.1`), { name: "the clipped gradient" });
  });
}

Deno.test("gradients are scaled only when their norm is above the limit", () => {
  assert.equal(clipScale(0.5, 1), 1);
  assert.equal(clipScale(4, 1), 1 / (4 + 1e-6));
});

/** Three parameters of which two have one shape, moved `updates` times with gradients that follow from the step. */
async function trained(
  { updates, on = device, ...settings }: Partial<OptimizerSettings> & {
    updates: number;
    on?: Device;
  },
) {
  const spec = {
    a: float({ row: 2, column: 3 }),
    b: { c: float({ entry: 4 }), d: float({ row: 2, column: 3 }) },
  };
  const optimizer = await createOptimizer<Feeds<typeof spec>>(on, spec, { ...plain, ...settings });
  const wave = (size: number, seed: number) =>
    Array.from({ length: size }, (_, i) => Math.sin(seed + 1.7 * i));
  const tree = async (seed: number) => ({
    a: await uploaded(floats(wave(6, seed), [2, 3])),
    b: {
      c: await uploaded(floats(wave(4, seed + 1))),
      d: await uploaded(floats(wave(6, seed + 2), [2, 3])),
    },
  });
  let state = await optimizer.start(await tree(0));
  const handles = new Set<unknown>();
  for (let step = 1; step <= updates; step++) {
    ({ state } = await optimizer.update(state, await tree(step), 0.01));
    for (const part of [state.parameters, state.first, state.second]) {
      for (const array of [part.a, part.b.c, part.b.d]) {
        handles.add("handle" in array && array.handle);
      }
    }
  }
  const { parameters, first, second } = state;
  const numbers = await downloadParameters(on, { parameters, first, second });
  return { numbers, handles };
}

Deno.test("in place: the same numbers to the bit, in the arrays of the first state", async () => {
  const decays = (name: string) => name !== "b.c";
  for (const weightDecay of [0, 0.1]) {
    const rotating = await trained({ updates: 3, weightDecay, decays });
    const inPlace = await trained({ updates: 3, weightDecay, decays, inPlace: true });
    assert.deepEqual(inPlace.numbers, rotating.numbers);
    assert.equal(inPlace.handles.size, 9); // three parameters, their m and their v
  }
});

Deno.test("arrays rotate over 20 updates: none is made after the first", async () => {
  let uploads = 0;
  const counting: Device = {
    ...device,
    upload(array) {
      uploads++;
      return device.upload(array);
    },
  };
  await trained({ updates: 1, on: counting });
  const afterOne = uploads;
  uploads = 0;
  const { handles } = await trained({ updates: 20, on: counting });
  // Zero moments of three parameters, 6 arrays, and at most as many spares as there is state, 9.
  assert.equal(uploads, afterOne);
  assert.ok(uploads <= 6 + 9);
  assert.ok(handles.size <= 9 + 9, `${handles.size} arrays were used for a state of 9`);
});

Deno.test("only parameters that are said to decay do", async () => {
  const bare = await trained({ updates: 2 });
  const decayed = await trained({ updates: 2, weightDecay: 0.5, decays: (name) => name === "b.c" });
  for (const name of ["a", "b.c", "b.d"]) {
    const [one, other] = [bare, decayed].map(({ numbers }) =>
      numbers.get(`parameters.${name}`)?.data
    );
    if (name === "b.c") assert.notDeepEqual(other, one);
    else assert.deepEqual(other, one);
  }
});

Deno.test("a gradient that is missing is named", async () => {
  const spec = { a: float({ entry: 2 }), b: float({ entry: 2 }) };
  const optimizer = await createOptimizer<Record<string, ArrayLike_<"float32">>>(
    device,
    spec,
    plain,
  );
  const two = () => uploaded(floats([1, 2]));
  const state = await optimizer.start({ a: await two(), b: await two() });
  await assert.rejects(optimizer.update(state, { a: await two() }, 0.1), {
    message: 'Cannot run the program: the input "b" was not given',
  });
});
