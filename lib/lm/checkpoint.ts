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
  resolvePath,
  verifyChecksums,
  writeAtomically,
  writeFolderAtomically,
  writeSafetensors,
} from "../files/mod.ts";
import { type Gpt2Config, gpt2ConfigFields, parseGpt2Config } from "./config.ts";
import { requireUsable, shown } from "./expect_fields.ts";
import { findConfigFolder, findModel } from "./model_place.ts";
import type { Tell } from "./tell.ts";
import { SPECIAL, type Tokenizer } from "./tokenizer.ts";
import { loadTokenizer } from "./tokenizer_files.ts";
import { checkWeights, HEAD_FILES, isWeightFile, readWeights, type Weight } from "./weights.ts";
import { PREFIX, VALUE_HEAD, VALUE_HEAD_NAMES } from "./weight_names.ts";

const CONFIG = "config.json";

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
 * @param folder the folder; a path that means a model in another way (`model_place.ts`) is followed
 * @param options.valueHead whether to refuse a folder without a value head, which is no reward
 *   model
 * @param options.tell takes sentences about what was read in another way than its path or name
 *   suggests
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
  { valueHead = false, tell = () => {} }: {
    valueHead?: boolean;
    tell?: Tell;
  } = {},
): Promise<ModelFolder> {
  const { folder: place, weightsFile, headFile, tokenizerFolder, notes } = await findModel(folder);
  notes.forEach(tell);
  await verifyModelFiles(place);
  const sizes = await readModelSizes(place);
  const { config } = sizes;
  const endIds = await declaredEnds(place);
  const tokenizer = await loadTokenizer(tokenizerFolder, { rows: config.vocabSize, endIds, tell });
  checkRows(tokenizer, config, { place, tell });
  const weights = await readWeights(weightsFile, config, { headFile, tell });
  const hasHead = !valueHead || weights.has(VALUE_HEAD);
  const full = resolvePath(place);
  if (!valueHead && weights.has(VALUE_HEAD)) {
    tell(`${full} has a value head: a reward model or critic`);
  }
  requireUsable(hasHead, `${full} as a reward model`, `${NO_HEAD} ${full}`);
  return {
    ...sizes,
    weights,
    tokenizer,
    reread: () => readWeights(weightsFile, config, { headFile }),
  };
}

/**
 * Reads the tokenizer of a model folder, without the weights.
 *
 * @throws {Error} A sentence that names the file and what is wrong with it.
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { gpt2Spec, initialWeights, makeTokenizer } from "ppo/lm/mod.ts";
 * import { readTokenizer, writeModelFolder } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 16, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "好"]);
 * const folder = await Deno.makeTempDir();
 * await writeModelFolder(folder, { config, weights, tokenizer });
 * equal((await readTokenizer(folder)).encode("好")[0], 4);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readTokenizer(folder: string): Promise<Tokenizer> {
  const { folder: place, tokenizerFolder } = await findModel(folder);
  const { config } = await readModelSizes(place);
  const endIds = await declaredEnds(place);
  return await loadTokenizer(tokenizerFolder, { rows: config.vocabSize, endIds });
}

const NO_HEAD = `its weights have no value head (${VALUE_HEAD_NAMES}). ` +
  "Train one from it: deno task reward --pretrained_model_path";

/** Numbers of which embeddings are padded to a multiple. */
const MULTIPLES = [8, 16, 32, 64, 128, 256, 512, 1024];

/** Fails if the embedding has other rows than one for each token, and padding. */
function checkRows(
  { vocabSize }: Tokenizer,
  { vocabSize: rows }: Gpt2Config,
  { place, tell }: { place: string; tell: Tell },
): void {
  const isPadded = MULTIPLES.some((step) => Math.ceil(vocabSize / step) * step === rows);
  const sizes = `its vocabulary has ${vocabSize} entries, but config.json has vocab_size ${rows}`;
  const both = "Check that both files come from the same checkpoint";
  requireUsable(rows === vocabSize || isPadded, resolvePath(place), `${sizes}. ${both}.`);
  if (rows > vocabSize) tell(`${resolvePath(place)}: ${sizes}; the other rows are padding`);
}

/** Ids that the model's own files declare as the end of a text, those of generation first. */
async function declaredEnds(place: string): Promise<number[]> {
  const ends = [];
  for (const name of ["generation_config.json", CONFIG]) {
    const path = joinPath(place, name);
    const { eos_token_id: id } = await fileExists(path) ? await readJsonRecord(path) : {};
    const ids = Array.isArray(id) ? id.filter((one, index) => id.indexOf(one) === index) : [id];
    const several = `eos_token_id is ${shown(id)}, and only one end token is supported. ` +
      "Leave the one that ends an answer.";
    requireUsable(ids.length <= 1, path, several);
    ends.push(...ids.filter((one) => typeof one === "number"));
  }
  return ends;
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
 * Reads the sizes and settings of a model folder, without its weights. Without a `settings.json`
 * the score statistics that OpenRLHF keeps in `config.json` are read.
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
  const place = await findConfigFolder(folder);
  const configPath = joinPath(place, CONFIG);
  const record = await readJsonRecord(configPath);
  const config = parseGpt2Config(record, configPath);
  const settingsPath = joinPath(place, "settings.json");
  if (await fileExists(settingsPath)) {
    return { config, settings: await readJsonRecord(settingsPath) };
  }
  const { mean, std } = record; // OpenRLHF's names of the statistics of a reward model's scores
  if (typeof mean !== "number" || typeof std !== "number") return { config };
  return { config, settings: { score_mean: mean, score_deviation: std } };
}

/** The tokens that texts are split at, without those of BERT. */
const ownTokens = ({ added }: Tokenizer) =>
  added.filter(({ content }) => !SPECIAL.includes(content));

/** The end token and the special tokens, as transformers names them. */
function namedFields(tokenizer: Tokenizer): JsonRecord {
  const { endId, sepId, tokenOf } = tokenizer;
  const special = ownTokens(tokenizer).filter((token) => token.special)
    .map(({ content }) => content);
  return {
    ...(endId === sepId ? {} : { eos_token: tokenOf(endId) }),
    ...(special.length === 0 ? {} : { additional_special_tokens: special }),
  };
}

/** The same with the options of each token that was added. */
function addedFields(tokenizer: Tokenizer): JsonRecord {
  const own = ownTokens(tokenizer);
  if (own.length === 0) return namedFields(tokenizer);
  const described = own.map((token) => [
    tokenizer.idOf(token.content),
    { ...token, single_word: false },
  ]);
  return { added_tokens_decoder: Object.fromEntries(described), ...namedFields(tokenizer) };
}

/** The files beside the weights, by name. */
function companions({ config, weights, tokenizer, settings }: ModelFolder): JsonRecord {
  const { padId, clsId, sepId, endId, unkId, tokenOf } = tokenizer;
  const architecture = weights.has(VALUE_HEAD) ? "RewardModel" : "GPT2LMHeadModel";
  // else transformers would add one
  const mask = tokenizer.added.some(({ content }) => content === "[MASK]") ? "[MASK]" : null;
  return {
    "config.json": gpt2ConfigFields(config, tokenizer, architecture),
    "generation_config.json": { bos_token_id: clsId, eos_token_id: endId, pad_token_id: padId },
    "tokenizer_config.json": {
      tokenizer_class: "BertTokenizer",
      do_lower_case: tokenizer.lowerCase,
      model_max_length: config.positions,
      mask_token: mask,
      ...addedFields(tokenizer),
    },
    "special_tokens_map.json": {
      unk_token: tokenOf(unkId),
      sep_token: tokenOf(sepId),
      pad_token: tokenOf(padId),
      cls_token: tokenOf(clsId),
      ...(mask === null ? {} : { mask_token: mask }),
      ...namedFields(tokenizer),
    },
    ...(settings === undefined ? {} : { "settings.json": settings }),
  };
}

/**
 * Whether a reader would take a file of an older model for the new one's: its weights or its
 * tokenizer.
 */
const isObsolete = (name: string): boolean =>
  isWeightFile(name) || HEAD_FILES.includes(name) ||
  ["tokenizer.json", "added_tokens.json", CHECKSUMS].includes(name);

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
  if (tokenizer.vocabSize > config.vocabSize) {
    throw new RangeError(
      `Cannot write ${folder}: the tokenizer has ${tokenizer.vocabSize} entries, ` +
        `but the model's embedding has ${config.vocabSize} rows`,
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
