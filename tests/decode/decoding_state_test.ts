/** The bookkeeping of decoding: which rows are in the batch, and whose token is whose. */
import assert from "node:assert/strict";
import { cacheKeeper, keptRows } from "../../lib/decode/cache.ts";
import { startDecoding } from "../../lib/decode/decoding_state.ts";
import { device, tinyConfig } from "../helpers/tiny.ts";

const [PAD, END] = [0, 9];
const start = (prompts: number[][]) =>
  startDecoding(prompts, { padId: PAD, endId: END, vocabSize: 10 });
const drawn = (tokens: number[]) => ({
  tokens: Int32Array.from(tokens),
  logProbs: Float32Array.from(tokens, (token) => -token),
  samplingMask: undefined,
});

Deno.test("rows that have ended leave the batch; the last ones take their places, and tokens find their answers", () => {
  const state = start([[1], [2, 2], [3], [4], [5]]);
  state.inputs({ seen: false });
  state.accept(drawn([END, 6, END, 7, 8]));
  assert.deepEqual(state.dropEnded(), {
    count: 3,
    moves: [{ from: 3, to: 0 }, { from: 4, to: 2 }],
  });
  assert.deepEqual(state.rows(), [3, 1, 4]);
  const { inputIds, lengths, total } = state.inputs({ seen: false });
  assert.deepEqual([...inputIds.data], [7, 6, 8]);
  assert.deepEqual([...lengths.data], [1, 2, 1]); // prompt's tokens + 1 new one - 1
  assert.deepEqual([...total.data], [3]);
  state.accept(drawn([1, END, 2]));
  assert.deepEqual(state.dropEnded(), { count: 2, moves: [{ from: 2, to: 1 }] });
  assert.deepEqual(state.rows(), [3, 4]);
  state.accept(drawn([END, END]));
  assert.equal(state.running(), false);
  assert.deepEqual(state.answers.map(({ tokens }) => tokens), [
    [END],
    [6, END],
    [END],
    [7, 1, END],
    [
      8,
      2,
      END,
    ],
  ]);
  assert.deepEqual(state.answers[3].logProbs, [-7, -1, -9]);
});

Deno.test("a row that has ended and stays in the batch goes on with pads and takes no more tokens", () => {
  const state = start([[1], [2]]);
  state.accept(drawn([END, 3]));
  assert.deepEqual([...state.inputs({ seen: false }).inputIds.data], [PAD, 3]);
  state.accept(drawn([5, 4]));
  assert.deepEqual(state.answers.map(({ tokens }) => tokens), [[END], [3, 4]]);
});

Deno.test("tokens seen are those of each row's own prompt and answer, also after rows have moved", async () => {
  const state = start([[1], [2], [3]]);
  state.accept(drawn([END, END, 4]));
  state.dropEnded();
  const { seen } = state.inputs({ seen: true });
  assert.deepEqual(seen.dims, [1, 10]);
  assert.deepEqual([...await device.read(await device.upload(seen))], [
    0,
    0,
    0,
    1,
    1,
    0,
    0,
    0,
    0,
    0,
  ]); // prompt 3, answer 4
});

Deno.test("caches of the rows that stay lie in the same memory, moved ones where they belong", async () => {
  const keeper = cacheKeeper(device, tinyConfig);
  const cache = await keeper.sized(3, 2);
  const data = await device.read(cache[0].values);
  const width = data.length / 3;
  data.forEach((_, index) => data[index] = Math.floor(index / width)); // each row holds its own number
  const rest = await keptRows(device, cache, { count: 2, moves: [{ from: 2, to: 0 }] });
  const values = await device.read(rest[0].values);
  assert.deepEqual(rest[0].values.dims, [2, ...cache[0].values.dims.slice(1)]);
  assert.deepEqual([values[0], values[width], values.length], [2, 1, 2 * width]);
  assert.equal(values.buffer, data.buffer);
  assert.equal(await keptRows(device, rest, { count: 2, moves: [] }), rest);
});
