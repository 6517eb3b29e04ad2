/**
 * The tokenizer of a model folder: from `vocab.txt`, as in the tutorial's folders, or else from
 * `tokenizer.json`.
 *
 * `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` are read for the
 * tokens and options that they change. An option that is not supported is an error that names it,
 * and two files that contradict each other are refused.
 *
 * Source: the defaults are those of transformers' BertTokenizer; `tokenizer.json` is the format of
 * Hugging Face's tokenizers. `scripts/fixtures/tokenizer_folders.py` saves the folders that the
 * tests compare with.
 */
import {
  fileExists,
  joinPath,
  type JsonRecord,
  readJsonRecord,
  readText,
  refuseStandIn,
  resolvePath,
} from "../files/mod.ts";
import { say } from "../text/mod.ts";
import { contentOf, mergeAddedTokens, specialToken, type TokenFiles } from "./added_tokens.ts";
import { expectFields, requireUsable, shown, type Supported } from "./expect_fields.ts";
import type { Tell } from "./tell.ts";
import { makeTokenizer, SPECIAL, type Tokenizer } from "./tokenizer.ts";
import {
  parseTokenizerJson,
  parseVocabulary,
  refuseWithoutVocabulary,
} from "./vocabulary_files.ts";

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
  const names = Object.keys(TOKEN_NAMES).map((field) => [field, contentOf(record[field])]);
  expectFields(Object.fromEntries(names), path, TOKEN_NAMES);
}

/** The classes of transformers that split texts as BERT does, with any case of `Fast`. */
const BERT_CLASSES = /^(Bert|DistilBert|Electra)Tokenizer(Fast)?$/;
/** Classes that take whatever `tokenizer.json` contains. */
const GENERAL_CLASSES = /^(PreTrainedTokenizerFast|TokenizersBackend)$/;

/** Refuses a tokenizer of another kind by its class. */
function checkClass({ tokenizer_class: name }: JsonRecord, path: string): void {
  if (name === undefined || name === null) return;
  const isKnown = BERT_CLASSES.test(String(name)) || GENERAL_CLASSES.test(String(name));
  requireUsable(isKnown, path, {
    en: `tokenizer_class is ${shown(name)}, and only BERT's WordPiece tokenizer ` +
      "(BertTokenizer) is supported",
    zh: `tokenizer_class 是 ${shown(name)}，只支持 BERT 的 WordPiece 分词器 (BertTokenizer)`,
  });
}

/**
 * Checks the fields of `tokenizer_config.json` that change ids, and returns whether texts are
 * lower-cased.
 */
function parseTokenizerConfig(record: JsonRecord, path: string): boolean {
  const lowerCase = record.do_lower_case !== false;
  checkClass(record, path);
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

/** Where a folder's tokenizer is, and its companions. */
type Companions = TokenFiles & { readonly vocabularyPath: string };

async function readCompanions(folder: string): Promise<Companions> {
  const read = async (name: string): Promise<[string, JsonRecord]> => {
    const path = joinPath(folder, name);
    return [path, await readOptional(path)];
  };
  return {
    vocabularyPath: joinPath(folder, "vocab.txt"),
    tokenizer: await read("tokenizer.json"),
    config: await read("tokenizer_config.json"),
    map: await read("special_tokens_map.json"),
    added: await read("added_tokens.json"),
  };
}

/** Fails unless `vocab.txt` and `tokenizer.json` give every id to the same token. */
function checkSameVocabulary(
  lines: readonly string[],
  entries: readonly string[],
  { vocabularyPath: path, tokenizer: [jsonPath] }: Companions,
): void {
  const size = Math.max(lines.length, entries.length);
  for (let id = 0; id < size; id++) {
    const [line = "", entry = ""] = [lines[id], entries[id]];
    const isRepeated = entry === "" && entries.includes(line); // the last of equal lines counts
    requireUsable(line === entry || isRepeated, path, {
      en: `it has ${shown(line)} as id ${id}, but ${jsonPath} has ${shown(entry)}. ` +
        "Remove the file that does not belong to the model.",
      zh: `其中编号 ${id} 是 ${shown(line)}，而 ${jsonPath} 中是 ${shown(entry)}。` +
        "请删除不属于这个模型的文件。",
    });
  }
}

/** The entries of the vocabulary without added tokens, and whether texts are lower-cased. */
async function readVocabulary(companions: Companions, { folder, rows }: LoadedFolder) {
  const { vocabularyPath: path, tokenizer: [jsonPath, json], config: [configPath, config] } =
    companions;
  const given = parseTokenizerConfig(config, configPath);
  const hasLines = await fileExists(path), hasJson = await fileExists(jsonPath);
  if (!hasLines && !hasJson) return await refuseWithoutVocabulary(folder);
  const parsed = hasJson ? parseTokenizerJson(json, jsonPath) : undefined;
  if (parsed !== undefined && config.do_lower_case !== undefined) {
    requireUsable(given === parsed.lowerCase, configPath, {
      en: `do_lower_case is ${given}, but ${jsonPath} has lowercase ${parsed.lowerCase}`,
      zh: `do_lower_case 是 ${given}，而 ${jsonPath} 的 lowercase 是 ${parsed.lowerCase}`,
    });
  }
  const lowerCase = parsed?.lowerCase ?? given;
  if (!hasLines) return { vocabulary: parsed?.vocabulary ?? [], lowerCase, name: jsonPath };
  const text = await readText(path);
  refuseStandIn(text.slice(0, 256), path);
  const vocabulary = parseVocabulary(text, rows);
  if (parsed !== undefined) checkSameVocabulary(vocabulary, parsed.vocabulary, companions);
  return { vocabulary, lowerCase, name: path };
}

/** What ends an answer where nothing is declared. */
const SEPARATOR = "[SEP]";

/** A folder and the number of rows of its model's embedding. */
interface LoadedFolder {
  readonly folder: string;
  readonly rows: number;
}

/** What the reader of a model knows about its tokenizer. */
export interface LoadTokenizerOptions {
  /** Rows of the model's embedding (default: as many as there are tokens). */
  readonly rows?: number;
  /** Ids that the model's configuration declares as the end of a text. */
  readonly endIds?: readonly number[];
  /** Takes a sentence about what was found and is not used as it is. */
  readonly tell?: Tell;
}

/** The declared end of an answer: by id in the model's files, or by name in the tokenizer's. */
function endTokenOf(
  vocabulary: readonly string[],
  { config: [, config], map: [, map] }: Companions,
  endIds: readonly number[],
): string | undefined {
  const byId = endIds.map((id) => vocabulary[id]).find((token) => token); // 50256 is often left
  const name = contentOf(config.eos_token) ?? contentOf(map.eos_token);
  return byId ?? vocabulary.find((token) => token === name);
}

/**
 * Reads the tokenizer of a model folder: `vocab.txt` or `tokenizer.json`, with the tokens that its
 * companions add.
 *
 * @throws {Error} A sentence that names the file, if neither exists, a special token is missing,
 *   an option is not supported, or two files contradict each other.
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
export async function loadTokenizer(
  folder: string,
  { rows, endIds = [], tell = () => {} }: LoadTokenizerOptions = {},
): Promise<Tokenizer> {
  const companions = await readCompanions(folder);
  const { map: [mapPath, map], config: [, config] } = companions;
  checkTokenNames(map, mapPath);
  const read = await readVocabulary(companions, { folder, rows: rows ?? 0 });
  const { vocabulary, added, ignored } = mergeAddedTokens(read.vocabulary, companions, { rows });
  for (const token of ignored) {
    tell(say({
      en: `${resolvePath(folder)}: "${token}" is declared, ` +
        "but has no row in the embedding; ignored",
      zh: `${resolvePath(folder)}：声明了“${token}”，但词嵌入中没有它的行；已忽略`,
    }));
  }
  const isOpen = (token: string) => token === "[MASK]" && config.mask_token === null;
  const known = new Set(added.map(({ content }) => content));
  const standard = SPECIAL.filter((token) =>
    vocabulary.includes(token) && !known.has(token) && !isOpen(token)
  );
  const endToken = endTokenOf(vocabulary, companions, endIds);
  if (endToken !== undefined && endToken !== SEPARATOR) {
    tell(say({
      en: `${resolvePath(folder)}: answers end with "${endToken}", the declared end token`,
      zh: `${resolvePath(folder)}：回答以所声明的结束词元“${endToken}”结尾`,
    }));
  }
  return makeTokenizer(vocabulary, {
    lowerCase: read.lowerCase,
    name: read.name,
    added: [...standard.map(specialToken), ...added],
    ...(endToken === undefined ? {} : { endToken }),
    ...(rows === undefined ? {} : { rows }),
  });
}
