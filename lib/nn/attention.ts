/**
 * Causal self-attention with several heads (Vaswani et al. 2017), for training and scoring.
 *
 * *Slots* decide which keys a query sees: key j is visible to query i where keySlot_j <= slot_i.
 * The slot of a token in a sequence is its column, and a key that no query may see has a very large
 * slot. Padding at the end of a row needs no mask, because a query does not see later keys.
 */
import {
  attention as attend,
  dot,
  less,
  mergeAxes,
  mul,
  not,
  rename,
  slice,
  softmax,
  splitAxis,
  type Tensor,
  where,
} from "../tensor/mod.ts";
import { dropout, type DropoutKey } from "./dropout.ts";
import { linear } from "./layers.ts";

/** [batch, time, embed] */
export type Hidden = Tensor<{ batch: number; time: number; embed: number }>;

/**
 * `c_attn` projects to query, key and value side by side, and `c_proj` back to the model's width.
 */
export interface AttentionParameters {
  /** x W + b for query, key and value at once, in this order: `qkv` = 3 `embed`. */
  readonly c_attn: {
    readonly weight: Tensor<{ embed: number; qkv: number }>;
    readonly bias: Tensor<{ qkv: number }>;
  };
  /** x W + b over the results of the heads, which lie side by side. */
  readonly c_proj: {
    readonly weight: Tensor<{ attended: number; embed: number }>;
    readonly bias: Tensor<{ embed: number }>;
  };
}

/** The slots of queries and keys, which decide who sees whom. */
export interface Slots {
  /** The slot of each query. */
  readonly slots: Tensor<{ batch: number; time: number }, "int32">;
  /** The slot of each key. */
  readonly keySlots: Tensor<{ batch: number; keyTime: number }, "int32">;
}

/** How to compute attention. */
export interface AttentionOptions {
  /** Number of heads. */
  readonly heads: number;
  /** Dropout of the weights; default: none. */
  readonly drop?: DropoutKey | undefined;
  /** The source of keys and values; default: x itself. */
  readonly context?: Hidden | undefined;
}

/**
 * The score or logit of a masked position: e^-1e9 is 0 in float32, and a row of such scores still
 * has a softmax.
 */
export const MASKED: number = -1e9;

/**
 * softmax(q k^T / sqrt(headDim)) v in every head, projected back. Queries come from `x`, keys and
 * values from `context`.
 *
 * @throws RangeError when axes or sizes do not fit, or the width is not a multiple of `heads`.
 * @example
 * ```ts
 * import { attention } from "ppo/nn/mod.ts";
 * import { constant, evaluate } from "ppo/tensor/mod.ts";
 * import assert from "node:assert/strict";
 * const x = constant([4, 8], { batch: 1, time: 2, embed: 1 });
 * const c_attn = {
 *   weight: constant([0, 0, 1], { embed: 1, qkv: 3 }), // equal scores, and each value is x
 *   bias: constant([0, 0, 0], { qkv: 3 }),
 * };
 * const c_proj = {
 *   weight: constant([1], { attended: 1, embed: 1 }),
 *   bias: constant([0], { embed: 1 }),
 * };
 * const slots = constant([0, 1], { batch: 1, time: 2 }, "int32");
 * const keySlots = constant([0, 1], { batch: 1, keyTime: 2 }, "int32");
 * const y = attention(x, { c_attn, c_proj }, { slots, keySlots }, { heads: 1 });
 * assert.deepEqual([...evaluate([y])[0].data], [4, 6]); // 4, then (4 + 8) / 2
 * ```
 */
export function attention(
  x: Hidden,
  parameters: AttentionParameters,
  { slots, keySlots }: Slots,
  { heads, drop, context = x }: AttentionOptions,
): Hidden {
  const visible = not(less(slots, keySlots, { outer: true })); // [batch, time, keyTime]
  const projected = { ...projections(x, parameters, context), visible };
  const attended = drop === undefined || drop.rate === 0
    ? attend(projected, { heads })
    : attendDropping(projected, { heads, drop });
  return linear(attended, parameters.c_proj, "attended");
}

/**
 * The operands of attention. Heads lie side by side along `attended`, which is a third of the
 * projection's width.
 */
interface Projected {
  readonly query: Tensor<{ batch: number; time: number; attended: number }>;
  readonly key: Tensor<{ batch: number; keyTime: number; attended: number }>;
  readonly value: Tensor<{ batch: number; keyTime: number; attended: number }>;
}

/** One product gives all three where they come from one x, else `c_attn` is cut in three. */
function projections(x: Hidden, { c_attn }: AttentionParameters, context: Hidden): Projected {
  const width = c_attn.weight.shape.embed;
  const together = linear(x, c_attn, "embed"); // [batch, time, qkv]
  const part = (of: Hidden, index: number) => {
    const third = { start: index * width, stop: (index + 1) * width };
    if (context === x) return rename(slice(together, "qkv", third), { qkv: "attended" });
    const weight = rename(slice(c_attn.weight, "qkv", third), { qkv: "attended" });
    const bias = rename(slice(c_attn.bias, "qkv", third), { qkv: "attended" });
    return linear(of, { weight, bias }, "embed");
  };
  return {
    query: part(x, 0),
    key: rename(part(context, 1), { time: "keyTime" }),
    value: rename(part(context, 2), { time: "keyTime" }),
  };
}

/** Attention step by step, with some of the weights dropped. */
function attendDropping(
  { query, key, value, visible }: Projected & {
    visible: Tensor<{ batch: number; time: number; keyTime: number }, "bool">;
  },
  { heads, drop }: { heads: number; drop: DropoutKey },
): Projected["query"] {
  const headDim = query.shape.attended / heads;
  const split = { heads, headDim };
  const q = splitAxis(query, "attended", split); // [batch, time, heads, headDim]
  const k = splitAxis(key, "attended", split); // [batch, keyTime, heads, headDim]
  const v = splitAxis(value, "attended", split); // [batch, keyTime, heads, headDim]
  const scores = mul(dot(q, k, "headDim"), 1 / Math.sqrt(headDim)); // [batch, heads, time, keyTime]
  const weights = dropout(softmax(where(visible, scores, MASKED), "keyTime"), drop, "keyTime");
  const mixed = dot(weights, v, "keyTime"); // [batch, heads, time, headDim]
  return mergeAxes(mixed, ["heads", "headDim"], "attended"); // [batch, time, attended]
}
