/** Rows: how sequences of different lengths lie in one batch, and that pads behind them change nothing. */
import assert from "node:assert/strict";
import {
  atColumns,
  gpt2,
  gpt2Spec,
  maskedRows,
  padRows,
  rowsSpec,
  type TokenRow,
  uploadParameters,
} from "../../lib/lm/mod.ts";
import {
  type ArrayLike_,
  type Feeds,
  float,
  floats,
  int,
  ints,
  jit,
} from "../../lib/runtime/mod.ts";
import { assertNear } from "../helpers/fixtures.ts";
import { device, PAD, tinyConfig, tinyPolicy, tinyPrompts } from "../helpers/tiny.ts";

const numbers = (array: ArrayLike_<"int32">): number[] => "data" in array ? [...array.data] : [];

Deno.test("rows are padded at their end to the longest, and positions count columns", () => {
  const { inputIds, positionIds, slots, keySlots } = padRows([[5, 6, 7], [8]], { padId: 0 });
  assert.deepEqual(inputIds.dims, [2, 3]);
  assert.deepEqual(numbers(inputIds), [5, 6, 7, 8, 0, 0]);
  for (const array of [positionIds, slots, keySlots]) {
    assert.deepEqual(numbers(array), [0, 1, 2, 0, 1, 2]);
  }
});

Deno.test("masked rows hide keys where the mask is 0, and their positions count pads too", () => {
  const { inputIds, positionIds, slots, keySlots } = maskedRows([[0, 5, 6], [7, 8, 0]], [
    [0, 1, 1],
    [
      1,
      1,
      0,
    ],
  ]);
  assert.deepEqual(numbers(inputIds), [0, 5, 6, 7, 8, 0]);
  for (const array of [positionIds, slots]) assert.deepEqual(numbers(array), [0, 1, 2, 0, 1, 2]);
  assert.deepEqual(numbers(keySlots), [2 ** 30, 1, 2, 0, 1, 2 ** 30]);
});

const parameters = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
const program = await jit(
  device,
  { parameters: gpt2Spec(tinyConfig), rows: rowsSpec },
  ({ parameters, rows }) => ({ hidden: gpt2(parameters, rows, tinyConfig) }),
);

/** Hidden states of the real tokens, row by row. */
async function hiddenStates(
  rows: readonly TokenRow[],
  laidOut: Feeds<typeof rowsSpec>,
): Promise<number[][]> {
  const { hidden } = await program({ parameters, rows: laidOut });
  const [, time, embed] = hidden.dims;
  const data = await device.read(hidden);
  return rows.map((row, index) => [
    ...data.subarray(index * time * embed, (index * time + row.length) * embed),
  ]);
}

Deno.test("pads behind a row and longer neighbours change no hidden state", async () => {
  const together = await hiddenStates(tinyPrompts, padRows(tinyPrompts, { padId: PAD }));
  for (const [index, row] of tinyPrompts.entries()) {
    const [alone] = await hiddenStates([row], padRows([row], { padId: PAD }));
    const [wide] = await hiddenStates([row], padRows([row, Array(30).fill(12)], { padId: 11 }));
    assertNear(together[index], alone, { name: `row ${index} in a batch` });
    assertNear(wide, alone, { name: `row ${index} with pads` });
  }
});

Deno.test("a mask that hides nothing changes nothing; one that hides a token changes all later ones", async () => {
  const [row] = tinyPrompts;
  const [plain] = await hiddenStates([row], padRows([row], { padId: PAD }));
  const [open] = await hiddenStates([row], maskedRows([row], [row.map(() => 1)]));
  assert.deepEqual(open, plain);
  const [hidden] = await hiddenStates(
    [row],
    maskedRows([row], [row.map((_, column) => column === 1 ? 0 : 1)]),
  );
  const { embed } = tinyConfig;
  assert.deepEqual(hidden.slice(0, embed), plain.slice(0, embed));
  assert.notDeepEqual(hidden.slice(2 * embed, 3 * embed), plain.slice(2 * embed, 3 * embed));
});

Deno.test("hidden states are taken at the columns asked for, zeros where there is none", async () => {
  const spec = {
    hidden: float({ batch: -1, time: -1, embed: 2 }),
    columns: int({ batch: -1, answer: -1 }),
    slots: int({ batch: -1, time: -1 }),
  };
  const choose = await jit(device, spec, ({ hidden, columns, slots }) => ({
    chosen: atColumns(hidden, columns, slots),
  }));
  const { chosen } = await choose({
    hidden: floats([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]),
    columns: ints([1, 0, 0, 5], [2, 2]),
    slots: ints([0, 1, 0, 1], [2, 2]),
  });
  assert.deepEqual([...await device.read(chosen)], [3, 4, 1, 2, 5, 6, 0, 0]);
});
