/**
 * GPT-2 for generation: new tokens attend to a ragged key-value cache that is written in place.
 *
 * `decode` reads any number of tokens a row, padded at the end. `decodeToken` reads one token a
 * row and needs transposed weights: the fast path on the CPU. Both compute exactly what `gpt2.ts`
 * computes; tests compare them.
 */
import { type Hidden, layerNorm, linear, type NormParameters } from "../nn/mod.ts";
import { float, int, type Tensors } from "../runtime/mod.ts";
import {
  add,
  cachedAttention,
  type CacheShape,
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
import { type BlockParameters, embed, type Gpt2Config, type Gpt2Parameters } from "../lm/mod.ts";

/** One layer's cache: [batch, heads, slot, headDim] each. */
export interface LayerCache {
  readonly keys: Tensor<CacheShape>;
  readonly values: Tensor<CacheShape>;
}

/** Specs of the decoder's inputs besides parameters; `decodeToken` needs `time` 1. */
export function decoderSpec(
  { layers, heads, embed }: Gpt2Config,
  { batch = -1, time = -1 }: { batch?: number; time?: number } = {},
) {
  const cache = float({ batch: -1, heads, slot: -1, headDim: embed / heads });
  return {
    inputIds: int({ batch, time }),
    positionIds: int({ batch, time }),
    /** The number of tokens in each row, the new ones included, minus 1. */
    lengths: int({ batch: -1 }),
    /** The largest of `lengths`, plus 1. */
    total: int({}),
    caches: Array.from({ length: layers }, () => ({ keys: cache, values: cache })),
  };
}

type DecoderInputs = Tensors<ReturnType<typeof decoderSpec>>;

/** The last hidden states of the new tokens, [batch, time, embed], and the updated caches. */
export function decode(parameters: Gpt2Parameters, inputs: DecoderInputs, config: Gpt2Config) {
  const norm = normOf(config);
  return runBlocks(embed(parameters, inputs), { parameters, norm, caches: inputs.caches }, (
    x,
    { ln_1, attn, ln_2, mlp },
    layerCache,
  ) => {
    const projected = linear(norm(x, ln_1), attn.c_attn, "embed"); // [batch, time, qkv]
    const { attended, cache } = attend(projected, { ...inputs, ...layerCache }, config);
    const joined = rename(attended, { embed: "attended" });
    const middle = add(x, linear(joined, attn.c_proj, "attended"));
    const wide = gelu(linear(norm(middle, ln_2), mlp.c_fc, "embed")); // [batch, time, inner]
    return { x: add(middle, linear(wide, mlp.c_proj, "inner")), cache };
  });
}

/** One hidden state for each row. */
type RowStates = Tensor<{ batch: number; embed: number }>;

/**
 * The last hidden state of each row's one new token, [batch, embed], and the updated caches; takes
 * transposed weights.
 */
export function decodeToken(parameters: Gpt2Parameters, inputs: DecoderInputs, config: Gpt2Config) {
  const norm = normOf(config);
  const start = mergeAxes(embed(parameters, inputs), ["batch", "time"], "batch");
  return runBlocks(start, { parameters, norm, caches: inputs.caches }, (
    x,
    { ln_1, attn, ln_2, mlp },
    layerCache,
  ) => {
    const projected = transpose(product(norm(x, ln_1), attn.c_attn, "embed"), ["batch", "qkv"]);
    // [batch, time, qkv]
    const row = splitAxis(projected, "batch", { batch: projected.shape.batch, time: 1 });
    const { attended, cache } = attend(row, { ...inputs, ...layerCache }, config);
    const joined = mergeAxes(attended, ["time", "embed"], "attended"); // [batch, attended]
    const back = product(joined, attn.c_proj, "attended");
    const middle = add(x, transpose(back, ["batch", "embed"]));
    const wide = gelu(product(norm(middle, ln_2), mlp.c_fc, "embed"));
    const narrow = product(wide, mlp.c_proj, "inner");
    return { x: add(middle, transpose(narrow, ["batch", "embed"])), cache };
  });
}

/**
 * One logit for each entry of the vocabulary, [batch, vocab], from the hidden states of
 * `decodeToken`.
 */
export const tokenLogits = (
  hidden: RowStates,
  { wte: { weight } }: Pick<Gpt2Parameters, "wte">,
): Tensor<{ batch: number; vocab: number }> =>
  hidden.shape.batch === 1
    ? dot(hidden, weight, "embed")
    : transpose(dot(weight, hidden, "embed"), ["batch", "vocab"]);

/** Every layer norm of the model. */
function normOf({ layerNormEpsilon: epsilon }: Gpt2Config) {
  function norm<S extends Shape>(x: Tensor<S>, weights: NormParameters<"embed">): Tensor<S>;
  function norm(x: Tensor, weights: NormParameters<"embed">): Tensor {
    return layerNorm(x, weights, { axis: "embed", epsilon });
  }
  return norm;
}

/**
 * All blocks and the final layer norm: hidden states, and the caches that now hold the keys and
 * values of the new tokens.
 */
function runBlocks<X>(
  start: X,
  { parameters: { h, ln_f }, norm, caches }: {
    parameters: Gpt2Parameters;
    norm: (x: X, weights: NormParameters<"embed">) => X;
    caches: readonly LayerCache[];
  },
  block: (x: X, parameters: BlockParameters, cache: LayerCache) => { x: X; cache: LayerCache },
) {
  let x = start;
  const written = h.map((layer, index) => {
    const result = block(x, layer, caches[index]);
    x = result.x;
    return result.cache;
  });
  return { hidden: norm(x, ln_f), caches: written };
}

/** Attention of new tokens to themselves and to the cache. */
function attend(
  projected: Tensor<{ batch: number; time: number; qkv: number }>,
  cached: LayerCache & Pick<DecoderInputs, "lengths" | "total">,
  { embed, heads }: Gpt2Config,
): { attended: Hidden; cache: LayerCache } {
  const part = (index: number): Hidden =>
    rename(slice(projected, "qkv", { start: index * embed, stop: (index + 1) * embed }), {
      qkv: "embed",
    });
  const { attended, ...cache } = cachedAttention(
    { query: part(0), key: part(1), value: part(2) },
    cached,
    { heads },
  );
  return { attended, cache };
}

/**
 * A linear layer over transposed weights: [out, batch], or [batch, out] for one row.
 *
 * Several rows have the weight on the left, W x^T: the large operand is read in the order in which
 * it lies in memory, and only the small one is reordered. x W^T of a single row needs no
 * reordering at all.
 */
function product<
  S extends Shape,
  W extends Shape,
  B extends Shape,
  K extends keyof S & keyof W & string,
>(
  x: Tensor<S>,
  layer: { weight: Tensor<W>; bias: Tensor<B> },
  over: K,
): ReturnType<typeof linear<S, W, B, K>>;
function product(x: Tensor, { weight, bias }: { weight: Tensor; bias: Tensor }, over: string) {
  return x.shape.batch === 1
    ? linear(x, { weight, bias }, over)
    : linear(weight, { weight: x, bias }, over);
}
