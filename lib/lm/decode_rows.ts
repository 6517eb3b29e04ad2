/**
 * GPT-2 for generation, one new token a row, over turned weights: the fast path of several rows on the CPU.
 *
 * It computes what `decoder.ts` computes; a test compares the two. Products have the weight on the left, W x^T, so that the large
 * side is read once as it lies and only the small one is brought into order.
 */
import { embedding, layerNorm, type NormParameters } from "../nn/mod.ts";
import { int } from "../runtime/mod.ts";
import {
  add,
  cachedAttention,
  dot,
  gelu,
  mergeAxes,
  slice,
  splitAxis,
  type Tensor,
  transpose,
} from "../tensor/mod.ts";
import type { Gpt2Config } from "./config.ts";
import { type DecoderInputs, decoderSpec, type LayerCache } from "./decoder.ts";
import type { BlockParameters, Gpt2Parameters } from "./gpt2.ts";

/** One vector a row: [batch, embed] */
export type RowStates = Tensor<{ batch: number; embed: number }>;

/** What it takes besides parameters: as the decoder, without an axis of time. */
export interface RowInputs extends Omit<DecoderInputs, "inputIds" | "positionIds"> {
  /** The new token of each row. */
  readonly inputIds: Tensor<{ batch: number }, "int32">;
  /** Its position. */
  readonly positionIds: Tensor<{ batch: number }, "int32">;
}

/** Specs of `RowInputs`. */
export const rowInputsSpec = (config: Gpt2Config) => ({
  ...decoderSpec(config),
  inputIds: int({ batch: -1 }),
  positionIds: int({ batch: -1 }),
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
  const projected = transpose(add(dot(attn.c_attn.weight, x, "embed"), attn.c_attn.bias), ["batch", "qkv"]);
  const part = (index: number) =>
    splitAxis(slice(projected, "qkv", { start: index * embed, stop: (index + 1) * embed }), "qkv", {
      time: 1,
      embed,
    }); // [batch, time, embed]
  const { attended, keys, values } = cachedAttention(
    { query: part(0), key: part(1), value: part(2) },
    { ...cache, lengths, total },
    { heads },
  );
  const joined = mergeAxes(attended, ["time", "embed"], "attended"); // [batch, attended]
  const back = transpose(dot(attn.c_proj.weight, joined, "attended"), ["batch", "embed"]);
  return { attended: add(back, attn.c_proj.bias), cache: { keys, values } };
}

/** The two-layer network; between its layers the batch stays the last axis. */
function twoLayers(x: RowStates, { mlp }: BlockParameters): RowStates {
  const wide = gelu(add(dot(mlp.c_fc.weight, x, "embed"), mlp.c_fc.bias)); // [inner, batch]
  return add(transpose(dot(mlp.c_proj.weight, wide, "inner"), ["batch", "embed"]), mlp.c_proj.bias);
}

/** One logit for each entry of the vocabulary: [batch, vocab]. */
export const rowLogits = (
  hidden: RowStates,
  { wte }: Pick<Gpt2Parameters, "wte">,
): Tensor<{ batch: number; vocab: number }> =>
  transpose(dot(wte.weight, hidden, "embed"), ["batch", "vocab"]);
