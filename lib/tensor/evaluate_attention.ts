/**
 * Plain evaluation of attention: over whole sequences, and with a ragged key-value cache as in
 * ONNX Runtime's GroupQueryAttention.
 *
 * With a cache, row r of the batch holds `lengths[r] + 1` tokens after the new ones were added. A
 * first prompt (`total == time`) starts every row at slot 0 and is padded at its end. Later tokens
 * follow those that the row already holds. Results at padded positions are meaningless and are 0
 * here. Padded keys and values are not written.
 */
import { softmax } from "./evaluate_normalize.ts";
import { dot, mapElements, type Numbers, type Value } from "./evaluate_values.ts";
import type { Typed } from "./shape.ts";

/** The same numbers under other axes. */
const reshaped = ({ dtype, data }: Value, shape: Typed["shape"]): Value => ({ shape, dtype, data });

/** [batch, time, embed] as [batch, time, heads, headDim]. The keys' time axis is `slot`. */
function split(x: Value, heads: number, time: "time" | "slot"): Value {
  const [batch, size, embed] = Object.values(x.shape);
  return reshaped(x, { batch, [time]: size, heads, headDim: embed / heads });
}

/**
 * softmax(query keys / sqrt(headDim)) over the visible keys, or 0 where there is none: [batch,
 * heads, time, slot].
 */
function weightsOf(query: Value, keys: Value, visible: Value): Value {
  const { batch, time, heads, headDim } = query.shape;
  const shape = { batch, heads, time, slot: keys.shape.slot };
  const scores = dot({ shape, dtype: "float32" }, query, keys);
  const seen = mapElements(
    scores,
    [visible, scores],
    (isVisible, score) => isVisible ? score / Math.sqrt(headDim) : -Infinity,
  );
  const weights = softmax(seen, "slot");
  return mapElements(weights, [visible, weights], (isVisible, weight) => isVisible ? weight : 0);
}

/** The weights of each head: [batch, heads, time, keyTime]. */
export function attentionWeights([query, key, , visible]: readonly Value[], heads: number): Value {
  const [batch, time, slot] = Object.values(visible.shape);
  const mask = reshaped(visible, { batch, time, slot });
  return weightsOf(split(query, heads, "time"), split(key, heads, "slot"), mask);
}

/** The weights of each head times its values, with heads side by side: [batch, time, embed]. */
export function attention(inputs: readonly Value[], heads: number): Numbers {
  const [query, , value] = inputs;
  const weights = attentionWeights(inputs, heads);
  return dot(split(query, heads, "time"), weights, split(value, heads, "slot")).data;
}

/** The new tokens of all rows, the length of each row, and that of the longest. */
interface Added {
  readonly time: number;
  readonly lengths: Value;
  readonly total: Value;
}

/** The slot of a row's first new token, and the number of new tokens without padding. */
function placement(row: number, { time, lengths, total }: Added) {
  const tokens = lengths.data[row] + 1;
  return total.data[0] === time
    ? { start: 0, count: tokens }
    : { start: tokens - time, count: time };
}

/**
 * The cache with the new keys (or values) written after the old ones of each row: [batch, heads,
 * slot, headDim].
 */
export function updatedCache(
  cache: Value,
  { added, lengths, total }: { added: Value; lengths: Value; total: Value },
): Numbers {
  const [batch, heads, slots, headDim] = Object.values(cache.shape);
  const time = Object.values(added.shape)[1];
  const result = cache.data.slice();
  for (let row = 0; row < batch; row++) {
    const { start, count } = placement(row, { time, lengths, total });
    if (start < 0 || count > time || start + count > slots) {
      throw new RangeError(
        `Cannot write ${count} tokens at slot ${start}: the cache has ${slots} slots ` +
          `and ${time} tokens are new`,
      );
    }
    for (let token = 0; token < count; token++) {
      for (let head = 0; head < heads; head++) {
        const from = ((row * time + token) * heads + head) * headDim; // embed = heads x headDim
        const to = ((row * heads + head) * slots + start + token) * headDim;
        result.set(added.data.subarray(from, from + headDim), to);
      }
    }
  }
  return result;
}

/**
 * softmax(query keys / sqrt(headDim)) values over the slots up to that of the token: [batch, time,
 * heads headDim].
 */
export function cachedAttention(inputs: readonly Value[], heads: number): Numbers {
  const [given, key, value, pastKeys, pastValues, lengths, total] = inputs;
  const query = split(given, heads, "time");
  const { batch, time, headDim } = query.shape;
  const slot = Object.values(pastKeys.shape)[2];
  const present = (past: Value, added: Value): Value => {
    const data = updatedCache(past, { added, lengths, total });
    return { shape: { batch, heads, slot, headDim }, dtype: "float32", data };
  };
  const visible = Uint8Array.from({ length: batch * time * slot }, (_, index) => {
    const token = Math.floor(index / slot) % time, row = Math.floor(index / slot / time);
    const { start, count } = placement(row, { time, lengths, total });
    return Number(token < count && index % slot <= start + token);
  });
  const mask: Value = { shape: { batch, time, slot }, dtype: "bool", data: visible };
  const weights = weightsOf(query, present(pastKeys, key), mask);
  return dot(query, weights, present(pastValues, value)).data;
}
