import assert from "node:assert/strict";
import { dropout } from "../../lib/nn/mod.ts";
import { randomStream } from "../../lib/random/mod.ts";
import { float, floats, jit, openDevice } from "../../lib/runtime/mod.ts";
import { input } from "../../lib/tensor/mod.ts";

const device = await openDevice("cpu", { threads: 1 });
const EMBED = 32, TOKENS = 100;
const random = randomStream(8);
const keys = floats(Array.from({ length: TOKENS }, random), [1, TOKENS]);
const ones = floats(Array(TOKENS * EMBED).fill(1), [1, TOKENS, EMBED]);

/** Ones behind a dropout; -1 for `embed` leaves the size of the axis open. */
async function dropped(
  { rate = 0.25, site = 0, embed = EMBED }: { rate?: number; site?: number; embed?: number },
) {
  const spec = { x: float({ batch: -1, time: -1, embed }), keys: float({ batch: -1, time: -1 }) };
  const program = await jit(
    device,
    spec,
    ({ x, keys }) => ({ y: dropout(x, { rate, keys, site }, "embed") }),
  );
  return [...await device.read((await program({ x: ones, keys })).y)];
}

Deno.test("an element is dropped with the rate's probability, and what stays is scaled so that the mean stays", async () => {
  const y = await dropped({ rate: 0.25 });
  const scaled = Math.fround(1 / (1 - 0.25));
  assert.ok(y.every((value) => value === 0 || Math.abs(value - scaled) < 1e-6));
  const share = y.filter((value) => value === 0).length / y.length;
  // 3,200 draws: a deviation of sqrt(0.25 0.75 / 3200) = 0.008
  assert.ok(Math.abs(share - 0.25) < 4 * 0.008, `${share} were dropped`);
});

Deno.test("the same keys drop the same elements, another place of the model others", async () => {
  assert.deepEqual(await dropped({ site: 3 }), await dropped({ site: 3 }));
  assert.notDeepEqual(await dropped({ site: 3 }), await dropped({ site: 4 }));
});

Deno.test("without a key, or at rate 0, x is given back as it is", () => {
  const x = input("x", { batch: 1, time: 2, embed: 3 });
  const key = { rate: 0, keys: input("keys", { batch: 1, time: 2 }), site: 0 };
  assert.equal(dropout(x, undefined, "embed"), x);
  assert.equal(dropout(x, key, "embed"), x);
});

Deno.test("along an axis of unknown size dropout still drops and scales", async () => {
  const y = await dropped({ embed: -1 });
  assert.ok(y.some((value) => value === 0) && y.some((value) => value > 1));
});
