/**
 * Attention to a cache with ONNX Runtime's GroupQueryAttention, a single node that computes
 * attention and both caches.
 *
 * Its kernel only takes heads whose width is a multiple of 8. Other heads are padded with channels
 * of zeros, which change no product and are removed afterwards. Their caches are then copied at
 * each step, and slots after the end of a row become zeros.
 */
import type { Heads } from "./attention.ts";
import { emitAttentionInParts } from "./attention_in_parts.ts";
import type { Emitter } from "./emitter.ts";
import type { Value } from "./layout.ts";

/** The kernel's unit for the width of a head. */
const UNIT = 8;

/** The operands of the node. */
interface CachedAttention extends Heads {
  /** Query, key, value, both caches, lengths and total, in the order of the primitive. */
  readonly inputs: readonly string[];
  /** New tokens in each row, or `UNKNOWN`. */
  readonly time: number;
}

/** [batch, time, heads headDim] with the last axis split or joined. */
const reshape = (emitter: Emitter, name: string, sizes: readonly number[]): string =>
  emitter.emit("Reshape", [name, emitter.whole(0, 0, ...sizes)]);

const widen = (emitter: Emitter, name: string, zeros: number): string =>
  emitter.emit("Pad", [name, emitter.whole(0, 0, 0, 0, 0, 0, 0, zeros)]);

const narrow = (emitter: Emitter, name: string, width: number): string =>
  emitter.emit("Slice", [name, emitter.whole(0), emitter.whole(width), emitter.whole(3)]);

function attention(
  emitter: Emitter,
  inputs: readonly string[],
  { heads, scale }: { heads: number; scale?: number },
): readonly string[] {
  const sizes = { num_heads: heads, kv_num_heads: heads };
  const attributes = scale === undefined ? sizes : { ...sizes, scale: { float: scale } };
  const options = { attributes, outputs: 3, domain: "com.microsoft" } as const;
  return emitter.emitAll("GroupQueryAttention", inputs, options);
}

/** The attended values and the caches of keys and of values, which are outputs of one node. */
export function emitCachedAttention(
  emitter: Emitter,
  { attributes: { heads } }: { attributes: { heads: number } },
  operands: readonly Value[],
): readonly string[] {
  const inputs = operands.map(({ name }) => name);
  const [{ shape: { time } }, , , { shape: { headDim } }] = operands;
  const results = emitWithKernel(emitter, { inputs, time, heads, headDim });
  if (!emitter.attentionInParts) return results;
  const [query, , , , , lengths, total] = inputs, [, keys, values] = results;
  const names = { query, keys, values, lengths, total };
  return [emitAttentionInParts(emitter, names, { heads, headDim }), keys, values];
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
  const scaled = emitter.emit("Mul", [query, emitter.number(1 / Math.sqrt(headDim))]);
  const sinks = emitter.constant(Array(heads).fill(NO_SINK), [heads], "float32");
  const notGiven = ["", "", "", ""]; // rotations, positions, bias
  return attention(emitter, [scaled, ...rest, ...notGiven, sinks], { heads, scale: 1 });
}

/** The node itself, with padding and cutting of heads around it. */
function emitWithKernel(emitter: Emitter, node: CachedAttention): readonly string[] {
  const { inputs, heads, headDim, time } = node;
  const width = Math.ceil(headDim / UNIT) * UNIT;
  if (width === headDim && headDim >= WIDE && time === 1 && emitter.target === "cpu") {
    return attentionOfOne(emitter, node);
  }
  if (width === headDim) return attention(emitter, inputs, { heads });
  const rows = inputs.slice(0, 3).map((name) => {
    const split = widen(emitter, reshape(emitter, name, [heads, headDim]), width - headDim);
    return reshape(emitter, split, [heads * width]);
  });
  const caches = inputs.slice(3, 5).map((name) => widen(emitter, name, width - headDim));
  const scale = 1 / Math.sqrt(headDim); // the default is that of the padded width
  const operands = [...rows, ...caches, ...inputs.slice(5)];
  const [attended, ...present] = attention(emitter, operands, { heads, scale });
  const cut = narrow(emitter, reshape(emitter, attended, [heads, width]), headDim);
  return [
    reshape(emitter, cut, [heads * headDim]),
    ...present.map((name) => narrow(emitter, name, headDim)),
  ];
}
