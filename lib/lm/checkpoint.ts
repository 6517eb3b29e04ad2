/**
 * A model folder as Hugging Face lays it out: `config.json`, weights, `vocab.txt` and their companions, and our
 * `settings.json` (lengths, learning rates, sampling) that travels with an embedded model.
 *
 * Read in every form that transformers writes (`weights.ts`); written as `model.safetensors`, in whole or not at all.
 */
import {
  fileExists,
  joinPath,
  type JsonRecord,
  readJsonRecord,
  standingFolder,
  writeAtomically,
  writeFolderAtomically,
  writeSafetensors,
} from "../files/mod.ts";
import { type Gpt2Config, gpt2ConfigFields, parseGpt2Config } from "./config.ts";
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

/** What a folder holds. `settings` is there if the folder has a `settings.json`. */
export interface ModelFolder {
  /** The sizes in `config.json`. */
  config: Gpt2Config;
  /** By dotted Hugging Face name without `transformer.`: `h.0.attn.c_attn.weight`. */
  weights: Map<string, Weight>;
  /** From `vocab.txt` or `tokenizer.json`. */
  tokenizer: Tokenizer;
  /** What `settings.json` holds, unchecked. */
  settings?: JsonRecord;
  /** Reads the weights from the folder again: for those who give their memory up between two uses. */
  reread?: () => Promise<Map<string, Weight>>;
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
  const place = await standingFolder(folder);
  return await readStanding(place, { valueHead });
}

/**
 * The sizes and settings of a model folder, without its weights.
 *
 * @throws {Error} A sentence that names the file and the field.
 */
export async function readModelSizes(
  folder: string,
): Promise<Pick<ModelFolder, "config" | "settings">> {
  const place = await standingFolder(folder);
  const configPath = joinPath(place, "config.json"),
    settingsPath = joinPath(place, "settings.json");
  const config = parseGpt2Config(await readJsonRecord(configPath), configPath);
  return await fileExists(settingsPath)
    ? { config, settings: await readJsonRecord(settingsPath) }
    : { config };
}

async function readStanding(
  folder: string,
  { valueHead }: { valueHead: boolean },
): Promise<ModelFolder> {
  const configPath = joinPath(folder, "config.json");
  const config = parseGpt2Config(await readJsonRecord(configPath), configPath);
  const tokenizer = await loadTokenizer(folder);
  if (tokenizer.vocabSize !== config.vocabSize) {
    const state =
      `its vocabulary has ${tokenizer.vocabSize} entries, but config.json says vocab_size ${config.vocabSize}`;
    throw new RangeError(`Cannot use ${folder}: ${state}`);
  }
  const weights = await readWeights(folder, config);
  if (valueHead && !weights.has(VALUE_HEAD)) {
    throw new RangeError(`Cannot use ${folder} as a reward model: it has no "${VALUE_HEAD}"`);
  }
  const settingsPath = joinPath(folder, "settings.json");
  const read = { config, weights, tokenizer, reread: () => readWeights(folder, config) };
  return await fileExists(settingsPath)
    ? { ...read, settings: await readJsonRecord(settingsPath) }
    : read;
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

function companions(
  { config, weights, tokenizer, settings }: ModelFolder,
): { [name: string]: string } {
  const { padId, clsId, sepId, unkId, tokenOf } = tokenizer;
  const architecture = weights.has(VALUE_HEAD) ? "RewardModel" : "GPT2LMHeadModel";
  const mask = tokenizer.vocabulary.includes("[MASK]") ? "[MASK]" : null; // else transformers would add one
  return {
    "config.json": json(gpt2ConfigFields(config, tokenizer, architecture)),
    "generation_config.json": json({
      bos_token_id: clsId,
      eos_token_id: sepId,
      pad_token_id: padId,
    }),
    "vocab.txt": tokenizer.vocabulary.map((token) => token + "\n").join(""),
    "tokenizer_config.json": json({
      tokenizer_class: "BertTokenizer",
      do_lower_case: tokenizer.lowerCase,
      model_max_length: config.positions,
      mask_token: mask,
    }),
    "special_tokens_map.json": json({
      unk_token: tokenOf(unkId),
      sep_token: tokenOf(sepId),
      pad_token: tokenOf(padId),
      cls_token: tokenOf(clsId),
      ...(mask === null ? {} : { mask_token: mask }),
    }),
    ...(settings === undefined ? {} : { "settings.json": json(settings) }),
  };
}

/** What an older model may have left in a folder and a reader would take for the new one's: its weights, its tokenizer. */
const isObsolete = (name: string): boolean =>
  isWeightFile(name) || ["tokenizer.json", "added_tokens.json"].includes(name);

/**
 * Writes a model folder that transformers and `readModelFolder` can read; nothing half-written is ever seen.
 *
 * Files of the folder that are not the model's (a README) stay as they are; weights and tokenizer of an older model go.
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
  }, { replaces: isObsolete });
}
