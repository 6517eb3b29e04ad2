/**
 * Attention to a cache in standard operators, for devices on which GroupQueryAttention computes
 * wrong attention but right caches.
 *
 * Query t of row b is at slot start_b + t and sees the slots up to its own: softmax(q k^T /
 * sqrt(headDim)) v over these, where start_b = 0 for a first prompt (total == time) and lengths_b +
 * 1 - time for later tokens. Shape nodes have no GPU kernel, so time is computed as a sum of ones,
 * and t and the slots as running sums of ones.
 */
import { emitMixed, emitScores, emitSoftmax, type Heads } from "./attention.ts";
import type { Emitter } from "./emitter.ts";

/**
 * The names of the queries of the new tokens, the caches that already hold these tokens, and the
 * primitive's `lengths` and `total`.
 */
type Names = Readonly<Record<"query" | "keys" | "values" | "lengths" | "total", string>>;

/** 0, 1, 2, ... along an axis of `like`, whose other axes have size 1. */
function countedFromZero(emitter: Emitter, like: string, axis: number) {
  const ones = emitter.emit("Where", [emitter.number(0, "bool"), like, emitter.number(1)]);
  const running = emitter.emit("CumSum", [ones, emitter.constant([axis], [], "int64")]);
  return { ones, counted: emitter.emit("Sub", [running, emitter.number(1)]) };
}

/** The first element along an axis, which keeps size 1. */
const firstOf = (emitter: Emitter, name: string, axis: number): string =>
  emitter.emit("Slice", [name, emitter.whole(0), emitter.whole(1), emitter.whole(axis)]);

/** Whether each query sees each slot: [batch, 1, time, slot]. */
function visible(emitter: Emitter, scores: string, { lengths, total }: Names): string {
  const oneHead = firstOf(emitter, firstOf(emitter, scores, 0), 1); // [1, 1, time, slot]
  const times = countedFromZero(emitter, firstOf(emitter, oneHead, 3), 2); // [1, 1, time, 1]
  const slots = countedFromZero(emitter, firstOf(emitter, oneHead, 2), 3); // [1, 1, 1, slot]
  const time = emitter.emit("ReduceSum", [times.ones], { attributes: { keepdims: 0 } });
  const isFirst = emitter.emit("Equal", [emitter.cast(total, "float32"), time]);
  const tokens = emitter.emit("Add", [emitter.cast(lengths, "float32"), emitter.number(1)]);
  const later = emitter.emit("Sub", [tokens, time]);
  const start = emitter.emit("Where", [isFirst, emitter.number(0), later]); // [batch]
  const starts = emitter.emit("Unsqueeze", [start, emitter.whole(1, 2, 3)]);
  const own = emitter.emit("Add", [starts, times.counted]);
  return emitter.emit("Not", [emitter.emit("Less", [own, slots.counted])]);
}

/** The attended values: [batch, time, heads headDim]. */
export function emitAttentionInParts(emitter: Emitter, names: Names, heads: Heads): string {
  const { query, values: value } = names;
  const keys = emitter.emit("Transpose", [names.keys], { attributes: { perm: [0, 1, 3, 2] } });
  const scores = emitScores(emitter, { query, keys }, heads); // [batch, heads, time, slot]
  const weights = emitSoftmax(emitter, visible(emitter, scores, names), scores);
  return emitMixed(emitter, { weights, value }, heads);
}
