/**
 * Plain evaluation of attention over whole sequences, and with a ragged key-value cache as ONNX
 * Runtime's GroupQueryAttention computes it.
 *
 * With a cache, row r of the batch holds `lengths[r] + 1` tokens after the new ones were added. A
 * first prompt (`total == time`) starts every row at slot 0 and is padded at its end. Later tokens
 * follow those that the row already holds. Results at padded positions have no meaning and are 0
 * here, and padded keys and values are not written.
 */
import type { Numbers, Value } from "./evaluate_values.ts";
import { sizeOf } from "./shape.ts";

/**
 * softmax of query . key / sqrt(headDim) over the visible keys, or 0 where there is none: [batch,
 * heads, time, keyTime].
 */
export function attentionWeights(
  [query, key, , visible]: readonly Value[],
  heads: number,
): Float64Array {
  const [batch, time, embed] = Object.values(query.shape);
  const [, keyTime] = Object.values(key.shape);
  const headDim = embed / heads;
  const result = new Float64Array(batch * heads * time * keyTime);
  for (let at = 0; at < result.length; at += keyTime) {
    const token = at / keyTime % time, head = Math.floor(at / keyTime / time) % heads;
    const row = Math.floor(at / keyTime / time / heads);
    const scores = Array.from({ length: keyTime }, (_, slot) => {
      if (visible.data[(row * time + token) * keyTime + slot] === 0) return -Infinity;
      const q = (row * time + token) * embed + head * headDim,
        k = (row * keyTime + slot) * embed + head * headDim;
      let score = 0;
      for (let i = 0; i < headDim; i++) score += query.data[q + i] * key.data[k + i];
      return score / Math.sqrt(headDim);
    });
    const top = Math.max(...scores);
    if (top === -Infinity) continue; // it sees no key
    const raised = scores.map((score) => Math.exp(score - top));
    const total = raised.reduce((sum, one) => sum + one, 0);
    result.set(raised.map((one) => one / total), at);
  }
  return result;
}

/** The weights of each head times its values, with heads side by side: [batch, time, embed]. */
export function attention(inputs: readonly Value[], heads: number): Float64Array {
  const [query, , value] = inputs;
  const [batch, time, embed] = Object.values(query.shape);
  const [, keyTime] = Object.values(value.shape);
  const weights = attentionWeights(inputs, heads);
  const result = new Float64Array(batch * time * embed);
  return result.map((_, index) => {
    const channel = index % embed,
      token = Math.floor(index / embed) % time,
      row = Math.floor(index / embed / time);
    const head = Math.floor(channel / (embed / heads));
    let sum = 0;
    for (let slot = 0; slot < keyTime; slot++) {
      const weight = weights[((row * heads + head) * time + token) * keyTime + slot];
      sum += weight * value.data[(row * keyTime + slot) * embed + channel];
    }
    return sum;
  });
}

/** The slot of a row's first new token, and the number of new tokens without padding. */
function placement(
  row: number,
  { time, lengths, total }: { time: number; lengths: Value; total: Value },
) {
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
 * The sum of softmax(query . keys / sqrt(headDim)) values over the slots up to that of the token.
 */
export function cachedAttention(inputs: readonly Value[], heads: number): Float64Array {
  const [query, key, value, pastKeys, pastValues, lengths, total] = inputs;
  const [batch, time] = Object.values(query.shape);
  const [, , slots, headDim] = Object.values(pastKeys.shape);
  const keys = updatedCache(pastKeys, { added: key, lengths, total });
  const values = updatedCache(pastValues, { added: value, lengths, total });
  const result = new Float64Array(sizeOf(query.shape));
  for (let row = 0; row < batch; row++) {
    const { start, count } = placement(row, { time, lengths, total });
    for (let token = 0; token < count; token++) {
      for (let head = 0; head < heads; head++) {
        const at = ((row * time + token) * heads + head) * headDim;
        const first = (row * heads + head) * slots * headDim,
          stop = first + (start + token + 1) * headDim;
        const seen = { keys: keys.subarray(first, stop), values: values.subarray(first, stop) };
        result.set(attend(query.data.subarray(at, at + headDim), seen), at);
      }
    }
  }
  return result;
}

/** Attention of one query [headDim] to the keys [slot, headDim] that it sees. */
function attend(
  query: Numbers,
  { keys, values }: { keys: Numbers; values: Numbers },
): Float64Array {
  const headDim = query.length;
  const scores = new Float64Array(keys.length / headDim);
  keys.forEach((k, index) => scores[Math.floor(index / headDim)] += k * query[index % headDim]);
  const weights = scores.map((score) => score / Math.sqrt(headDim));
  const top = Math.max(...weights);
  const raised = weights.map((weight) => Math.exp(weight - top));
  const total = raised.reduce((sum, weight) => sum + weight, 0);
  const attended = new Float64Array(headDim);
  values.forEach((v, index) =>
    attended[index % headDim] += v * raised[Math.floor(index / headDim)] / total
  );
  return attended;
}
