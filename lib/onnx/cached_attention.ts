/**
 * Attention to a cache, by ONNX Runtime's GroupQueryAttention: attention and both caches come from one node.
 *
 * Its kernel takes only heads whose width is a multiple of 8. Narrower or odd heads get zeros behind their channels, which change no
 * product, and lose them again afterwards; their caches are then copied at each step, and slots
 * behind a row's end come back as zeros.
 */
import { emitAttentionInParts } from "./attention_in_parts.ts";
import type { AttributeValue, Emitter } from "./emitter.ts";

/** The kernel's unit for the width of a head. */
const UNIT = 8;

/** What the node is made of. */
export interface CachedAttention {
  /** Query, key, value, both caches, lengths, total: as the primitive takes them. */
  readonly inputs: readonly string[];
  /** New tokens of a row, where that is known. */
  readonly time: number;
  /** How many heads. */
  readonly heads: number;
  /** Channels of a head. */
  readonly headDim: number;
}

/** One reshaping, padding or cutting node for each input, however often it is asked for. */
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

/** The attended values (0), the keys' cache (1) or the values' cache (2): every time the same node. */
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

/** A sink adds e^sink to the softmax's denominator: this one adds 0. */
const NO_SINK = -1e30;

/** Narrower heads gain nothing by `attentionOfOne`. */
const WIDE = 64;

/**
 * One new token a row, wide heads, on the CPU. ONNX Runtime's own loop for one token uses a quarter of a vector register and reads
 * a cache of 600 MB in 37 ms. A node with sinks goes another way, by matrix products, whose fastest kernel asks for a factor of 1:
 * so the query is scaled before. That takes 28 ms on large pages.
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

/** One node, and what widens and narrows heads around it. */
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
  const scale = { float: 1 / Math.sqrt(headDim) }; // the kernel's own would be that of the padded width
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
