/**
 * Attention to a cache in standard operators, for devices on which GroupQueryAttention computes
 * wrong attention but right caches.
 *
 * Query t of row b is at slot start_b + t and sees the slots up to its own: softmax(q k^T /
 * sqrt(headDim)) v over these, where start_b = 0 for a first prompt (total == time) and lengths_b +
 * 1 - time for later tokens. Shape nodes have no GPU kernel, so time is computed as a sum of ones,
 * and t and the slots as running sums of ones.
 */
import { elementType, type Emitter } from "./emitter.ts";

/**
 * The queries of the new tokens, the caches that already hold these tokens, and the length of each
 * row.
 */
export interface AttentionParts {
  /** Name of the queries: [batch, time, heads headDim]. */
  readonly query: string;
  /** Names of the caches after the new tokens: [batch, heads, slot, headDim]. */
  readonly keys: string;
  readonly values: string;
  /** Names of `lengths` and `total`, as the primitive takes them. */
  readonly lengths: string;
  readonly total: string;
  readonly heads: number;
  readonly headDim: number;
}

/** The score of an unseen slot, whose weight e^-1e9 is 0 in float32. */
const UNSEEN = -1e9;

const whole = (emitter: Emitter, ...values: number[]): string =>
  emitter.constant(values, [values.length], "int64");
const number = (emitter: Emitter, value: number): string =>
  emitter.constant([value], [], "float32");

const transposed = (emitter: Emitter, name: string, perm: readonly number[]): string =>
  emitter.emit("Transpose", [name], { attributes: { perm } });

const asFloats = (emitter: Emitter, name: string): string =>
  emitter.emit("Cast", [name], { attributes: { to: elementType.float32 } });

/** 0, 1, 2, ... along an axis of `like`, whose other axes have size 1. */
function countedFromZero(emitter: Emitter, like: string, axis: number) {
  const ones = emitter.emit("Where", [emitter.constant([0], [], "bool"), like, number(emitter, 1)]);
  const running = emitter.emit("CumSum", [ones, emitter.constant([axis], [], "int64")]);
  return { ones, counted: emitter.emit("Sub", [running, number(emitter, 1)]) };
}

/** The first element along an axis, which keeps size 1. */
const firstOf = (emitter: Emitter, name: string, axis: number): string =>
  emitter.emit("Slice", [name, whole(emitter, 0), whole(emitter, 1), whole(emitter, axis)]);

/** Whether each query sees each slot: [batch, 1, time, slot]. */
function visible(emitter: Emitter, scores: string, { lengths, total }: AttentionParts): string {
  const oneHead = firstOf(emitter, firstOf(emitter, scores, 0), 1); // [1, 1, time, slot]
  const times = countedFromZero(emitter, firstOf(emitter, oneHead, 3), 2); // [1, 1, time, 1]
  const slots = countedFromZero(emitter, firstOf(emitter, oneHead, 2), 3); // [1, 1, 1, slot]
  const time = emitter.emit("ReduceSum", [times.ones], { attributes: { keepdims: 0 } });
  const isFirst = emitter.emit("Equal", [asFloats(emitter, total), time]);
  const tokens = emitter.emit("Add", [asFloats(emitter, lengths), number(emitter, 1)]);
  const later = emitter.emit("Sub", [tokens, time]);
  const start = emitter.emit("Where", [isFirst, number(emitter, 0), later]); // [batch]
  const own = emitter.emit("Add", [
    emitter.emit("Unsqueeze", [start, whole(emitter, 1, 2, 3)]),
    times.counted,
  ]);
  return emitter.emit("Not", [emitter.emit("Less", [own, slots.counted])]);
}

/** The attended values: [batch, time, heads headDim]. */
export function emitAttentionInParts(emitter: Emitter, parts: AttentionParts): string {
  const { query, keys, values, heads, headDim } = parts;
  const split = emitter.emit("Reshape", [query, whole(emitter, 0, 0, heads, headDim)]);
  const queries = transposed(emitter, split, [0, 2, 1, 3]); // [batch, heads, time, headDim]
  const products = emitter.emit("MatMul", [queries, transposed(emitter, keys, [0, 1, 3, 2])]);
  const scores = emitter.emit("Mul", [products, number(emitter, 1 / Math.sqrt(headDim))]);
  const seen = emitter.emit("Where", [
    visible(emitter, scores, parts),
    scores,
    number(emitter, UNSEEN),
  ]);
  // [batch, heads, time, slot]
  const weights = emitter.emit("Softmax", [seen], { attributes: { axis: -1 } });
  const mixed = transposed(emitter, emitter.emit("MatMul", [weights, values]), [0, 2, 1, 3]);
  return emitter.emit("Reshape", [mixed, whole(emitter, 0, 0, heads * headDim)]);
}
