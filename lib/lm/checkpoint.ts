/**
 * A model folder as Hugging Face lays it out: `config.json`, `model.safetensors`, `vocab.txt` and their companions,
 * and our `settings.json` (lengths, learning rates, sampling) that travels with an embedded model.
 *
 * Keys inside the library have no `transformer.` before them: `wte.weight`, `h.0.attn.c_attn.weight`, `value_fn.weight`.
 * Linear weights are [in, out], as GPT-2's Conv1D stores them; only `value_fn.weight` is [1, embed].
 */
import {
  fileExists,
  joinPath,
  type JsonRecord,
  readJsonRecord,
  readSafetensors,
  type StoredTensor,
  writeAtomically,
  writeFolderAtomically,
  writeSafetensors,
} from "../files/mod.ts";
import { type Gpt2Config, gpt2ConfigFields, parseGpt2Config } from "./config.ts";
import { loadTokenizer, type Tokenizer } from "./tokenizer.ts";

/** One weight: its shape and its values in row-major order. */
export interface Weight {
  /** Sizes of the axes, outermost first. */
  shape: number[];
  /** Values in row-major order. */
  data: Float32Array;
}

/** What a folder holds. `settings` is there if the folder has a `settings.json`. */
export interface ModelFolder {
  /** The sizes in `config.json`. */
  config: Gpt2Config;
  /** By dotted Hugging Face name without `transformer.`: `h.0.attn.c_attn.weight`. */
  weights: Map<string, Weight>;
  /** From `vocab.txt`. */
  tokenizer: Tokenizer;
  /** What `settings.json` holds, unchecked. */
  settings?: JsonRecord;
}

const PREFIX = "transformer.";
const VALUE_HEAD = "value_fn.weight";

/** Stored by old versions of transformers, or tied to `wte.weight`: not weights of their own. */
function isIgnored(key: string): boolean {
  return /(^|\.)attn\.(masked_)?bias$/.test(key) || key === "lm_head.weight";
}

function blockShapes(layer: number, embed: number): [string, number[]][] {
  const shapes: { [name: string]: number[] } = {
    "ln_1.weight": [embed],
    "ln_1.bias": [embed],
    "attn.c_attn.weight": [embed, 3 * embed],
    "attn.c_attn.bias": [3 * embed],
    "attn.c_proj.weight": [embed, embed],
    "attn.c_proj.bias": [embed],
    "ln_2.weight": [embed],
    "ln_2.bias": [embed],
    "mlp.c_fc.weight": [embed, 4 * embed],
    "mlp.c_fc.bias": [4 * embed],
    "mlp.c_proj.weight": [4 * embed, embed],
    "mlp.c_proj.bias": [embed],
  };
  return Object.entries(shapes).map(([name, shape]) => [`h.${layer}.${name}`, shape]);
}

/**
 * The name and shape of every weight of a GPT-2, in the model's order; with `valueHead` also `value_fn.weight`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const config = { vocabSize: 97, positions: 64, embed: 32, heads: 4, layers: 3, layerNormEpsilon: 1e-5 };
 * deepEqual(weightShapes(config).get("h.2.attn.c_attn.weight"), [32, 96]);
 * ```
 */
export function weightShapes(
  { vocabSize, positions, embed, layers }: Gpt2Config,
  { valueHead = false }: { valueHead?: boolean } = {},
): Map<string, number[]> {
  return new Map([
    ["wte.weight", [vocabSize, embed]],
    ["wpe.weight", [positions, embed]],
    ...Array.from({ length: layers }, (_, layer) => blockShapes(layer, embed)).flat(),
    ["ln_f.weight", [embed]],
    ["ln_f.bias", [embed]],
    ...(valueHead ? [[VALUE_HEAD, [1, embed]] satisfies [string, number[]]] : []),
  ]);
}

function listKeys(keys: readonly string[]): string {
  const shown = keys.slice(0, 3).map((key) => `"${key}"`).join(", ");
  return keys.length > 3 ? `${shown} and ${keys.length - 3} more` : shown;
}

/** Names without prefix, all there, none unknown, each of the shape that the configuration says. */
function checkWeights(
  stored: Map<string, StoredTensor>,
  config: Gpt2Config,
  path: string,
): Map<string, Weight> {
  const named = new Map<string, StoredTensor>();
  for (const [key, tensor] of stored) {
    const name = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : key;
    if (named.has(name)) {
      throw new RangeError(`Cannot use ${path}: "${name}" is there with "${PREFIX}" and without`);
    }
    named.set(name, tensor);
  }
  const shapes = weightShapes(config, { valueHead: named.has(VALUE_HEAD) });
  const missing = [...shapes.keys()].filter((key) => !named.has(key));
  if (missing.length > 0) throw new RangeError(`Cannot use ${path}: it lacks ${listKeys(missing)}`);
  const extra = [...named.keys()].filter((key) => !shapes.has(key));
  if (extra.length > 0) {
    throw new RangeError(`Cannot use ${path}: it has ${listKeys(extra)}, which this GPT-2 does not know`);
  }
  return new Map([...shapes].map(([key, wanted]) => [key, checkWeight(key, named.get(key), wanted, path)]));
}

function checkWeight(key: string, tensor: StoredTensor | undefined, wanted: number[], path: string): Weight {
  const shape = tensor?.shape ?? [];
  if (shape.join() !== wanted.join()) {
    const state = `it has shape [${shape.join(", ")}], and config.json asks for [${wanted.join(", ")}]`;
    throw new RangeError(`Cannot use "${key}" of ${path}: ${state}`);
  }
  const data = tensor?.data;
  if (!(data instanceof Float32Array)) {
    throw new TypeError(`Cannot use "${key}" of ${path}: it holds whole numbers, and float32 is expected`);
  }
  return { shape, data };
}

async function readWeights(folder: string, config: Gpt2Config): Promise<Map<string, Weight>> {
  const path = joinPath(folder, "model.safetensors");
  if (!await fileExists(path) && await fileExists(joinPath(folder, "pytorch_model.bin"))) {
    throw new Error(`Cannot read ${folder}: it has pytorch_model.bin, and model.safetensors is expected`);
  }
  return checkWeights(await readSafetensors(path, { skip: isIgnored }), config, path);
}

/**
 * Reads and checks a whole model folder; the value head is read where there is one.
 *
 * @param folder the folder
 * @param options.valueHead if true, a folder without `value_fn.weight` is refused: it is no reward model
 * @throws {Error} A sentence that names the file and the key: a file missing, a key missing, unknown or of the
 *   wrong shape, a vocabulary whose size is not the model's.
 */
export async function readModelFolder(
  folder: string,
  { valueHead = false }: { valueHead?: boolean } = {},
): Promise<ModelFolder> {
  const configPath = joinPath(folder, "config.json");
  const config = parseGpt2Config(await readJsonRecord(configPath), configPath);
  const tokenizer = await loadTokenizer(folder);
  if (tokenizer.vocabSize !== config.vocabSize) {
    const state =
      `vocab.txt has ${tokenizer.vocabSize} entries, but config.json says vocab_size ${config.vocabSize}`;
    throw new RangeError(`Cannot use ${folder}: ${state}`);
  }
  const weights = await readWeights(folder, config);
  if (valueHead && !weights.has(VALUE_HEAD)) {
    throw new RangeError(`Cannot use ${folder} as a reward model: it has no "${VALUE_HEAD}"`);
  }
  const settingsPath = joinPath(folder, "settings.json");
  if (!await fileExists(settingsPath)) return { config, weights, tokenizer };
  return { config, weights, tokenizer, settings: await readJsonRecord(settingsPath) };
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

function companions({ config, weights, tokenizer, settings }: ModelFolder): { [name: string]: string } {
  const { padId, clsId, sepId, unkId, tokenOf } = tokenizer;
  const architecture = weights.has(VALUE_HEAD) ? "RewardModel" : "GPT2LMHeadModel";
  return {
    "config.json": json(gpt2ConfigFields(config, tokenizer, architecture)),
    "generation_config.json": json({ bos_token_id: clsId, eos_token_id: sepId, pad_token_id: padId }),
    "vocab.txt": tokenizer.vocabulary.map((token) => token + "\n").join(""),
    "tokenizer_config.json": json({
      tokenizer_class: "BertTokenizer",
      do_lower_case: tokenizer.lowerCase,
      model_max_length: config.positions,
    }),
    "special_tokens_map.json": json({
      unk_token: tokenOf(unkId),
      sep_token: tokenOf(sepId),
      pad_token: tokenOf(padId),
      cls_token: tokenOf(clsId),
    }),
    ...(settings === undefined ? {} : { "settings.json": json(settings) }),
  };
}

/**
 * Writes a model folder that transformers and `readModelFolder` can read; nothing half-written is ever seen.
 *
 * Files of the folder that are not the model's (a README) stay as they are.
 *
 * @throws {RangeError} If a weight is missing, unknown or of the wrong shape, or the vocabulary does not match.
 */
export async function writeModelFolder(folder: string, model: ModelFolder): Promise<void> {
  const weights = checkWeights(model.weights, model.config, `the weights for ${folder}`);
  if (model.tokenizer.vocabSize !== model.config.vocabSize) {
    const state =
      `the tokenizer has ${model.tokenizer.vocabSize} entries, the model ${model.config.vocabSize}`;
    throw new RangeError(`Cannot write ${folder}: ${state}`);
  }
  const stored = new Map(
    [...weights].map(([key, weight]) => [key === VALUE_HEAD ? key : PREFIX + key, weight]),
  );
  await writeFolderAtomically(folder, async (temporary) => {
    for (const [name, text] of Object.entries(companions(model))) {
      await writeAtomically(joinPath(temporary, name), text);
    }
    await writeSafetensors(joinPath(temporary, "model.safetensors"), stored);
  });
}
