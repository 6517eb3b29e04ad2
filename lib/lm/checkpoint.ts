/**
 * A model folder in Hugging Face's layout: `config.json`, weights, `vocab.txt` and their
 * companions, and our `settings.json` (lengths, learning rates, sampling) that travels with an
 * embedded model.
 *
 * It is read in every form that transformers writes (`weights.ts`), and written with
 * `model.safetensors`, as a whole or not at all.
 */
import {
  CHECKSUMS,
  DamageError,
  fileExists,
  joinPath,
  type JsonRecord,
  readJsonRecord,
  standingFolder,
  verifyChecksums,
  writeAtomically,
  writeFolderAtomically,
  writeSafetensors,
} from "../files/mod.ts";
import { type Gpt2Config, gpt2ConfigFields, parseGpt2Config } from "./config.ts";
import { requireUsable } from "./expect_fields.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { loadTokenizer } from "./tokenizer_files.ts";
import {
  checkWeights,
  isWeightFile,
  PREFIX,
  readWeights,
  VALUE_HEAD,
  type Weight,
} from "./weights.ts";

/** The contents of a model folder. */
export interface ModelFolder {
  /** The sizes in `config.json`. */
  config: Gpt2Config;
  /** By dotted Hugging Face name without `transformer.`: `h.0.attn.c_attn.weight`. */
  weights: Map<string, Weight>;
  /** From `vocab.txt` or `tokenizer.json`. */
  tokenizer: Tokenizer;
  /** The contents of `settings.json`, unchecked; absent if the folder has no such file. */
  settings?: JsonRecord;
  /** Reads the weights from the folder again, for callers that free them between two uses. */
  reread?: () => Promise<Map<string, Weight>>;
}

/**
 * Reads and checks a whole model folder; the value head is read if there is one.
 *
 * @param folder the folder
 * @param options.valueHead whether to refuse a folder without `value_fn.weight`, which is no
 *   reward model
 * @throws {Error} A sentence that names the file and the key, if a file is missing, a key is
 *   missing, unknown or of the wrong shape, or the vocabulary's size is not the model's.
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { gpt2Spec, initialWeights, makeTokenizer } from "ppo/lm/mod.ts";
 * import { readModelFolder, writeModelFolder } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "好"]);
 * const folder = await Deno.makeTempDir();
 * await writeModelFolder(folder, { config, weights, tokenizer });
 * equal((await readModelFolder(folder)).weights.get("wte.weight")?.data[0], Math.fround(0.02));
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readModelFolder(
  folder: string,
  { valueHead = false }: { valueHead?: boolean } = {},
): Promise<ModelFolder> {
  const place = await standingFolder(folder);
  await verifyModelFiles(place);
  const sizes = await readModelSizes(place);
  const { config } = sizes;
  const tokenizer = await loadTokenizer(place);
  const { vocabSize } = tokenizer;
  const differs = `its vocabulary has ${vocabSize} entries, but config.json has vocab_size ` +
    config.vocabSize;
  requireUsable(vocabSize === config.vocabSize, place, differs);
  const weights = await readWeights(place, config);
  const hasHead = !valueHead || weights.has(VALUE_HEAD);
  requireUsable(hasHead, `${place} as a reward model`, `it has no "${VALUE_HEAD}"`);
  return { ...sizes, weights, tokenizer, reread: () => readWeights(place, config) };
}

/** Checks a folder that has checksums. Its files may also have been changed on purpose. */
async function verifyModelFiles(folder: string): Promise<void> {
  try {
    await verifyChecksums(folder);
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
    const way = `Use another checkpoint or, if you changed the file yourself, remove ${CHECKSUMS}`;
    throw new DamageError(`${error.message}. ${way}`);
  }
}

/**
 * Reads the sizes and settings of a model folder, without its weights.
 *
 * @throws {Error} A sentence that names the file and the field.
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { readModelSizes } from "ppo/lm/mod.ts";
 * const folder = await Deno.makeTempDir();
 * const sizes = { vocab_size: 97, n_positions: 64, n_embd: 32, n_head: 4, n_layer: 3 };
 * await Deno.writeTextFile(`${folder}/config.json`, JSON.stringify(sizes));
 * equal((await readModelSizes(folder)).config.layers, 3);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readModelSizes(
  folder: string,
): Promise<Pick<ModelFolder, "config" | "settings">> {
  const place = await standingFolder(folder);
  const configPath = joinPath(place, "config.json");
  const config = parseGpt2Config(await readJsonRecord(configPath), configPath);
  const settingsPath = joinPath(place, "settings.json");
  if (!await fileExists(settingsPath)) return { config };
  return { config, settings: await readJsonRecord(settingsPath) };
}

/** The files beside the weights, by name. */
function companions({ config, weights, tokenizer, settings }: ModelFolder): JsonRecord {
  const { padId, clsId, sepId, unkId, tokenOf } = tokenizer;
  const architecture = weights.has(VALUE_HEAD) ? "RewardModel" : "GPT2LMHeadModel";
  // else transformers would add one
  const mask = tokenizer.vocabulary.includes("[MASK]") ? "[MASK]" : null;
  return {
    "config.json": gpt2ConfigFields(config, tokenizer, architecture),
    "generation_config.json": { bos_token_id: clsId, eos_token_id: sepId, pad_token_id: padId },
    "tokenizer_config.json": {
      tokenizer_class: "BertTokenizer",
      do_lower_case: tokenizer.lowerCase,
      model_max_length: config.positions,
      mask_token: mask,
    },
    "special_tokens_map.json": {
      unk_token: tokenOf(unkId),
      sep_token: tokenOf(sepId),
      pad_token: tokenOf(padId),
      cls_token: tokenOf(clsId),
      ...(mask === null ? {} : { mask_token: mask }),
    },
    ...(settings === undefined ? {} : { "settings.json": settings }),
  };
}

/**
 * Whether a reader would take a file of an older model for the new one's: its weights or its
 * tokenizer.
 */
const isObsolete = (name: string): boolean =>
  isWeightFile(name) || ["tokenizer.json", "added_tokens.json", CHECKSUMS].includes(name);

/**
 * Writes a model folder that transformers and `readModelFolder` can read; no reader ever sees it
 * half-written.
 *
 * Other files of the folder, such as a README, stay as they are. The weights and the tokenizer of
 * an older model are removed. With `checksums`, the folder gets a `checksums.json`, against which
 * `readModelFolder` checks the files.
 *
 * @throws {RangeError} If a weight is missing, unknown or of the wrong shape, or the vocabulary
 *   does not match.
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { gpt2Spec, initialWeights, makeTokenizer, writeModelFolder } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "好"]);
 * const folder = await Deno.makeTempDir();
 * await writeModelFolder(folder, { config, weights, tokenizer });
 * const written = JSON.parse(await Deno.readTextFile(`${folder}/config.json`));
 * equal(written.architectures[0], "GPT2LMHeadModel");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeModelFolder(
  folder: string,
  model: ModelFolder,
  { checksums = false }: { checksums?: boolean } = {},
): Promise<void> {
  const { config, tokenizer } = model;
  const weights = checkWeights(model.weights, config, `the weights for ${folder}`);
  if (tokenizer.vocabSize !== config.vocabSize) {
    throw new RangeError(
      `Cannot write ${folder}: the tokenizer has ${tokenizer.vocabSize} entries, ` +
        `but the model has ${config.vocabSize}`,
    );
  }
  const stored = [...weights].map(([name, weight]): [string, Weight] => [
    name === VALUE_HEAD ? name : PREFIX + name,
    weight,
  ]);
  await writeFolderAtomically(folder, async (temporary) => {
    for (const [name, content] of Object.entries(companions(model))) {
      await writeAtomically(joinPath(temporary, name), JSON.stringify(content, null, 2) + "\n");
    }
    const vocabulary = tokenizer.vocabulary.map((token) => token + "\n").join("");
    await writeAtomically(joinPath(temporary, "vocab.txt"), vocabulary);
    await writeSafetensors(joinPath(temporary, "model.safetensors"), new Map(stored));
  }, { replaces: isObsolete, checksums });
}
