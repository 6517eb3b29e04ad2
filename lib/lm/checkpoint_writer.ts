/**
 * Writes a model folder in Hugging Face's layout, as a whole or not at all. `checkpoint.ts` reads
 * it.
 */
import {
  CHECKSUMS,
  joinPath,
  type JsonRecord,
  writeAtomically,
  writeFolderAtomically,
  writeSafetensors,
} from "../files/mod.ts";
import { say } from "../text/mod.ts";
import type { ModelFolder } from "./checkpoint.ts";
import { gpt2ConfigFields } from "./config.ts";
import { SPECIAL, type Tokenizer } from "./tokenizer.ts";
import { checkWeights, HEAD_FILES, isWeightFile, type Weight } from "./weights.ts";
import { PREFIX, VALUE_HEAD } from "./weight_names.ts";

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
    throw new RangeError(say({
      en: `Cannot write ${folder}: the tokenizer has ${tokenizer.vocabSize} entries, ` +
        `but the model's embedding has ${config.vocabSize} rows`,
      zh: `无法写入 ${folder}：分词器有 ${tokenizer.vocabSize} 项，` +
        `而模型的词嵌入有 ${config.vocabSize} 行`,
    }));
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
