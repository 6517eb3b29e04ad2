/**
 * The primitives: everything a graph can be made of, with the attributes each one carries.
 *
 * Four tables give them meaning, and the compiler insists that each is complete:
 * shape rules (`shape_rules.ts`), plain evaluation (`evaluate.ts`), vjp rules (`lib/autodiff`), ONNX lowering (`lib/onnx`).
 */
import type { DType, Shape } from "./shape.ts";

/** No attributes. */
export type None = Readonly<Record<never, never>>;
/** Several axes, in no order. */
export type OverAxes = { readonly axes: readonly string[] };
/** One axis. */
export type OverAxis = { readonly axis: string };

/** Element by element, one input. */
export const UNARY = [
  "neg",
  "exp",
  "log",
  "tanh",
  "sqrt",
  "sin",
  "floor",
  "sigmoid",
  "softplus",
  "gelu",
] as const;
/** Element by element, two inputs broadcast by axis name. */
export const BINARY = ["add", "sub", "mul", "div", "max", "min"] as const;
/** Element by element, two inputs, a bool result. */
export const COMPARE = ["less", "equal", "and"] as const;

/** Primitives with one input. */
export type Unary = typeof UNARY[number];
/** Primitives with two inputs. */
export type Binary = typeof BINARY[number];
/** Primitives with two inputs and a bool result. */
export type Compare = typeof COMPARE[number];

/** Attributes by primitive. */
export interface Attributes extends Record<Unary | Binary | Compare, None> {
  /** A value that arrives when the program runs. */
  input: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  /** Numbers written into the program, in memory order. */
  constant: { readonly values: readonly number[]; readonly shape: Shape; readonly dtype: DType };
  /** The condition does not hold. */
  not: None;
  /** `where(condition, a, b)`. */
  where: None;
  /** The same elements as another type. */
  cast: { readonly to: DType };
  /** The value itself; no gradient passes. */
  stopGradient: None;
  /** `expandLike(x, reference)`: x repeated along the axes only the reference has. */
  expandLike: None;
  /** The sum along axes. */
  sum: OverAxes;
  /** The largest element along axes. */
  largest: OverAxes;
  /** Sum of products over shared axes: matrix products of every kind. */
  dot: OverAxes;
  /** One axis becomes several, the last varying fastest. */
  splitAxis: { readonly axis: string; readonly into: Shape };
  /** Neighbouring axes become one. */
  mergeAxes: { readonly axes: readonly string[]; readonly name: string };
  /** The same tensor with another order in memory. */
  transpose: { readonly order: readonly string[] };
  /** The same tensor under other axis names: old name -> new name. */
  rename: { readonly names: Readonly<Record<string, string>> };
  /** Elements start, ..., stop - 1 along one axis. */
  slice: { readonly axis: string; readonly start: number; readonly stop: number };
  /** Zeros before and after along one axis. */
  pad: { readonly axis: string; readonly before: number; readonly after: number };
  /** `gather(table, indices)`: rows of a table, e.g. an embedding. */
  gather: OverAxis;
  /** `scatterAdd(indices, updates)`: the transpose of gather: adds rows into a table of zeros. */
  scatterAdd: { readonly axis: string; readonly size: number };
  /** `take(x, indices)`: one element along an axis for each index. */
  take: OverAxis;
  /** Running sum along an axis, from its end when `reverse`. */
  cumsum: { readonly axis: string; readonly reverse: boolean };
  /** e^x / sum(e^x) along an axis. */
  softmax: OverAxis;
  /** x - log(sum(e^x)) along an axis. */
  logSoftmax: OverAxis;
  /** `layerNorm(x, scale, bias)`. */
  layerNorm: { readonly axis: string; readonly epsilon: number };
  /** The mean along an axis, which the result lacks. */
  layerNormMean: { readonly axis: string; readonly epsilon: number };
  /** 1 / sqrt(variance + epsilon). */
  layerNormInverseDeviation: { readonly axis: string; readonly epsilon: number };
  /** `concat(a, b, ...)`: side by side along an axis. */
  concat: OverAxis;
  /**
   * `attention(query, key, value, visible)`: softmax(query key / sqrt(headDim)) value in each head, over the visible keys; a query that
   * sees none gets zeros.
   */
  attention: { readonly heads: number };
  /** The weights of `attention`, which its gradient needs: [batch, heads, time, keyTime]. */
  attentionWeights: { readonly heads: number };
  /**
   * `cachedAttention(query, key, value, pastKey, pastValue, lengths, total)`: causal attention of new tokens to a ragged
   * key-value cache; its two companions are the cache after the new tokens were written.
   */
  cachedAttention: { readonly heads: number };
  /** The key cache after the new tokens: [batch, heads, slot, headDim]. */
  cachedKeys: { readonly heads: number };
  /** The value cache after the new tokens: [batch, heads, slot, headDim]. */
  cachedValues: { readonly heads: number };
}

/** The name of a primitive. */
export type Primitive = keyof Attributes;

/** A total table: one rule for each primitive. */
export type Table<Rule extends { [P in Primitive]: unknown }> = {
  readonly [P in Primitive]: Rule[P];
};
