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
import { say } from "../text/mod.ts";
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { type AddedToken, specialToken } from "./added_tokens.ts";

/** Text to ids and back. Ids are places in `vocabulary`, from 0. */
export interface Tokenizer {
  /** The number of entries of the vocabulary, tokens that were added to it included. */
  vocabSize: number;
  /** [PAD] */
  padId: number;
  /** [UNK], for a word that the vocabulary cannot spell. */
  unkId: number;
  /** [CLS], which begins a sequence. */
  clsId: number;
  /** [SEP], which ends a prompt. */
  sepId: number;
  /** The token that ends an answer: [SEP], unless the model's folder declares another one. */
  endId: number;
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
  /** The tokens by id. An id that no token has is an empty text. */
  vocabulary: readonly string[];
  /** The tokens that a text is split at; those of BERT too. */
  added: readonly AddedToken[];
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

function makeLibraryTokenizer(
  vocabulary: readonly string[],
  { lowerCase, added }: { lowerCase: boolean; added: readonly AddedToken[] },
) {
  const vocab = Object.fromEntries(vocabulary.map((token, id) => [token, id]));
  return new HuggingFaceTokenizer({
    added_tokens: added.map((token) => ({
      ...token,
      id: vocab[token.content],
      single_word: false,
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

/** Properties of a tokenizer besides its vocabulary. */
export interface TokenizerOptions {
  /** Whether texts are lower-cased and stripped of accents (default: yes). */
  readonly lowerCase?: boolean;
  /** What to call the vocabulary in errors. */
  readonly name?: string;
  /** The tokens that texts are split at (default: BERT's special tokens). */
  readonly added?: readonly AddedToken[];
  /** The token that ends an answer (default: [SEP]). */
  readonly endToken?: string;
  /**
   * Rows of the model's embedding (default: the vocabulary's size). Ids from the vocabulary's end
   * up to this number are padding and decode to nothing.
   */
  readonly rows?: number;
}

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
  { lowerCase = true, name = "the vocabulary", endToken = "[SEP]", ...options }: TokenizerOptions =
    {},
): Tokenizer {
  const ids = new Map(vocabulary.map((token, id) => [token, id]));
  const { rows = vocabulary.length } = options;
  const { added = SPECIAL.filter((token) => ids.has(token)).map(specialToken) } = options;
  const idOf = (token: string) => {
    const id = ids.get(token);
    if (id === undefined) {
      throw new RangeError(say({
        en: `Cannot find the token "${token}": it is not in ${name}`,
        zh: `找不到词元“${token}”：它不在 ${name} 中`,
      }));
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
  const library = makeLibraryTokenizer(vocabulary, { lowerCase, added });
  const omitted = new Set(added.filter(({ special }) => special).map(({ content }) => content));
  omitted.add(endToken);
  const isPadding = (id: number) => id >= vocabulary.length && id < rows;
  return {
    vocabSize: vocabulary.length,
    padId,
    unkId,
    clsId,
    sepId,
    endId: idOf(endToken),
    encode: (text) => library.encode(agreeWithBert(text, lowerCase)).ids,
    decode: (row) =>
      joinTokens(
        Array.from(row).filter((id) => !isPadding(id)).map(tokenOf)
          .filter((token) => !omitted.has(token)),
      ),
    tokenOf,
    idOf,
    vocabulary,
    added,
    lowerCase,
  };
}
