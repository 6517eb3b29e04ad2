/**
 * The tokenizer of a model folder: from `vocab.txt`, as the tutorial's folders have it, or from `tokenizer.json` where that is all.
 *
 * `tokenizer_config.json` and `special_tokens_map.json` are read for what they change; what is not supported is refused by name.
 *
 * Source: the defaults are those of transformers' BertTokenizer; `tokenizer.json` is the format of Hugging Face's tokenizers.
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
import { makeTokenizer, MAX_WORD, SPECIAL, type Tokenizer } from "./tokenizer.ts";

/** Fails unless a field has one of the values that are supported; a field that is missing has the first. */
function expectField(
  record: JsonRecord,
  field: string,
  supported: readonly unknown[],
  path: string,
): void {
  const value = record[field] ?? supported[0];
  if (!supported.includes(value)) {
    const found = JSON.stringify(value)?.slice(0, 60);
    const only = supported.map((one) => JSON.stringify(one)).join(" or ");
    throw new RangeError(`Cannot use ${path}: ${field} is ${found}, and only ${only} is supported`);
  }
}

/** Token names of both companion files; a token may be written as text or as an object with `content`. */
const TOKEN_FIELDS: readonly [field: string, token: string][] = [
  ["pad_token", "[PAD]"],
  ["unk_token", "[UNK]"],
  ["cls_token", "[CLS]"],
  ["sep_token", "[SEP]"],
  ["mask_token", "[MASK]"],
];

function checkTokenNames(record: JsonRecord, path: string): void {
  for (const [field, token] of TOKEN_FIELDS) {
    const value = record[field];
    expectField({ [field]: isRecord(value) ? value.content : value }, field, [token], path);
  }
}

/** The fields of `tokenizer_config.json` that change ids; gives whether texts are lower-cased. */
function parseTokenizerConfig(record: JsonRecord, path: string): boolean {
  expectField(record, "do_lower_case", [true, false], path);
  expectField(record, "do_basic_tokenize", [true], path);
  expectField(record, "tokenize_chinese_chars", [true], path);
  const lowerCase = record.do_lower_case !== false;
  expectField(record, "strip_accents", [lowerCase], path);
  const never = record.never_split;
  if (Array.isArray(never) && never.length > 0) {
    throw new RangeError(
      `Cannot use ${path}: never_split is ${
        JSON.stringify(never)
      }, and only an empty list is supported`,
    );
  }
  checkTokenNames(record, path);
  return lowerCase;
}

async function readOptional(path: string): Promise<JsonRecord> {
  return await fileExists(path) ? await readJsonRecord(path) : {};
}

/** The entries of a `vocab.txt`: one a line; the last line end closes the last entry. */
function parseVocabulary(text: string): string[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Entries in the order of their ids, which must be 0, 1, 2 ... */
function orderedVocabulary(vocab: unknown, path: string): string[] {
  if (!isRecord(vocab)) {
    throw new TypeError(`Cannot use ${path}: model.vocab is no object of tokens and ids`);
  }
  const entries = Object.entries(vocab);
  const tokens: string[] = [];
  for (const [token, id] of entries) {
    const isFree = typeof id === "number" && Number.isInteger(id) && id >= 0 &&
      id < entries.length &&
      !(id in tokens);
    if (!isFree) {
      const found = `the id ${JSON.stringify(id)} of ${JSON.stringify(token.slice(0, 60))}`;
      throw new RangeError(
        `Cannot use ${path}: ${found} is there twice or not one of 0 to ${entries.length - 1}`,
      );
    }
    tokens[id] = token;
  }
  return tokens;
}

/** Tokens added to the vocabulary must be BERT's special ones, under the ids that they have there. */
function checkAddedTokens(added: unknown, vocabulary: readonly string[], path: string): void {
  for (const token of Array.isArray(added) ? added : []) {
    const { id, content } = isRecord(token) ? token : {};
    const isKnown = typeof id === "number" && vocabulary[id] === content &&
      SPECIAL.some((one) => one === content);
    if (!isKnown) {
      const found = `${JSON.stringify(content)?.slice(0, 60)} as id ${JSON.stringify(id)}`;
      throw new RangeError(
        `Cannot use ${path}: it adds ${found}, and only ${
          SPECIAL.join(", ")
        } of its vocabulary may be added`,
      );
    }
  }
}

const recordOf = (value: unknown): JsonRecord => isRecord(value) ? value : {};

/** A `tokenizer.json` that does what BertTokenizer does. */
function parseTokenizerJson(record: JsonRecord, path: string): Tokenizer {
  const model = recordOf(record.model), normalizer = recordOf(record.normalizer);
  expectField({ "model.type": model.type }, "model.type", ["WordPiece"], path);
  expectField(model, "unk_token", ["[UNK]"], path);
  expectField(model, "continuing_subword_prefix", ["##"], path);
  expectField(model, "max_input_chars_per_word", [MAX_WORD], path);
  expectField({ "normalizer.type": normalizer.type ?? "none" }, "normalizer.type", [
    "BertNormalizer",
  ], path);
  expectField(normalizer, "clean_text", [true], path);
  expectField(normalizer, "handle_chinese_chars", [true], path);
  expectField(normalizer, "lowercase", [true, false], path);
  const lowerCase = normalizer.lowercase !== false;
  expectField(normalizer, "strip_accents", [lowerCase], path);
  const split = recordOf(record.pre_tokenizer).type ?? "none";
  expectField({ "pre_tokenizer.type": split }, "pre_tokenizer.type", ["BertPreTokenizer"], path);
  const vocabulary = orderedVocabulary(model.vocab, path);
  checkAddedTokens(record.added_tokens, vocabulary, path);
  return makeTokenizer(vocabulary, { lowerCase, name: path });
}

/**
 * The tokenizer of a model folder: `vocab.txt` with `tokenizer_config.json` if that is there, or else `tokenizer.json`.
 *
 * @throws {Error} A sentence that names the file: neither is there, a special token is missing, an option is not supported.
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
