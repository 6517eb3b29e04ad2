/**
 * The blocks of GPT-2 (Radford et al. 2019) as pure functions: pre-norm attention and a two-layer
 * network with `gelu_new`.
 */
import {
  attention,
  dropout,
  type DropoutKey,
  type Hidden,
  layerNorm,
  linear,
  type Slots,
} from "../nn/mod.ts";
import { add, gelu, rename, type Tensor } from "../tensor/mod.ts";
import type { Gpt2Config } from "./config.ts";
import type { BlockParameters } from "./gpt2_parameters.ts";
import { type AnswerAxes, atColumns } from "./rows.ts";

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
