/**
 * WordPiece as BERT has it: text to ids and back, from a vocabulary. (`tokenizer_files.ts` reads one from a model folder.)
 *
 * The splitting is `@huggingface/tokenizers`; this file gives it the configuration that transformers' BertTokenizer
 * stands for, and evens out the three places where the two differ (`agreeWithBert`). Nothing here knows a model.
 *
 * Source: Devlin et al. 2018, BERT; transformers' tokenization_bert.py is what the tests compare with.
 */
import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";

/** Text to ids and back. Ids are line numbers of `vocab.txt`, from 0. */
export interface Tokenizer {
  /** Lines of `vocab.txt`. */
  vocabSize: number;
  /** [PAD] */
  padId: number;
  /** [UNK], for what the vocabulary cannot spell. */
  unkId: number;
  /** [CLS], which begins a sequence. */
  clsId: number;
  /** [SEP], which also ends an answer. */
  sepId: number;
  /** Ids of a text, without [CLS] and [SEP] around it. Special tokens typed in the text are recognised. */
  encode(text: string): number[];
  /** Text of ids: special tokens dropped, pieces joined, a space only where two words would run together. */
  decode(ids: Iterable<number>): string;
  /** The token of an id. Throws a RangeError for an id outside the vocabulary. */
  tokenOf(id: number): string;
  /** The id of a token. Throws a RangeError for a token that is not in the vocabulary. */
  idOf(token: string): number;
  /** The lines of `vocab.txt`: what a model folder stores. */
  vocabulary: readonly string[];
  /** Whether texts are lower-cased and lose their accents first. */
  lowerCase: boolean;
}

const REQUIRED = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"];
/** Special tokens that a vocabulary may have; all but the last it must have. */
export const SPECIAL: readonly string[] = [...REQUIRED, "[MASK]"];
/** Characters; a longer word is [UNK], as in BERT. */
export const MAX_WORD = 100;

/** Han outside the basic plane: the library looks at UTF-16 halves and would not see them. */
const RARE_HAN = /[\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/gu;

/**
 * Changes a text so that the library splits it as BertTokenizer does:
 * rare Han stand alone; unassigned code points vanish as control characters do (so one takes their place);
 * a sigma becomes the same small letter wherever it stands in its word.
 */
function agreeWithBert(text: string, lowerCase: boolean): string {
  const cleaned = text.replace(RARE_HAN, " $& ").replace(/\p{Cn}/gu, "\u0001");
  return lowerCase ? cleaned.replaceAll("Σ", "σ") : cleaned;
}

function makeLibraryTokenizer(
  vocabulary: readonly string[],
  lowerCase: boolean,
): HuggingFaceTokenizer {
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
      strip_accents: null, // as lower-casing says
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

/** Joins tokens to text: `##` glues; a space stands only between two words of letters or digits. */
function joinTokens(tokens: readonly string[]): string {
  let text = "";
  for (const token of tokens) {
    if (token.startsWith("##") && token.length > 2) text += token.slice(2);
    else text += (isWordEnd(text) && isWordStart(token) ? " " : "") + token;
  }
  return text;
}

// Letters and digits of scripts that part words by spaces: what two neighbouring tokens cannot be without a space.
const WORD = String.raw`(?!\p{Script=Han})[\p{L}\p{N}]`;
const WORD_START = new RegExp(`^${WORD}`, "u");
const WORD_END = new RegExp(`${WORD}$`, "u");
const isWordStart = (text: string) => WORD_START.test(text);
const isWordEnd = (text: string) => WORD_END.test(text);

/**
 * A tokenizer of a vocabulary, one token an entry.
 *
 * @throws {RangeError} If a token that everything relies on ([PAD], [UNK], [CLS], [SEP]) is missing.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
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
