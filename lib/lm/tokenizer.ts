/**
 * BERT's WordPiece tokenizer: text to ids and back, from a vocabulary. (`tokenizer_files.ts` reads
 * one from a model folder.)
 *
 * `@huggingface/tokenizers` splits the text. This file configures it as transformers'
 * BertTokenizer and corrects the three cases in which the two differ (`agreeWithBert`).
 *
 * Source: Devlin et al. 2018, BERT; transformers' tokenization_bert.py is what the tests compare
 * with.
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";

/** Text to ids and back. Ids are line numbers of `vocab.txt`, from 0. */
export interface Tokenizer {
  /** The number of lines in `vocab.txt`. */
  vocabSize: number;
  /** [PAD] */
  padId: number;
  /** [UNK], for a word that the vocabulary cannot spell. */
  unkId: number;
  /** [CLS], which begins a sequence. */
  clsId: number;
  /** [SEP], which also ends an answer. */
  sepId: number;
  /**
   * The ids of a text, without [CLS] and [SEP] around it. Special tokens in the text are
   * recognised.
   */
  encode(text: string): number[];
  /**
   * The text of ids, without special tokens and with its pieces joined; spaces separate only words
   * that would run together.
   */
  decode(ids: Iterable<number>): string;
  /** The token of an id. Throws a RangeError for an id outside the vocabulary. */
  tokenOf(id: number): string;
  /** The id of a token. Throws a RangeError for a token that is not in the vocabulary. */
  idOf(token: string): number;
  /** The lines of `vocab.txt`. */
  vocabulary: readonly string[];
  /** Whether a text is first lower-cased and stripped of its accents. */
  lowerCase: boolean;
}

const REQUIRED = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
/** Special tokens: a vocabulary must have all but the last. */
export const SPECIAL: readonly string[] = [...REQUIRED, "[MASK]"];
/** The most characters of a word; a longer one is [UNK], as in BERT. */
export const MAX_WORD = 100;

/**
 * Han characters outside the basic plane, which the library misses because it looks at UTF-16
 * halves.
 */
const RARE_HAN = /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

/**
 * Changes a text so that the library splits it as BertTokenizer does. Rare Han characters stand
 * alone. Unassigned code points become control characters, which the library removes. A sigma
 * becomes the same small letter anywhere in a word.
 */
function agreeWithBert(text: string, lowerCase: boolean): string {
  const cleaned = text.replace(RARE_HAN, " $& ").replace(/\p{Cn}/gu, "\u0001");
  return lowerCase ? cleaned.replaceAll("Σ", "σ") : cleaned;
}

function makeLibraryTokenizer(vocabulary: readonly string[], lowerCase: boolean) {
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  const special = SPECIAL.filter((token) => Object.hasOwn(vocab, token));
  return new HuggingFaceTokenizer({
    added_tokens: special.map((content) => ({
      id: vocab[content],
      content,
      special: true,
      normalized: false,
      single_word: false,
      lstrip: false,
      rstrip: false,
    })),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null, // only with `lowercase`
      lowercase: lowerCase,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    model: {
      type: "WordPiece",
      vocab,
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: MAX_WORD,
    },
    post_processor: null, // no [CLS] or [SEP] around the text
    decoder: null,
  }, {});
}

/**
 * Joins tokens to text: `##` continues a word, and a space separates two words of letters or
 * digits.
 */
function joinTokens(tokens: readonly string[]): string {
  let text = "";
  for (const token of tokens) {
    if (token.startsWith("##") && token.length > 2) text += token.slice(2);
    else text += (WORD_END.test(text) && WORD_START.test(token) ? " " : "") + token;
  }
  return text;
}

/** A letter or digit of a script that separates words by spaces. */
const WORD = String.raw`(?!\p{Script=Han})[\p{L}\p{N}]`;
const WORD_START = new RegExp(`^${WORD}`, "u");
const WORD_END = new RegExp(`${WORD}$`, "u");

/**
 * Creates a tokenizer from a vocabulary with one token in each entry.
 *
 * @throws {RangeError} If one of [PAD], [UNK], [CLS] and [SEP] is missing.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { makeTokenizer } from "ppo/lm/mod.ts";
 * const tokenizer = makeTokenizer(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "全", "长", "1", "##7", "公"]);
 * equal(tokenizer.encode("全长17公里").join(" "), "4 5 6 7 8 1");
 * equal(tokenizer.decode([2, 4, 5, 6, 7, 8, 3]), "全长17公");
 * ```
 */
export function makeTokenizer(
  vocabulary: readonly string[],
  { lowerCase = true, name = "the vocabulary" }: { lowerCase?: boolean; name?: string } = {},
): Tokenizer {
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const idOf = (token: string) => {
    const id = ids.get(token);
    if (id === undefined) {
      throw new RangeError(`Cannot find the token "${token}": it is not in ${name}`);
    }
    return id;
  };
  const tokenOf = (id: number) => {
    const token = vocabulary[id];
    if (token === undefined) {
      throw new RangeError(
        `Cannot find the token of id ${id}: ${name} has ids 0 to ${vocabulary.length - 1}`,
      );
    }
    return token;
  };
  const [padId = 0, unkId = 0, clsId = 0, sepId = 0] = REQUIRED.map(idOf);
  const library = makeLibraryTokenizer(vocabulary, lowerCase);
  const special = new Set(SPECIAL);
  return {
    vocabSize: vocabulary.length,
    padId,
    unkId,
    clsId,
    sepId,
    encode: (text) => library.encode(agreeWithBert(text, lowerCase)).ids,
    decode: (row) => joinTokens(Array.from(row, tokenOf).filter((token) => !special.has(token))),
    tokenOf,
    idOf,
    vocabulary,
    lowerCase,
  };
}
