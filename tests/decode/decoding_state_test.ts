/** The state of a batch that is being decoded: which rows are in the batch, and which token belongs to which answer. */
import assert from "node:assert/strict";
import { type CachedRows, createCaches, keepRows } from "../../lib/decode/cache.ts";
import { startDecoding } from "../../lib/decode/decoding_state.ts";
import { device, tinyConfig } from "../helpers/tiny.ts";

const [PAD, END] = [0, 9];
const start = (prompts: number[][], marksSeen = false) =>
  startDecoding(prompts, { special: { padId: PAD, endId: END }, vocabSize: 10, marksSeen });
const drawn = (tokens: number[]) => ({
  tokens: Int32Array.from(tokens),
  logProbs: Float32Array.from(tokens, (token) => -token),
});

Deno.test("rows that have ended leave the batch; the last ones take their places, and tokens find their answers", async () => {
  const caches = createCaches(device, tinyConfig);
  const state = start([[1], [2, 2], [3], [4], [5]]);
  const stays = (row: number) => !state.answers[row].ended;
  let batch: CachedRows = { rows: [0, 1, 2, 3, 4], cache: await caches.sized(5, 4) };
  state.append(batch.rows, drawn([END, 6, END, 7, 8]));
  batch = await keepRows(device, batch, stays);
  assert.deepEqual(batch.rows, [3, 1, 4]);
  const { inputIds, lengths, total } = state.inputs(batch.rows, { cached: true });
  assert.deepEqual(inputIds, { dims: [3, 1], data: Int32Array.of(7, 6, 8) });
  assert.deepEqual([...lengths.data], [1, 2, 1]); // prompt's tokens + 1 new one - 1
  assert.deepEqual([...total.data], [3]);
  state.append(batch.rows, drawn([1, END, 2]));
  batch = await keepRows(device, batch, stays);
  assert.deepEqual(batch.rows, [3, 4]);
  state.append(batch.rows, drawn([END, END]));
  assert.deepEqual((await keepRows(device, batch, stays)).rows, []);
  const answers = [[END], [6, END], [END], [7, 1, END], [8, 2, END]];
  assert.deepEqual(state.answers.map(({ tokens }) => tokens), answers);
  assert.deepEqual(state.answers[3].logProbs, [-7, -1, -9]);
  caches.release();
});

Deno.test("whole texts are padded at their end, and the column of each last token is known", () => {
  const { inputIds, positionIds, lastColumns, lengths } = start([[1, 2, 3], [4]])
    .inputs([1, 0], { cached: false });
  assert.deepEqual(inputIds, { dims: [2, 3], data: Int32Array.of(4, PAD, PAD, 1, 2, 3) });
  assert.deepEqual(positionIds, { dims: [2, 3], data: Int32Array.of(0, 1, 2, 0, 1, 2) });
  assert.deepEqual([lastColumns.data, lengths.data], [Int32Array.of(0, 2), Int32Array.of(0, 2)]);
});

Deno.test("tokens seen are those of each row's own prompt and answer", () => {
  const state = start([[1], [2], [3]], true);
  state.append([0, 1, 2], drawn([END, END, 4]));
  const { seen } = state.inputs([2], { cached: true });
  assert.deepEqual(seen, { dims: [1, 10], data: Uint8Array.of(0, 0, 0, 1, 1, 0, 0, 0, 0, 0) });
});

Deno.test("caches of the rows that stay lie in the same memory, moved ones where they belong", async () => {
  const caches = createCaches(device, tinyConfig);
  const cache = await caches.sized(3, 2);
  const data = await device.read(cache[0].values);
  const width = data.length / 3;
  data.forEach((_, index) => data[index] = Math.floor(index / width)); // each row holds its own number
  const rest = await keepRows(device, { rows: [7, 8, 9], cache }, (row) => row > 7);
  const values = await device.read(rest.cache[0].values);
  assert.deepEqual(rest.rows, [9, 8]);
  assert.deepEqual(rest.cache[0].values.dims, [2, ...cache[0].values.dims.slice(1)]);
  assert.deepEqual([values[0], values[width], values.length], [2, 1, 2 * width]);
  assert.equal(values.buffer, data.buffer);
  assert.equal((await keepRows(device, rest, () => true)).cache, rest.cache);
});
