/**
 * The primitives from which every graph is built, with their attributes.
 *
 * Four tables define what they do: shape rules (`shape_rules.ts`), plain evaluation
 * (`evaluate_rules.ts`), vjp rules (`lib/autodiff`) and lowering to ONNX (`lib/onnx`). The compiler
 * checks that each table is complete.
 */
import type { DType, Shape } from "./shape.ts";

/** No attributes. */
export type None = Readonly<Record<never, never>>;
/** Whether each side may have axes that the other lacks; default: no. */
export type Pairing = { readonly outer?: boolean | undefined };
/** Several axes, in any order. */
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
export interface Attributes extends Record<Unary, None>, Record<Binary | Compare, Pairing> {
  /** A value that arrives when the program runs. */
  input: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  /** Numbers stored in the program, in memory order. */
  constant: { readonly values: readonly number[]; readonly shape: Shape; readonly dtype: DType };
  /** Whether the condition does not hold. */
  not: None;
  /** `where(condition, a, b)`. */
  where: None;
  /** The same elements as another type. */
  cast: { readonly to: DType };
  /** The value itself, through which no gradient passes. */
  stopGradient: None;
  /** `expandLike(x, reference)`: x repeated along the axes that only the reference has. */
  expandLike: None;
  /** The sum along axes. */
  sum: OverAxes;
  /** The largest element along axes. */
  largest: OverAxes;
  /** The sum of products over shared axes, which includes every kind of matrix product. */
  dot: OverAxes;
  /** Splits one axis into several, of which the last one varies fastest. */
  splitAxis: { readonly axis: string; readonly into: Shape };
  /** Merges neighbouring axes into one. */
  mergeAxes: { readonly axes: readonly string[]; readonly name: string };
  /** The same tensor with its axes in a different memory order. */
  transpose: { readonly order: readonly string[] };
  /** The same tensor under other axis names: old name -> new name. */
  rename: { readonly names: Readonly<Record<string, string>> };
  /** Elements start, ..., stop - 1 along one axis. */
  slice: { readonly axis: string; readonly start: number; readonly stop: number };
  /** Adds zeros before and after x along one axis. */
  pad: { readonly axis: string; readonly before: number; readonly after: number };
  /** `gather(table, indices)`: rows of a table, for example an embedding. */
  gather: OverAxis;
  /**
   * `scatterAdd(indices, updates)` adds rows to a table of zeros. It is the transpose of gather.
   */
  scatterAdd: { readonly axis: string; readonly size: number };
  /** `take(x, indices)`: one element along an axis for each index. */
  take: OverAxis;
  /** The running sum along an axis, from its end when `reverse` is true. */
  cumsum: { readonly axis: string; readonly reverse: boolean };
  /** e^x / sum(e^x) along an axis. */
  softmax: OverAxis;
  /** x - log(sum(e^x)) along an axis. */
  logSoftmax: OverAxis;
  /** `layerNorm(x, scale, bias)`. */
  layerNorm: { readonly axis: string; readonly epsilon: number };
  /** The mean along an axis, which the result lacks. */
  layerNormMean: { readonly axis: string; readonly epsilon: number };
  /** 1 / sqrt(variance + epsilon) along an axis, which the result lacks. */
  layerNormInverseDeviation: { readonly axis: string; readonly epsilon: number };
  /** `concat(a, b, ...)`: tensors concatenated along an axis. */
  concat: OverAxis;
  /**
   * `attention(query, key, value, visible)`: softmax(query key / sqrt(headDim)) value in each head,
   * over the visible keys. A query without visible keys gets zeros.
   */
  attention: { readonly heads: number };
  /** The weights of `attention`, which its gradient needs: [batch, heads, time, keyTime]. */
  attentionWeights: { readonly heads: number };
  /**
   * `cachedAttention(query, key, value, pastKey, pastValue, lengths, total)`: causal attention of
   * new tokens to a ragged key-value cache. The next two primitives are the caches after the new
   * tokens were written.
   */
  cachedAttention: { readonly heads: number };
  /** The key cache after the new tokens: [batch, heads, slot, headDim]. */
  cachedKeys: { readonly heads: number };
  /** The value cache after the new tokens: [batch, heads, slot, headDim]. */
  cachedValues: { readonly heads: number };
}

/** The name of a primitive. */
export type Primitive = keyof Attributes;

/**
 * A record with the value of `rule` for each key.
 *
 * @example
 * ```ts
 * import { tableOf } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(tableOf(["neg", "exp"], (key) => key.length), { neg: 3, exp: 3 });
 * ```
 */
export const tableOf = <K extends string, Rule>(
  keys: readonly K[],
  rule: (key: K) => Rule,
): Record<K, Rule> =>
  // fromEntries loses the types of the keys
  Object.fromEntries(keys.map((key) => [key, rule(key)])) as Record<K, Rule>;
