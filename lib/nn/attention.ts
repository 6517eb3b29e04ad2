/**
 * Causal self-attention with several heads (Vaswani et al. 2017), for training and scoring.
 *
 * Which key a query sees is said by *slots*: key j is visible to query i where keySlot_j <= slot_i. For a sequence a slot is its
 * column; a key that nobody may see has a very large slot. Padding at the end of a row needs no mask: later keys are unseen.
 */
import {
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

/** The weight a masked score gets: e^-1e9 is 0 in float32, and a row of such scores still has a softmax. */
const UNSEEN = -1e9;

/** softmax(q k^T / sqrt(headDim)) v for every head, projected back; queries of `x`, keys and values of `context` (default: `x`). */
export function attention(
  x: Hidden,
  parameters: AttentionParameters,
  { slots, keySlots }: Slots,
  { heads, drop, context = x }: {
    heads: number;
    drop?: DropoutKey | undefined;
    context?: Hidden | undefined;
  },
): Hidden {
  const headDim = parameters.c_attn.weight.shape.embed / heads;
  const part = (of: Hidden, index: number) =>
    splitAxis(projectPart(of, parameters, index), "qkv", { heads, headDim });
  const query = part(x, 0),
    key = rename(part(context, 1), { time: "keyTime" }),
    value = rename(part(context, 2), { time: "keyTime" });
  const scores = mul(dot(query, key, "headDim"), 1 / Math.sqrt(headDim)); // [batch, heads, time, keyTime]
  const visible = not(less(slots, keySlots)); // [batch, time, keyTime]
  const weights = dropout(softmax(where(visible, scores, UNSEEN), "keyTime"), drop, "keyTime");
  const mixed = dot(weights, value, "keyTime"); // [batch, heads, time, headDim]
  const joined = mergeAxes(
    transpose(mixed, ["batch", "time", "heads", "headDim"]),
    ["heads", "headDim"],
    "attended",
  );
  return linear(joined, parameters.c_proj, "attended");
}

/** The query (0), key (1) or value (2) projection: a third of `c_attn`. */
function projectPart(x: Hidden, { c_attn: { weight, bias } }: AttentionParameters, index: number) {
  const width = weight.shape.embed;
  const columns = { start: index * width, stop: (index + 1) * width };
  return linear(x, { weight: slice(weight, "qkv", columns), bias: slice(bias, "qkv", columns) }, "embed");
}
