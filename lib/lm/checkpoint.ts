/**
 * A model folder in Hugging Face's layout: `config.json`, weights, `vocab.txt` and their
 * companions, and our `settings.json` (lengths, learning rates, sampling) that travels with an
 * embedded model.
 *
 * It is read in every form that transformers writes (`weights.ts`). `checkpoint_writer.ts` is
 * its counterpart.
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
} from "../files/mod.ts";
import { say, type Text } from "../text/mod.ts";
import { type Gpt2Config, parseGpt2Config } from "./config.ts";
import { requireUsable, shown } from "./expect_fields.ts";
import { findConfigFolder, findModel } from "./model_place.ts";
import type { Tell } from "./tell.ts";
import type { Tokenizer } from "./tokenizer.ts";
import { loadTokenizer } from "./tokenizer_files.ts";
import { readWeights, type Weight } from "./weights.ts";
import { VALUE_HEAD, VALUE_HEAD_NAMES } from "./weight_names.ts";

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
    tell(say({
      en: `${full} has a value head: a reward model or critic`,
      zh: `${full} 有价值头：它是奖励模型或价值模型`,
    }));
  }
  const asReward = { en: `${full} as a reward model`, zh: `${full} 作为奖励模型` };
  requireUsable(hasHead, asReward, noHead(full));
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

const noHead = (path: string): Text => ({
  en: `its weights have no value head (${VALUE_HEAD_NAMES}). ` +
    `Train one from it: deno task reward --pretrained_model_path ${path}`,
  zh: `它的权重中没有价值头（${VALUE_HEAD_NAMES}）。` +
    `请由它训练一个奖励模型：deno task reward --pretrained_model_path ${path}`,
});

/** Numbers of which embeddings are padded to a multiple. */
const MULTIPLES = [8, 16, 32, 64, 128, 256, 512, 1024];

/** Fails if the embedding has other rows than one for each token, and padding. */
function checkRows(
  { vocabSize }: Tokenizer,
  { vocabSize: rows }: Gpt2Config,
  { place, tell }: { place: string; tell: Tell },
): void {
  const isPadded = MULTIPLES.some((step) => Math.ceil(vocabSize / step) * step === rows);
  const full = resolvePath(place);
  const en = `its vocabulary has ${vocabSize} entries, but config.json has vocab_size ${rows}`;
  const zh = `它的词表有 ${vocabSize} 项，而 config.json 的 vocab_size 是 ${rows}`;
  requireUsable(rows === vocabSize || isPadded, full, {
    en: `${en}. Check that both files come from the same checkpoint.`,
    zh: `${zh}。请检查两个文件是否来自同一个检查点。`,
  });
  if (rows > vocabSize) {
    tell(say({
      en: `${full}: ${en}; the other rows are padding`,
      zh: `${full}：${zh}；其余各行是填充`,
    }));
  }
}

/** Ids that the model's own files declare as the end of a text, those of generation first. */
async function declaredEnds(place: string): Promise<number[]> {
  const ends = [];
  for (const name of ["generation_config.json", CONFIG]) {
    const path = joinPath(place, name);
    const { eos_token_id: id } = await fileExists(path) ? await readJsonRecord(path) : {};
    const ids = Array.isArray(id) ? id.filter((one, index) => id.indexOf(one) === index) : [id];
    requireUsable(ids.length <= 1, path, {
      en: `eos_token_id is ${shown(id)}, and only one end token is supported. ` +
        "Leave the one that ends an answer.",
      zh: `eos_token_id 是 ${shown(id)}，只支持一个结束词元。请只留下结束回答的那一个。`,
    });
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
    throw new DamageError(say({
      en: `${error.message}. Use another checkpoint or, ` +
        `if you changed the file yourself, remove ${CHECKSUMS}`,
      zh: `${error.message}。请用另一个检查点；如果文件是你自己改的，请删除 ${CHECKSUMS}`,
    }));
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
