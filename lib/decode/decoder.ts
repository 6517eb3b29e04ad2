/**
 * GPT-2 for generation: new tokens attend to a ragged key-value cache that is written in place.
 *
 * The same program reads a prompt (many tokens a row, padded at the end) and decodes (one token a row). It computes exactly what
 * `gpt2.ts` computes; a test compares the two.
 */
import { embedding, type Hidden, layerNorm, linear } from "../nn/mod.ts";
import { float, int } from "../runtime/mod.ts";
import {
  add,
  cachedAttention,
  type CacheShape,
  gelu,
  rename,
  slice,
  type Tensor,
} from "../tensor/mod.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import type { BlockParameters, Gpt2Parameters } from "../lm/mod.ts";

/** One layer's cache: [batch, heads, slot, headDim] each. */
export interface LayerCache {
  readonly keys: Tensor<CacheShape>;
  readonly values: Tensor<CacheShape>;
}

/** What the decoder takes besides parameters. */
export interface DecoderInputs {
  readonly inputIds: Tensor<{ batch: number; time: number }, "int32">;
  readonly positionIds: Tensor<{ batch: number; time: number }, "int32">;
  /** Tokens of each row with the new ones, minus 1. */
  readonly lengths: Tensor<{ batch: number }, "int32">;
  /** The largest of `lengths`, plus 1. */
  readonly total: Tensor<Record<never, never>, "int32">;
  readonly caches: readonly LayerCache[];
}

/** Specs of `DecoderInputs`. */
export function decoderSpec({ layers, heads, embed }: Gpt2Config) {
  const cache = float({ batch: -1, heads, slot: -1, headDim: embed / heads });
  return {
    inputIds: int({ batch: -1, time: -1 }),
    positionIds: int({ batch: -1, time: -1 }),
    lengths: int({ batch: -1 }),
    total: int({}),
    caches: Array.from({ length: layers }, () => ({ keys: cache, values: cache })),
  };
}

/** The last hidden states of the new tokens and the caches that now hold them. */
export function decode(
  parameters: Gpt2Parameters,
  inputs: DecoderInputs,
  config: Gpt2Config,
): { hidden: Hidden; caches: LayerCache[] } {
  const caches: LayerCache[] = [];
  let x: Hidden = add(
    embedding(parameters.wte, inputs.inputIds, "vocab"),
    embedding(parameters.wpe, inputs.positionIds, "position"),
  );
  parameters.h.forEach((layer, index) => {
    const step = decodeBlock(x, layer, inputs, { config, cache: inputs.caches[index] });
    x = step.x;
    caches.push(step.cache);
  });
  return {
    hidden: layerNorm(x, parameters.ln_f, { axis: "embed", epsilon: config.layerNormEpsilon }),
    caches,
  };
}

function decodeBlock(
  x: Hidden,
  parameters: BlockParameters,
  { lengths, total }: DecoderInputs,
  { config, cache }: { config: Gpt2Config; cache: LayerCache },
): { x: Hidden; cache: LayerCache } {
  const norm = { axis: "embed", epsilon: config.layerNormEpsilon } as const;
  const projected = linear(layerNorm(x, parameters.ln_1, norm), parameters.attn.c_attn, "embed"); // [batch, time, qkv]
  const part = (index: number): Hidden =>
    rename(
      slice(projected, "qkv", { start: index * config.embed, stop: (index + 1) * config.embed }),
      {
        qkv: "embed",
      },
    );
  const { attended, keys, values } = cachedAttention(
    { query: part(0), key: part(1), value: part(2) },
    { ...cache, lengths, total },
    { heads: config.heads },
  );
  const joined = rename(attended, { embed: "attended" });
  const middle = add(x, linear(joined, parameters.attn.c_proj, "attended"));
  const wide = gelu(linear(layerNorm(middle, parameters.ln_2, norm), parameters.mlp.c_fc, "embed"));
  return { x: add(middle, linear(wide, parameters.mlp.c_proj, "inner")), cache: { keys, values } };
}
