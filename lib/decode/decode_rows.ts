/**
 * GPT-2 for generation, one new token a row, over turned weights: the fast path on the CPU.
 *
 * It computes what `decoder.ts` computes; a test compares the two. Products of several rows have the weight on the left, W x^T, so
 * that the large side is read once as it lies and only the small one is brought into order; there the batch is the last axis. One
 * row has a program of its own, with x W^T, which leaves nothing to bring into order.
 */
import { embedding, layerNorm, linear, type NormParameters } from "../nn/mod.ts";
import { int } from "../runtime/mod.ts";
import {
  add,
  cachedAttention,
  dot,
  gelu,
  mergeAxes,
  rename,
  type Shape,
  slice,
  splitAxis,
  type Tensor,
  transpose,
} from "../tensor/mod.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import { type DecoderInputs, decoderSpec, type LayerCache } from "./decoder.ts";
import type { BlockParameters, Gpt2Parameters } from "../lm/mod.ts";

/** One vector a row: [batch, embed] */
export type RowStates = Tensor<{ batch: number; embed: number }>;

/** What it takes besides parameters: as the decoder, without an axis of time. */
export interface RowInputs extends Omit<DecoderInputs, "inputIds" | "positionIds"> {
  /** The new token of each row. */
  readonly inputIds: Tensor<{ batch: number }, "int32">;
  /** Its position. */
  readonly positionIds: Tensor<{ batch: number }, "int32">;
}

/** Specs of `RowInputs`: for one row, or for any number. */
export const rowInputsSpec = (config: Gpt2Config, { batch = -1 }: { batch?: 1 | -1 } = {}) => ({
  ...decoderSpec(config),
  inputIds: int({ batch }),
  positionIds: int({ batch }),
});

/** The last hidden state of each row's new token and the caches that now hold it. */
export function decodeRows(
  parameters: Gpt2Parameters,
  inputs: RowInputs,
  config: Gpt2Config,
): { hidden: RowStates; caches: LayerCache[] } {
  const norm = (x: RowStates, weights: NormParameters<"embed">) =>
    layerNorm(x, weights, { axis: "embed", epsilon: config.layerNormEpsilon });
  const caches: LayerCache[] = [];
  let x: RowStates = add(
    embedding(parameters.wte, inputs.inputIds, "vocab"),
    embedding(parameters.wpe, inputs.positionIds, "position"),
  );
  parameters.h.forEach((layer, index) => {
    const { attended, cache } = attend(norm(x, layer.ln_1), layer, {
      ...inputs,
      cache: inputs.caches[index],
      config,
    });
    const middle = add(x, attended);
    x = add(middle, twoLayers(norm(middle, layer.ln_2), layer));
    caches.push(cache);
  });
  return { hidden: norm(x, parameters.ln_f), caches };
}

/** Attention to the cache and back to the model's width. */
function attend(
  x: RowStates,
  { attn }: BlockParameters,
  { cache, lengths, total, config }: Pick<RowInputs, "lengths" | "total"> & {
    cache: LayerCache;
    config: Gpt2Config;
  },
): { attended: RowStates; cache: LayerCache } {
  const { embed, heads } = config;
  const projected = transpose(product(x, attn.c_attn, "embed"), ["batch", "qkv"]);
  const alone = splitAxis(projected, "batch", { batch: projected.shape.batch, time: 1 }); // [batch, time, qkv]
  const part = (index: number) =>
    rename(slice(alone, "qkv", { start: index * embed, stop: (index + 1) * embed }), {
      qkv: "embed",
    });
  const { attended, keys, values } = cachedAttention(
    { query: part(0), key: part(1), value: part(2) },
    { ...cache, lengths, total },
    { heads },
  );
  const joined = mergeAxes(attended, ["time", "embed"], "attended"); // [batch, attended]
  const back = transpose(product(joined, attn.c_proj, "attended"), ["batch", "embed"]);
  return { attended: back, cache: { keys, values } };
}

/** The two-layer network. */
function twoLayers(x: RowStates, { mlp }: BlockParameters): RowStates {
  const wide = gelu(product(x, mlp.c_fc, "embed"));
  return transpose(product(wide, mlp.c_proj, "inner"), ["batch", "embed"]);
}

/** A linear layer over turned weights: [batch, out] for one row, else [out, batch]. */
function product<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  K extends keyof S & keyof W & string,
>(
  x: Tensor<S>,
  layer: { weight: Tensor<W>; bias: Tensor<B> },
  over: K,
): ReturnType<typeof linear<S, W, B, K>> {
  if (x.shape.batch === 1) return linear(x, layer, over);
  const swapped: Tensor = linear<Shape, Shape, B, string>(
    layer.weight,
    { weight: x, bias: layer.bias },
    over,
  );
  return swapped as ReturnType<typeof linear<S, W, B, K>>; // the same axes in another order
}

/** One logit for each entry of the vocabulary: [batch, vocab]. */
export const rowLogits = (
  hidden: RowStates,
  { wte: { weight } }: Pick<Gpt2Parameters, "wte">,
): Tensor<{ batch: number; vocab: number }> =>
  hidden.shape.batch === 1
    ? dot(hidden, weight, "embed")
    : transpose(dot(weight, hidden, "embed"), ["batch", "vocab"]);
