/**
 * Causal self-attention with several heads (Vaswani et al. 2017), for training and scoring.
 *
 * Which key a query sees is said by *slots*: key j is visible to query i where keySlot_j <= slot_i. For a sequence a slot is its
 * column; a key that nobody may see has a very large slot. Padding at the end of a row needs no mask: later keys are unseen.
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
  transpose,
  where,
} from "../tensor/mod.ts";
import { dropout, type DropoutKey } from "./dropout.ts";
import { linear } from "./layers.ts";

/** [batch, time, embed] */
export type Hidden = Tensor<{ batch: number; time: number; embed: number }>;

/** `c_attn`: query, key and value projections side by side; `c_proj`: back to the model's width. */
export interface AttentionParameters {
  /** x W + b for query, key and value at once; `qkv` = 3 `embed`, in that order. */
  readonly c_attn: {
    readonly weight: Tensor<{ embed: number; qkv: number }>;
    readonly bias: Tensor<{ qkv: number }>;
  };
  /** x W + b over the heads' results side by side. */
  readonly c_proj: {
    readonly weight: Tensor<{ attended: number; embed: number }>;
    readonly bias: Tensor<{ embed: number }>;
  };
}

/** Slots of queries and keys (see the file's head). */
export interface Slots {
  /** Each query's slot. */
  readonly slots: Tensor<{ batch: number; time: number }, "int32">;
  /** Each key's slot. */
  readonly keySlots: Tensor<{ batch: number; keyTime: number }, "int32">;
}

/** The score or logit of a masked position: e^-1e9 is 0 in float32, and a row of such scores still has a softmax. */
export const MASKED: number = -1e9;

/** softmax(q k^T / sqrt(headDim)) v for every head, projected back; queries of `x`, keys and values of `context` (default: `x`). */
export function attention(
  x: Hidden,
  parameters: AttentionParameters,
  { slots, keySlots }: Slots,
  { heads, drop, context }: {
    heads: number;
    drop?: DropoutKey | undefined;
    context?: Hidden | undefined;
  },
): Hidden {
  const visible = not(less(slots, keySlots)); // [batch, time, keyTime]
  const projected = { ...projections(x, parameters, context), visible };
  const attended = drop === undefined || drop.rate === 0
    ? attend(projected, { heads })
    : attendDropping(projected, { heads, drop });
  return linear(rename(attended, { qkv: "attended" }), parameters.c_proj, "attended");
}

/** What attention compares and mixes: heads side by side along `qkv`, a third of the projection's width. */
interface Projected {
  readonly query: Tensor<{ batch: number; time: number; qkv: number }>;
  readonly key: Tensor<{ batch: number; keyTime: number; qkv: number }>;
  readonly value: Tensor<{ batch: number; keyTime: number; qkv: number }>;
}

/** One product gives all three where they come from one x; else `c_attn` is cut in three. */
function projections(x: Hidden, { c_attn }: AttentionParameters, context?: Hidden): Projected {
  const width = c_attn.weight.shape.embed;
  const third = (index: number) => ({ start: index * width, stop: (index + 1) * width });
  const together = linear(x, c_attn, "embed");
  const part = (of: Hidden, index: number) => {
    if (context === undefined) return slice(together, "qkv", third(index));
    const weight = slice(c_attn.weight, "qkv", third(index)),
      bias = slice(c_attn.bias, "qkv", third(index));
    return linear(of, { weight, bias }, "embed");
  };
  return {
    query: part(x, 0),
    key: rename(part(context ?? x, 1), { time: "keyTime" }),
    value: rename(part(context ?? x, 2), { time: "keyTime" }),
  };
}

/** The same with some of the weights dropped, step by step. */
function attendDropping(
  { query, key, value, visible }: Projected & {
    visible: Tensor<{ batch: number; time: number; keyTime: number }, "bool">;
  },
  { heads, drop }: { heads: number; drop: DropoutKey },
): Projected["query"] {
  const headDim = query.shape.qkv / heads;
  const split = { heads, headDim };
  const [q, k, v] = [
    splitAxis(query, "qkv", split),
    splitAxis(key, "qkv", split),
    splitAxis(value, "qkv", split),
  ];
  const scores = mul(dot(q, k, "headDim"), 1 / Math.sqrt(headDim)); // [batch, heads, time, keyTime]
  const weights = dropout(softmax(where(visible, scores, MASKED), "keyTime"), drop, "keyTime");
  const mixed = dot(weights, v, "keyTime"); // [batch, heads, time, headDim]
  return mergeAxes(
    transpose(mixed, ["batch", "time", "heads", "headDim"]),
    ["heads", "headDim"],
    "qkv",
  );
}
