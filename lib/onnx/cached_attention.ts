/**
 * Attention to a cache with ONNX Runtime's GroupQueryAttention, a single node that computes
 * attention and both caches.
 *
 * Its kernel only takes heads whose width is a multiple of 8. Other heads are padded with channels
 * of zeros, which change no product and are removed afterwards. Their caches are then copied at
 * each step, and slots after the end of a row become zeros.
 */
import { emitAttentionInParts } from "./attention_in_parts.ts";
import type { AttributeValue, Emitter } from "./emitter.ts";

/** The kernel's unit for the width of a head. */
const UNIT = 8;

/** The operands of the node. */
export interface CachedAttention {
  /** Query, key, value, both caches, lengths and total, in the order of the primitive. */
  readonly inputs: readonly string[];
  /** New tokens in each row, or `UNKNOWN`. */
  readonly time: number;
  /** Number of heads. */
  readonly heads: number;
  /** Channels of each head. */
  readonly headDim: number;
}

/** A node that is emitted once for all calls with the same operands. */
function once(emitter: Emitter, operator: string, inputs: readonly string[]): string {
  return emitter.emitShared(`${operator} ${inputs}`, operator, inputs, {})[0];
}

const whole = (emitter: Emitter, values: readonly number[]): string =>
  emitter.constant(values, [values.length], "int64");

/** [batch, time, heads headDim] with the last axis split or joined. */
const reshape = (emitter: Emitter, name: string, sizes: readonly number[]): string =>
  once(emitter, "Reshape", [name, whole(emitter, [0, 0, ...sizes])]);

const widen = (emitter: Emitter, name: string, zeros: number): string =>
  once(emitter, "Pad", [name, whole(emitter, [0, 0, 0, 0, 0, 0, 0, zeros])]);

const narrow = (emitter: Emitter, name: string, width: number): string =>
  once(emitter, "Slice", [name, whole(emitter, [0]), whole(emitter, [width]), whole(emitter, [3])]);

function attention(
  emitter: Emitter,
  inputs: readonly string[],
  attributes: Readonly<Record<string, AttributeValue>>,
): readonly string[] {
  const options = { attributes, outputs: 3, domain: "com.microsoft" } as const;
  return emitter.emitShared(
    `GroupQueryAttention ${inputs}`,
    "GroupQueryAttention",
    inputs,
    options,
  );
}

/**
 * The attended values (index 0), the cache of keys (1) or of values (2). All are outputs of the
 * same node.
 */
export function emitCachedAttention(
  emitter: Emitter,
  given: CachedAttention,
  index: number,
): string {
  const results = emitWithKernel(emitter, given);
  if (index > 0 || !emitter.attentionInParts) return results[index];
  const { inputs: [query, , , , , lengths, total], heads, headDim } = given;
  const [, keys, values] = results;
  return emitAttentionInParts(emitter, { query, keys, values, lengths, total, heads, headDim });
}

/** A sink adds e^sink to the denominator of the softmax. This one adds 0. */
const NO_SINK = -1e30;

/** The smallest width of heads that `attentionOfOne` makes faster. */
const WIDE = 64;

/**
 * Attention of one new token in each row, for wide heads on the CPU. ONNX Runtime's loop for one
 * token uses a quarter of a vector register and reads a cache of 600 MB in 37 ms. A node with sinks
 * is computed by matrix products instead. Their fastest kernel needs a scale of 1, so the query is
 * scaled beforehand. This takes 28 ms with large pages.
 */
function attentionOfOne(
  emitter: Emitter,
  { inputs, heads, headDim }: CachedAttention,
): readonly string[] {
  const [query, ...rest] = inputs;
  const scaled = once(emitter, "Mul", [
    query,
    emitter.constant([1 / Math.sqrt(headDim)], [], "float32"),
  ]);
  const sinks = emitter.constant(Array.from({ length: heads }, () => NO_SINK), [heads], "float32");
  const notGiven = ["", "", "", ""]; // rotations, positions, bias
  const attributes = { num_heads: heads, kv_num_heads: heads, scale: { float: 1 } };
  return attention(emitter, [scaled, ...rest, ...notGiven, sinks], attributes);
}

/** The node itself, with padding and cutting of heads around it. */
function emitWithKernel(emitter: Emitter, node: CachedAttention): readonly string[] {
  const { inputs, heads, headDim, time } = node;
  const width = Math.ceil(headDim / UNIT) * UNIT;
  const attributes = { num_heads: heads, kv_num_heads: heads };
  if (width === headDim && headDim >= WIDE && time === 1 && emitter.target === "cpu") {
    return attentionOfOne(emitter, node);
  }
  if (width === headDim) return attention(emitter, inputs, attributes);
  const rows = inputs.slice(0, 3).map((name) => {
    const split = widen(emitter, reshape(emitter, name, [heads, headDim]), width - headDim);
    return reshape(emitter, split, [heads * width]);
  });
  const caches = inputs.slice(3, 5).map((name) => widen(emitter, name, width - headDim));
  const scale = { float: 1 / Math.sqrt(headDim) }; // the default is that of the padded width
  const [attended, ...present] = attention(emitter, [...rows, ...caches, ...inputs.slice(5)], {
    ...attributes,
    scale,
  });
  const cut = narrow(emitter, reshape(emitter, attended, [heads, width]), headDim);
  return [
    reshape(emitter, cut, [heads * headDim]),
    ...present.map((name) => narrow(emitter, name, headDim)),
  ];
}
