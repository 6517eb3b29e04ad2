/**
 * The `config.json` of a GPT-2 checkpoint: its sizes, and a refusal by name of what is not supported.
 *
 * Source: Radford et al. 2019; field names are those of transformers' GPT2Config.
 */
import type { JsonRecord } from "../files/mod.ts";

/** The sizes of a GPT-2. The inner width of its MLP is always 4 `embed`. */
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
}

/** What transformers takes where a field is not written, and the only value that is supported here. */
const FIXED: { [field: string]: string | boolean } = {
  model_type: "gpt2",
  activation_function: "gelu_new",
  tie_word_embeddings: true,
  scale_attn_weights: true,
  scale_attn_by_inverse_layer_idx: false,
  add_cross_attention: false,
};

function size(record: JsonRecord, field: string, where: string): number {
  const value = record[field];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 1) {
    throw new TypeError(
      `Cannot use ${where}: ${field} is ${JSON.stringify(value)}, and a positive whole number is expected`,
    );
  }
  return value;
}

function epsilon(record: JsonRecord, where: string): number {
  const value = record.layer_norm_epsilon ?? 1e-5;
  if (typeof value !== "number" || !(value > 0)) {
    throw new TypeError(
      `Cannot use ${where}: layer_norm_epsilon is ${
        JSON.stringify(value)
      }, and a positive number is expected`,
    );
  }
  return value;
}

function refuseUnsupported(record: JsonRecord, where: string): void {
  for (const [field, wanted] of Object.entries(FIXED)) {
    const value = record[field] ?? wanted;
    if (value !== wanted) {
      const [found, only] = [JSON.stringify(value), JSON.stringify(wanted)];
      throw new RangeError(`Cannot use ${where}: ${field} is ${found}, and only ${only} is supported`);
    }
  }
}

/**
 * Reads the fields of a parsed `config.json`; `where` names the file in errors.
 *
 * @throws {TypeError} If a size is not a positive whole number. @throws {RangeError} If a field is not supported.
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
  if (config.embed % config.heads !== 0) {
    throw new RangeError(
      `Cannot use ${where}: n_embd ${config.embed} does not divide into n_head ${config.heads} equal parts`,
    );
  }
  const inner = record.n_inner ?? 4 * config.embed;
  if (inner !== 4 * config.embed) {
    throw new RangeError(
      `Cannot use ${where}: n_inner is ${JSON.stringify(inner)}, and only 4 n_embd = ${
        4 * config.embed
      } is supported`,
    );
  }
  return config;
}

/** The ids that a `config.json` names. */
export interface SpecialIds {
  /** [PAD] */
  padId: number;
  /** [CLS], which begins a sequence. */
  clsId: number;
  /** [SEP], which ends a sequence. */
  sepId: number;
}

/** The fields of a `config.json` that transformers reads; a sequence begins with [CLS] and ends with [SEP]. */
export function gpt2ConfigFields(config: Gpt2Config, ids: SpecialIds, architecture: string): JsonRecord {
  return {
    architectures: [architecture],
    model_type: "gpt2",
    vocab_size: config.vocabSize,
    n_positions: config.positions,
    n_embd: config.embed,
    n_head: config.heads,
    n_layer: config.layers,
    n_inner: null,
    activation_function: "gelu_new",
    layer_norm_epsilon: config.layerNormEpsilon,
    tie_word_embeddings: true,
    bos_token_id: ids.clsId,
    eos_token_id: ids.sepId,
    pad_token_id: ids.padId,
    torch_dtype: "float32",
  };
}
