/**
 * The tokenizer of a model folder: from `vocab.txt`, as in the tutorial's folders, or else from
 * `tokenizer.json`.
 *
 * `tokenizer_config.json` and `special_tokens_map.json` are read for the options that they change.
 * An option that is not supported is an error that names it.
 *
 * Source: the defaults are those of transformers' BertTokenizer; `tokenizer.json` is the format of
 * Hugging Face's tokenizers.
 */
import {
  fileExists,
  isRecord,
  joinPath,
  type JsonRecord,
  readJsonRecord,
  readText,
  refuseStandIn,
} from "../files/mod.ts";
import { expectFields, requireUsable, shown, type Supported } from "./expect_fields.ts";
import { makeTokenizer, MAX_WORD, SPECIAL, type Tokenizer } from "./tokenizer.ts";

/** The names of the special tokens in both companion files. */
const TOKEN_NAMES: Supported = {
  pad_token: ["[PAD]"],
  unk_token: ["[UNK]"],
  cls_token: ["[CLS]"],
  sep_token: ["[SEP]"],
  mask_token: ["[MASK]"],
};

/** A token may be written as text or as an object with `content`. */
function checkTokenNames(record: JsonRecord, path: string): void {
  const names = Object.entries(record)
    .map(([field, value]) => [field, isRecord(value) ? value.content : value]);
  expectFields(Object.fromEntries(names), path, TOKEN_NAMES);
}

/**
 * Checks the fields of `tokenizer_config.json` that change ids, and returns whether texts are
 * lower-cased.
 */
function parseTokenizerConfig(record: JsonRecord, path: string): boolean {
  const lowerCase = record.do_lower_case !== false;
  expectFields(record, path, {
    do_lower_case: [true, false],
    do_basic_tokenize: [true],
    tokenize_chinese_chars: [true],
    strip_accents: [lowerCase],
  });
  const never = record.never_split;
  const isEmpty = !Array.isArray(never) || never.length === 0;
  expectFields({ never_split: isEmpty ? undefined : never }, path, { never_split: [[]] });
  checkTokenNames(record, path);
  return lowerCase;
}

const readOptional = async (path: string): Promise<JsonRecord> =>
  await fileExists(path) ? await readJsonRecord(path) : {};

/** The entries of a `vocab.txt`, one on each line; the last line end closes the last entry. */
function parseVocabulary(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Entries in the order of their ids, which must be 0, 1, 2 ... */
function orderedVocabulary(vocab: unknown, path: string): string[] {
  const notRecord = "model.vocab is not an object of tokens and ids";
  requireUsable(isRecord(vocab), path, notRecord, TypeError);
  const entries = Object.entries(vocab).toSorted(([, a], [, b]) => Number(a) - Number(b));
  for (const [index, [token, id]] of entries.entries()) {
    const reason = `${shown(token)} has the id ${shown(id)}, and the ids must be ` +
      `0 to ${entries.length - 1}, each of them once`;
    requireUsable(id === index, path, reason);
  }
  return entries.map(([token]) => token);
}

/**
 * Tokens added to the vocabulary must be BERT's special ones, under the ids that they have there.
 */
function checkAddedTokens(added: unknown, vocabulary: readonly string[], path: string): void {
  for (const token of Array.isArray(added) ? added : []) {
    const { id, content } = recordOf(token);
    const isKnown = typeof id === "number" && vocabulary[id] === content;
    const isSpecial = isKnown && SPECIAL.some((one) => one === content);
    const reason = `it adds ${shown(content)} as id ${shown(id)}, and only ` +
      `${SPECIAL.join(", ")} of its vocabulary may be added`;
    requireUsable(isSpecial, path, reason);
  }
}

const recordOf = (value: unknown): JsonRecord => isRecord(value) ? value : {};

/** A `tokenizer.json` that does what BertTokenizer does. */
function parseTokenizerJson(record: JsonRecord, path: string): Tokenizer {
  const model = recordOf(record.model), normalizer = recordOf(record.normalizer);
  const types = {
    "model.type": model.type,
    "normalizer.type": normalizer.type ?? "none",
    "pre_tokenizer.type": recordOf(record.pre_tokenizer).type ?? "none",
  };
  expectFields(types, path, {
    "model.type": ["WordPiece"],
    "normalizer.type": ["BertNormalizer"],
    "pre_tokenizer.type": ["BertPreTokenizer"],
  });
  expectFields(model, path, {
    unk_token: ["[UNK]"],
    continuing_subword_prefix: ["##"],
    max_input_chars_per_word: [MAX_WORD],
  });
  const lowerCase = normalizer.lowercase !== false;
  expectFields(normalizer, path, {
    clean_text: [true],
    handle_chinese_chars: [true],
    lowercase: [true, false],
    strip_accents: [lowerCase],
  });
  const vocabulary = orderedVocabulary(model.vocab, path);
  checkAddedTokens(record.added_tokens, vocabulary, path);
  return makeTokenizer(vocabulary, { lowerCase, name: path });
}

/**
 * Reads the tokenizer of a model folder: `vocab.txt` with `tokenizer_config.json` if that exists,
 * or else `tokenizer.json`.
 *
 * @throws {Error} A sentence that names the file, if neither exists, a special token is missing,
 *   or an option is not supported.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { loadTokenizer } from "ppo/lm/mod.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/vocab.txt`, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n你\n好\n");
 * deepEqual((await loadTokenizer(folder)).encode("你好"), [4, 5]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function loadTokenizer(folder: string): Promise<Tokenizer> {
  const path = joinPath(folder, "vocab.txt"), jsonPath = joinPath(folder, "tokenizer.json");
  const configPath = joinPath(folder, "tokenizer_config.json");
  const mapPath = joinPath(folder, "special_tokens_map.json");
  checkTokenNames(await readOptional(mapPath), mapPath);
  const lowerCase = parseTokenizerConfig(await readOptional(configPath), configPath);
  if (!await fileExists(path) && await fileExists(jsonPath)) {
    return parseTokenizerJson(await readJsonRecord(jsonPath), jsonPath);
  }
  const text = await readText(path);
  refuseStandIn(text.slice(0, 256), path);
  return makeTokenizer(parseVocabulary(text), { lowerCase, name: path });
}
