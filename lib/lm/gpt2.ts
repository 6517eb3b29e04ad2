/**
 * GPT-2 (Radford et al. 2019) as a pure function: pre-norm blocks, `gelu_new`, learned positions,
 * tied output layer.
 *
 * The tree of parameters has Hugging Face's names: `h.0.attn.c_attn.weight` is
 * `parameters.h[0].attn.c_attn.weight`. Sizes come from `config.json` and are not known to the
 * compiler. Therefore every width has an axis name of its own (embed, qkv, attended, inner), and a
 * layer in the wrong place does not compile. Storage is in `checkpoint.ts`, and generation in
 * `lib/decode`.
 */
import {
  attention,
  type AttentionParameters,
  dropout,
  type DropoutKey,
  embedding,
  type Hidden,
  layerNorm,
  linear,
  type LinearParameters,
  type NormParameters,
  type Slots,
} from "../nn/mod.ts";
import { float, type Specs } from "../runtime/mod.ts";
import { add, dot, gelu, rename, sum, type Tensor } from "../tensor/mod.ts";
import { type Gpt2Config, innerWidth } from "./config.ts";
import { type AnswerAxes, atColumns, type Rows } from "./rows.ts";

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

/** Dropout for a whole model; without it none is applied. */
export type ModelDropout = Omit<DropoutKey, "site"> | undefined;

/** How to compute a block. */
export interface BlockOptions {
  /** The shape of the body. */
  readonly config: Gpt2Config;
  /** Default: none. */
  readonly drop?: ModelDropout | undefined;
  /** Numbers its places of dropout. */
  readonly site: number;
  /** What keys and values come from; default: x itself. */
  readonly context?: Hidden;
}

/**
 * One block, x -> x.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gpt2Spec, initialWeights, padRows } from "ppo/lm/mod.ts";
 * import { rowsSpec, uploadParameters, block, embed } from "ppo/lm/mod.ts";
 * import { jit, openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const spec = { parameters: gpt2Spec(config), rows: rowsSpec };
 * const program = await jit(device, spec, ({ parameters, rows }) => ({
 *   hidden: block(embed(parameters, rows), parameters.h[0], rows, { config, site: 1 }),
 * }));
 * const rows = padRows([[1, 2, 3]], { padId: 0 });
 * deepEqual((await program({ parameters, rows })).hidden.dims, [1, 3, 4]);
 * ```
 */
export function block(
  x: Hidden,
  parameters: BlockParameters,
  slots: Slots,
  { config, drop, site, context }: BlockOptions,
): Hidden {
  const norm = { axis: "embed", epsilon: config.layerNormEpsilon } as const;
  const at = (place: number) => drop && { ...drop, site: site + place };
  const attended = attention(layerNorm(x, parameters.ln_1, norm), parameters.attn, slots, {
    heads: config.heads,
    drop: at(0),
    context: context && layerNorm(context, parameters.ln_1, norm),
  });
  const middle = add(x, dropout(attended, at(1), "embed"));
  const wide = gelu(linear(layerNorm(middle, parameters.ln_2, norm), parameters.mlp.c_fc, "embed"));
  return add(middle, dropout(linear(wide, parameters.mlp.c_proj, "inner"), at(2), "embed"));
}

/**
 * Token and position embeddings added: what the first block reads.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { embed } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const wte = { weight: input("wte", { vocab: 5, embed: 4 }) };
 * const wpe = { weight: input("wpe", { position: 8, embed: 4 }) };
 * const inputIds = input("inputIds", { batch: 1, time: 2 }, "int32");
 * const positionIds = input("positionIds", { batch: 1, time: 2 }, "int32");
 * const x = embed({ wte, wpe }, { inputIds, positionIds });
 * deepEqual({ ...x.shape }, { batch: 1, time: 2, embed: 4 });
 * ```
 */
export function embed(
  { wte, wpe }: Pick<Gpt2Parameters, "wte" | "wpe">,
  rows: Pick<Rows, "inputIds" | "positionIds">,
  drop?: ModelDropout,
): Hidden {
  const tokens = embedding(wte, rows.inputIds, "vocab");
  const positions = embedding(wpe, rows.positionIds, "position");
  return dropout(add(tokens, positions), drop && { ...drop, site: 0 }, "embed");
}

/** Hidden states at chosen columns: [batch, answer, embed]. */
export type ChosenHidden = Tensor<AnswerAxes & { embed: number }>;

/** Which columns of each row are chosen: [batch, answer]. */
export type Columns = Tensor<AnswerAxes, "int32">;

/** The columns where hidden states are wanted; default: all of them. */
export interface Chosen {
  /** [batch, answer] */
  readonly columns?: Columns | undefined;
}

/**
 * Several blocks, one after the other.
 *
 * With `columns`, the last block gives only these, as `time`: its keys and values come from all
 * columns, and everything else
 * (queries, projection, two-layer network) is computed at the chosen ones alone. The same numbers
 * as choosing afterwards.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gpt2Spec, initialWeights, padRows } from "ppo/lm/mod.ts";
 * import { rowsSpec, uploadParameters, blocks, embed } from "ppo/lm/mod.ts";
 * import { jit, openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const spec = { parameters: gpt2Spec(config), rows: rowsSpec };
 * const program = await jit(device, spec, ({ parameters, rows }) => ({
 *   hidden: blocks(embed(parameters, rows), parameters.h, rows, { config }),
 * }));
 * const rows = padRows([[1, 2, 3]], { padId: 0 });
 * deepEqual((await program({ parameters, rows })).hidden.dims, [1, 3, 4]);
 * ```
 */
export function blocks(
  x: Hidden,
  layers: readonly BlockParameters[],
  { columns, ...slots }: Slots & Chosen,
  { config, drop }: { config: Gpt2Config; drop?: ModelDropout },
): Hidden {
  const step = (state: Hidden, layer: BlockParameters, index: number) =>
    block(state, layer, slots, { config, drop, site: 3 * index + 1 });
  if (columns === undefined) return layers.reduce(step, x);
  const context = layers.slice(0, -1).reduce(step, x);
  const chosen = rename(atColumns(context, columns, slots.slots), { answer: "time" });
  const own = { slots: rename(columns, { answer: "time" }), keySlots: slots.keySlots };
  const site = 3 * layers.length - 2;
  return block(chosen, layers[layers.length - 1], own, { config, drop, site, context });
}

/**
 * The layer norm after the last block.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { finalNorm } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const ln_f = { weight: input("weight", { embed: 4 }), bias: input("bias", { embed: 4 }) };
 * const hidden = input("hidden", { batch: 1, time: 2, embed: 4 });
 * deepEqual(finalNorm(hidden, { ln_f }, config).shape, hidden.shape);
 * ```
 */
export const finalNorm = (
  x: Hidden,
  { ln_f }: Pick<Gpt2Parameters, "ln_f">,
  config: Gpt2Config,
): Hidden => layerNorm(x, ln_f, { axis: "embed", epsilon: config.layerNormEpsilon });

/**
 * The last hidden states: [batch, time, embed]; with `columns` those at chosen columns, which
 * `time` then counts.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { gpt2Spec, initialWeights, padRows } from "ppo/lm/mod.ts";
 * import { rowsSpec, uploadParameters, gpt2 } from "ppo/lm/mod.ts";
 * import { jit, openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const spec = { parameters: gpt2Spec(config), rows: rowsSpec };
 * const program = await jit(device, spec, ({ parameters, rows }) => ({
 *   hidden: gpt2(parameters, rows, config),
 * }));
 * const rows = padRows([[1, 2, 3]], { padId: 0 });
 * deepEqual((await program({ parameters, rows })).hidden.dims, [1, 3, 4]);
 * ```
 */
export function gpt2(
  parameters: Gpt2Parameters,
  { columns, ...rows }: Rows & Chosen,
  config: Gpt2Config,
  drop?: ModelDropout,
): Hidden {
  if (columns !== undefined && drop !== undefined) { // dropout in all columns
    const all = gpt2(parameters, rows, config, drop);
    return rename(atColumns(all, columns, rows.slots), { answer: "time" });
  }
  const start = embed(parameters, rows, drop);
  const x = blocks(start, parameters.h, { ...rows, columns }, { config, drop });
  return finalNorm(x, parameters, config);
}

/**
 * The last hidden states at chosen columns: what `atColumns` takes out of `gpt2`'s, for less (with
 * dropout, for as much).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerBatch, answerSpec, gpt2At } from "ppo/lm/mod.ts";
 * import { gpt2Spec, initialWeights, uploadParameters } from "ppo/lm/mod.ts";
 * import { jit, openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const { rows, columns } = answerSpec;
 * const spec = { parameters: gpt2Spec(config), rows, columns };
 * const program = await jit(device, spec, ({ parameters, rows, columns }) => ({
 *   hidden: gpt2At(parameters, { ...rows, columns }, config),
 * }));
 * const { targets: _, ...batch } = answerBatch([{ prompt: [1, 2], answer: [3, 4] }], { padId: 0 });
 * deepEqual((await program({ parameters, ...batch })).hidden.dims, [1, 2, 4]);
 * ```
 */
export const gpt2At = (
  parameters: Gpt2Parameters,
  rows: Rows & { readonly columns: Columns },
  config: Gpt2Config,
): ChosenHidden => rename(gpt2(parameters, rows, config), { time: "answer" });

/**
 * The language model's head: one logit for each entry of the vocabulary, with the token embedding's
 * own weights.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { languageHead } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const hidden = input("hidden", { batch: 1, time: 2, embed: 4 });
 * const weight = input("wte", { vocab: 5, embed: 4 });
 * const { shape } = languageHead(hidden, { wte: { weight } });
 * deepEqual({ ...shape }, { batch: 1, time: 2, vocab: 5 });
 * ```
 */
export const languageHead = (
  hidden: Hidden,
  { wte }: Pick<Gpt2Parameters, "wte">,
): Tensor<{ batch: number; time: number; vocab: number }> => dot(hidden, wte.weight, "embed");

/**
 * The value head: one number a position.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { valueHead } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const hidden = input("hidden", { batch: 1, time: 2, embed: 4 });
 * const weight = input("value_fn", { one: 1, embed: 4 });
 * deepEqual({ ...valueHead(hidden, { value_fn: { weight } }).shape }, { batch: 1, time: 2 });
 * ```
 */
export const valueHead = (
  hidden: Hidden,
  { value_fn }: ValueHeadParameters,
): Tensor<{ batch: number; time: number }> => sum(dot(hidden, value_fn.weight, "embed"), "one");

/**
 * The value head at chosen columns (`atColumns`).
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { valueHeadAt } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const hidden = input("hidden", { batch: 1, answer: 2, embed: 4 });
 * const weight = input("value_fn", { one: 1, embed: 4 });
 * deepEqual({ ...valueHeadAt(hidden, { value_fn: { weight } }).shape }, { batch: 1, answer: 2 });
 * ```
 */
export const valueHeadAt = (
  hidden: ChosenHidden,
  { value_fn }: ValueHeadParameters,
): Tensor<{ batch: number; answer: number }> => sum(dot(hidden, value_fn.weight, "embed"), "one");
