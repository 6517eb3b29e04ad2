/**
 * The `config.json` of a GPT-2 checkpoint: its sizes, and a refusal by name of what is not
 * supported.
 *
 * Source: Radford et al. 2019; field names are those of transformers' GPT2Config.
 */
import type { JsonRecord } from "../files/mod.ts";
import { expectFields, requireUsable, shown, type Supported } from "./expect_fields.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** The sizes of a GPT-2. */
export interface Gpt2Config {
  /** Entries of the vocabulary. */
  vocabSize: number;
  /** The longest sequence: how many learned positions there are. */
  positions: number;
  /** Width of the hidden states; a multiple of `heads`. */
  embed: number;
  /** Attention heads a block. */
  heads: number;
  /** Blocks. */
  layers: number;
  /** Added to the variance in every layer norm. */
  layerNormEpsilon: number;
  /** Inner width of each block's two-layer network; 4 `embed` where it is not given. */
  inner?: number;
  /**
   * Fields that change nothing here (dropout rates, ...) but are written back as they were read.
   */
  carried?: JsonRecord;
}

/**
 * The inner width of a block's two-layer network.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { innerWidth } from "ppo/lm/mod.ts";
 * deepEqual([innerWidth({ embed: 4 }), innerWidth({ embed: 4, inner: 6 })], [16, 6]);
 * ```
 */
export const innerWidth = ({ inner, embed }: Pick<Gpt2Config, "inner" | "embed">): number =>
  inner ?? 4 * embed;

/**
 * What transformers takes where a field is not written, and the other values that mean the same
 * here.
 *
 * `reorder_and_upcast_attn` computes attention in float32, which is done here anyway; the three
 * names of gelu are one formula.
 */
const SUPPORTED: Supported = {
  model_type: ["gpt2"],
  activation_function: ["gelu_new", "gelu_pytorch_tanh", "gelu_fast"],
  tie_word_embeddings: [true],
  scale_attn_weights: [true],
  scale_attn_by_inverse_layer_idx: [false],
  reorder_and_upcast_attn: [false, true],
  add_cross_attention: [false],
  quantization_config: [null],
};

/** Fields about training or other heads: they do not change what the model computes here. */
const CARRIED = [
  "attn_pdrop",
  "embd_pdrop",
  "resid_pdrop",
  "initializer_range",
  "reorder_and_upcast_attn",
  "summary_activation",
  "summary_first_dropout",
  "summary_proj_to_labels",
  "summary_type",
  "summary_use_proj",
  "task_specific_params",
];

/** GPT2Config's fields and the general names that transformers also takes for them. */
const ALIASES: { readonly [field: string]: string } = {
  n_positions: "max_position_embeddings",
  n_embd: "hidden_size",
  n_head: "num_attention_heads",
  n_layer: "num_hidden_layers",
};

function positive(value: unknown, field: string, where: string): number {
  const reason = {
    en: `${field} is ${shown(value)}, and a positive whole number is expected`,
    zh: `${field} 是 ${shown(value)}，应为正整数`,
  };
  const isNumber = typeof value === "number";
  requireUsable(isNumber && Number.isSafeInteger(value) && value >= 1, where, reason, TypeError);
  return value;
}

function size(record: JsonRecord, field: string, where: string): number {
  const alias = ALIASES[field] ?? field;
  const value = positive(record[field] ?? record[alias], field, where);
  const other = record[alias] === undefined ? value : record[alias];
  requireUsable(other === value, where, {
    en: `${field} is ${value}, but ${alias} is ${shown(other)}`,
    zh: `${field} 是 ${value}，而 ${alias} 是 ${shown(other)}`,
  });
  return value;
}

function epsilon(record: JsonRecord, where: string): number {
  const value = record.layer_norm_epsilon ?? 1e-5;
  const reason = {
    en: `layer_norm_epsilon is ${shown(value)}, and a positive number is expected`,
    zh: `layer_norm_epsilon 是 ${shown(value)}，应为正数`,
  };
  requireUsable(typeof value === "number" && value > 0, where, reason, TypeError);
  return value;
}

function refuseUnsupported(record: JsonRecord, where: string): void {
  expectFields(record, where, SUPPORTED);
  const pruned = record.pruned_heads ?? {};
  requireUsable(Object.keys(pruned).length === 0, where, {
    en: `pruned_heads is ${shown(pruned)}, and no head may be pruned`,
    zh: `pruned_heads 是 ${shown(pruned)}，不支持剪掉注意力头`,
  });
}

/** The inner width, if it is another than GPT-2's own. */
function parseInner(record: JsonRecord, embed: number, where: string): { inner?: number } {
  if (record.n_inner === undefined || record.n_inner === null) return {};
  const inner = positive(record.n_inner, "n_inner", where);
  return inner === 4 * embed ? {} : { inner };
}

/** Fields to write back. */
function parseCarried(record: JsonRecord): { carried?: JsonRecord } {
  const carried = Object.fromEntries(
    CARRIED.filter((field) => Object.hasOwn(record, field)).map((field) => [field, record[field]]),
  );
  return Object.keys(carried).length === 0 ? {} : { carried };
}

/**
 * Reads the fields of a parsed `config.json`; `where` names the file in errors.
 *
 * @throws {TypeError} If a size is not a positive whole number. @throws {RangeError} If a field
 *   is not supported.
 *
 * @example
 * ```ts
 * import { throws } from "node:assert/strict";
 * throws(() => parseGpt2Config({ scale_attn_by_inverse_layer_idx: true }), {
 *   message: "Cannot use config.json: " +
 *     "scale_attn_by_inverse_layer_idx is true, and only false is supported",
 * });
 * ```
 */
export function parseGpt2Config(record: JsonRecord, where = "config.json"): Gpt2Config {
  refuseUnsupported(record, where);
  const config = {
    vocabSize: size(record, "vocab_size", where),
    positions: size(record, "n_positions", where),
    embed: size(record, "n_embd", where),
    heads: size(record, "n_head", where),
    layers: size(record, "n_layer", where),
    layerNormEpsilon: epsilon(record, where),
  };
  const { embed, heads } = config;
  requireUsable(embed % heads === 0, where, {
    en: `n_embd ${embed} does not divide into n_head ${heads} equal parts`,
    zh: `n_embd ${embed} 不能被 n_head ${heads} 整除`,
  });
  return { ...config, ...parseInner(record, config.embed, where), ...parseCarried(record) };
}

/**
 * The fields of a `config.json` that transformers reads; a sequence begins with [CLS] and ends
 * with the end token.
 */
export function gpt2ConfigFields(
  config: Gpt2Config,
  ids: Pick<Tokenizer, "padId" | "clsId" | "endId">,
  architecture: string,
): JsonRecord {
  return {
    architectures: [architecture],
    model_type: "gpt2",
    vocab_size: config.vocabSize,
    n_positions: config.positions,
    n_embd: config.embed,
    n_head: config.heads,
    n_layer: config.layers,
    n_inner: config.inner ?? null,
    activation_function: "gelu_new",
    layer_norm_epsilon: config.layerNormEpsilon,
    tie_word_embeddings: true,
    bos_token_id: ids.clsId,
    eos_token_id: ids.endId,
    pad_token_id: ids.padId,
    torch_dtype: "float32",
    ...config.carried,
  };
}
