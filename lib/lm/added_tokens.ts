/**
 * Tokens that a text is split at before WordPiece: BERT's special tokens, and those that a model's
 * author added or declared. A tokenizer's files name them in up to five places, and this file
 * merges these places into one list.
 *
 * Source: transformers' PreTrainedTokenizerBase (the names of the fields, and the id of a token
 * that only its name declares) and Hugging Face tokenizers' AddedToken (the flags).
 */
import { isRecord, type JsonRecord } from "../files/mod.ts";
import { requireUsable, shown } from "./expect_fields.ts";

/** A token that a text is split at. */
export interface AddedToken {
  /** Its text. */
  readonly content: string;
  /** Whether decoding omits it. */
  readonly special: boolean;
  /** Whether it is searched in the lower-cased text instead of the text as it is. */
  readonly normalized: boolean;
  /** Whether it takes the spaces before it. */
  readonly lstrip: boolean;
  /** Whether it takes the spaces after it. */
  readonly rstrip: boolean;
}

/** A special token without options. */
export const specialToken = (content: string): AddedToken => ({
  content,
  special: true,
  normalized: false,
  lstrip: false,
  rstrip: false,
});

/** A token with its place in the vocabulary; undefined: after all others. */
interface Declared {
  readonly token: AddedToken;
  readonly id: number | undefined;
  /** The file that declares it, for errors. */
  readonly path: string;
}

/** The files of a tokenizer that declare tokens. Absent ones are empty. */
export interface TokenFiles {
  /** The path and the content of `tokenizer.json`. */
  readonly tokenizer: readonly [path: string, content: JsonRecord];
  /** The same of `tokenizer_config.json`. */
  readonly config: readonly [path: string, content: JsonRecord];
  /** The same of `special_tokens_map.json`. */
  readonly map: readonly [path: string, content: JsonRecord];
  /** The same of `added_tokens.json`. */
  readonly added: readonly [path: string, content: JsonRecord];
}

/** Fields with a name for one token, in the order in which transformers gives new ids. */
const NAMES = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
];
/** Fields with a list of tokens, or an object of names and tokens. */
const LISTS = [
  "additional_special_tokens",
  "extra_special_tokens",
  "model_specific_special_tokens",
];

/** The text of a token, which may be written as text or as an object with `content`. */
export const contentOf = (value: unknown): unknown => isRecord(value) ? value.content : value;

function parseToken(value: JsonRecord, path: string): AddedToken {
  const { content, special = false, normalized = special !== true } = value;
  const text = {
    en: `an added token has the text ${shown(content)}, and some text is expected`,
    zh: `有一个附加词元的文本是 ${shown(content)}，应为非空的文本`,
  };
  requireUsable(typeof content === "string" && content !== "", path, text, TypeError);
  const reason = {
    en: `"${content}" has single_word true, and only false is supported`,
    zh: `“${content}”的 single_word 是 true，只支持 false`,
  };
  requireUsable(value.single_word !== true, path, reason);
  return {
    content,
    special: special === true,
    normalized: normalized === true,
    lstrip: value.lstrip === true,
    rstrip: value.rstrip === true,
  };
}

/** The tokens with an id in `tokenizer.json` and in `added_tokens_decoder`. */
function describedTokens({ tokenizer, config }: TokenFiles): Declared[] {
  const declare = (value: unknown, id: unknown, path: string): Declared => {
    const token = shown(contentOf(value));
    const reason = {
      en: `it adds ${token} as id ${shown(id)}, and a whole number from 0 on is expected`,
      zh: `它把 ${token} 加为编号 ${shown(id)}，而编号应为不小于 0 的整数`,
    };
    const isId = typeof id === "number" && Number.isSafeInteger(id) && id >= 0;
    requireUsable(isId, path, reason, TypeError);
    return { token: parseToken(isRecord(value) ? value : {}, path), id, path };
  };
  const [jsonPath, { added_tokens: list }] = tokenizer;
  const [configPath, { added_tokens_decoder: decoder }] = config;
  return [
    ...(Array.isArray(list) ? list : []).map((value) =>
      declare(value, isRecord(value) ? value.id : undefined, jsonPath)
    ),
    ...Object.entries(isRecord(decoder) ? decoder : {}).map(([id, value]) =>
      declare(value, Number(id), configPath)
    ),
  ];
}

/** The tokens that only their names or lists declare. They are special. */
function namedTokens({ config, map }: TokenFiles): Declared[] {
  return [config, map].flatMap(([path, record]) => {
    const lists = LISTS.map((field) => record[field])
      .flatMap((list) => Array.isArray(list) || isRecord(list) ? Object.values(list) : []);
    const values = [...NAMES.map((field) => record[field]), ...lists];
    return values.filter((value) => contentOf(value) !== undefined && contentOf(value) !== null)
      .map((value): Declared => {
        const given: JsonRecord = isRecord(value) ? value : { content: value };
        const token = parseToken({ ...given, special: true }, path);
        return { token, id: undefined, path };
      });
  });
}

/** The tokens of `added_tokens.json`, which has ids and no options. */
function listedTokens({ added: [path, record] }: TokenFiles, special: ReadonlySet<string>) {
  return Object.entries(record).map(([content, id]): Declared => {
    const isId = typeof id === "number" && Number.isSafeInteger(id) && id >= 0;
    const reason = {
      en: `"${content}" has the id ${shown(id)}, and a whole number from 0 on is expected`,
      zh: `“${content}”的编号是 ${shown(id)}，应为不小于 0 的整数`,
    };
    requireUsable(isId, path, reason, TypeError);
    return { token: parseToken({ content, special: special.has(content) }, path), id, path };
  });
}

/** Most ids without a token: more would be a sign of a damaged file. */
export const MAX_HOLES = 1000;

/** Puts a token at its id, which is that of an entry, of a hole, or after the last entry. */
function place(entries: string[], { token: { content }, id, path }: Declared): void {
  const known = entries.lastIndexOf(content);
  const at = id ?? (known < 0 ? entries.length : known);
  const token = shown(content), end = entries.length - 1;
  const isNear = at < entries.length + MAX_HOLES;
  requireUsable(isNear, path, {
    en: `it adds ${token} as id ${at}, but the vocabulary ends at ${end}`,
    zh: `它把 ${token} 加为编号 ${at}，而词表只到 ${end}`,
  });
  while (entries.length <= at) entries.push("");
  const found = entries[at];
  requireUsable(found === content || found === "", path, {
    en: `it adds ${token} as id ${at}, which is ${shown(found)} in the vocabulary. ` +
      "Check that both files come from the same checkpoint.",
    zh: `它把 ${token} 加为编号 ${at}，而词表中这个编号是 ${shown(found)}。` +
      "请检查两个文件是否来自同一个检查点。",
  });
  entries[at] = content;
}

/** What `mergeAddedTokens` makes of a folder's files. */
export interface MergedTokens {
  /** The tokens by id, with the added ones. An id that no token has is an empty text. */
  readonly vocabulary: string[];
  /** All tokens that texts are split at. */
  readonly added: readonly AddedToken[];
  /** Declared tokens without an id that have no row in the model's embedding, and are ignored. */
  readonly ignored: readonly string[];
}

/**
 * Merges the tokens that a folder's files declare with the entries of its vocabulary.
 *
 * @param options.rows rows of the model's embedding, if they are known
 * @throws {Error} If two files give an id to different tokens, a token has no row, or an option is
 *   not supported.
 */
export function mergeAddedTokens(
  vocabulary: readonly string[],
  files: TokenFiles,
  { rows = Infinity }: { rows?: number | undefined } = {},
): MergedTokens {
  const named = namedTokens(files);
  const special = new Set(named.map(({ token }) => token.content));
  const withIds = [...describedTokens(files), ...listedTokens(files, special)];
  const entries = [...vocabulary];
  for (const one of withIds.toSorted((a, b) => (a.id ?? 0) - (b.id ?? 0))) {
    const { token: { content }, id = 0, path } = one;
    requireUsable(id < rows, path, {
      en: `it adds "${content}" as id ${id}, but the model's embedding has only ${rows} rows. ` +
        "Add them in Python: model.resize_token_embeddings(len(tokenizer))",
      zh: `它把“${content}”加为编号 ${id}，而模型的词嵌入只有 ${rows} 行。` +
        "请在 Python 中补上：model.resize_token_embeddings(len(tokenizer))",
    });
    place(entries, one);
  }
  const ignored = new Set<string>();
  for (const one of named) {
    const { content } = one.token;
    if (entries.includes(content) || entries.length < rows) place(entries, one);
    else ignored.add(content);
  }
  const added = new Map<string, AddedToken>();
  for (const { token } of [...withIds, ...named]) {
    if (ignored.has(token.content)) continue;
    const known = added.get(token.content) ?? token; // the first file has the options
    added.set(token.content, { ...known, special: known.special || special.has(token.content) });
  }
  return { vocabulary: entries, added: [...added.values()], ignored: [...ignored] };
}
