/**
 * GPT-2 (Radford et al. 2019) as a pure function of its parameters: learned positions, blocks
 * (`gpt2_blocks.ts`), a final layer norm, and the heads. The output layer is the token embedding.
 * Generation is in `lib/decode`.
 */
import { dropout, embedding, type Hidden, layerNorm } from "../nn/mod.ts";
import { add, dot, rename, sum, type Tensor } from "../tensor/mod.ts";
import type { Gpt2Config } from "./config.ts";
import { blocks, type Chosen, type Columns, type ModelDropout } from "./gpt2_blocks.ts";
import type { Gpt2Parameters, ValueHeadParameters } from "./gpt2_parameters.ts";
import { type AnswerAxes, atColumns, type Rows } from "./rows.ts";

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
