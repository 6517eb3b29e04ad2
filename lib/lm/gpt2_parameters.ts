/**
 * The parameters of GPT-2 and of its value head: their types, and specs with their sizes.
 *
 * The tree of parameters has Hugging Face's names: `h.0.attn.c_attn.weight` is
 * `parameters.h[0].attn.c_attn.weight`. Sizes come from `config.json` and are not known to the
 * compiler. Therefore every width has an axis name of its own (embed, qkv, attended, inner), and a
 * layer in the wrong place does not compile. Storage is in `checkpoint.ts`.
 */
import type { AttentionParameters, LinearParameters, NormParameters } from "../nn/mod.ts";
import { float, type Specs } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { type Gpt2Config, innerWidth } from "./config.ts";

/**
 * One block: attention and a two-layer network, each behind a layer norm and added to its input.
 */
export interface BlockParameters {
  /** Before the attention. */
  readonly ln_1: NormParameters<"embed">;
  /** Causal self-attention. */
  readonly attn: AttentionParameters;
  /** Before the two-layer network. */
  readonly ln_2: NormParameters<"embed">;
  /** Two layers with gelu between them; inside 4 `embed` wide unless `n_inner` says otherwise. */
  readonly mlp: {
    readonly c_fc: LinearParameters<"embed", "inner">;
    readonly c_proj: LinearParameters<"inner", "embed">;
  };
}

/** All parameters of the body; the output layer of the language model is `wte` again (tied). */
export interface Gpt2Parameters {
  /** Token embedding: [vocab, embed]. */
  readonly wte: { readonly weight: Tensor<{ vocab: number; embed: number }> };
  /** Learned position embedding: [position, embed]. */
  readonly wpe: { readonly weight: Tensor<{ position: number; embed: number }> };
  /** Blocks, first to last. */
  readonly h: readonly BlockParameters[];
  /** After the last block. */
  readonly ln_f: NormParameters<"embed">;
}

/** The value head of the reward model and the critic: one number a token, no bias. */
export interface ValueHeadParameters {
  /** [one, embed] */
  readonly value_fn: { readonly weight: Tensor<{ one: number; embed: number }> };
}

const normSpec = (embed: number) => ({ weight: float({ embed }), bias: float({ embed }) });

/**
 * What a block's parameters are: axes in the order of Hugging Face's files.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { blockSpec } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * deepEqual({ ...blockSpec(config).mlp.c_fc.weight.shape }, { embed: 4, inner: 16 });
 * ```
 */
export function blockSpec(config: Gpt2Config): Specs<BlockParameters> {
  const { embed } = config;
  const inner = innerWidth(config);
  return {
    ln_1: normSpec(embed),
    attn: {
      c_attn: { weight: float({ embed, qkv: 3 * embed }), bias: float({ qkv: 3 * embed }) },
      c_proj: { weight: float({ attended: embed, embed }), bias: float({ embed }) },
    },
    ln_2: normSpec(embed),
    mlp: {
      c_fc: { weight: float({ embed, inner }), bias: float({ inner }) },
      c_proj: { weight: float({ inner, embed }), bias: float({ embed }) },
    },
  };
}

/**
 * What the body's parameters are.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gpt2Spec } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * deepEqual({ ...gpt2Spec(config).wte.weight.shape }, { vocab: 5, embed: 4 });
 * ```
 */
export function gpt2Spec(config: Gpt2Config): Specs<Gpt2Parameters> {
  const { vocabSize, positions, embed, layers } = config;
  return {
    wte: { weight: float({ vocab: vocabSize, embed }) },
    wpe: { weight: float({ position: positions, embed }) },
    h: Array.from({ length: layers }, () => blockSpec(config)),
    ln_f: normSpec(embed),
  };
}

/**
 * What the parameters of a reward model or critic are: the body and `value_fn`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { valueModelSpec } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * deepEqual({ ...valueModelSpec(config).value_fn.weight.shape }, { one: 1, embed: 4 });
 * ```
 */
export const valueModelSpec = (
  config: Gpt2Config,
): Specs<Gpt2Parameters & ValueHeadParameters> => ({
  ...gpt2Spec(config),
  value_fn: { weight: float({ one: 1, embed: config.embed }) },
});
