/**
 * The entries of a tokenizer's vocabulary, from `vocab.txt` or `tokenizer.json`, and what is said
 * of a folder that has neither.
 */
import {
  cannotRead,
  isRecord,
  joinPath,
  type JsonRecord,
  listFolder,
  resolvePath,
} from "../files/mod.ts";
import { type Text } from "../text/mod.ts";
import { MAX_HOLES } from "./added_tokens.ts";
import { expectFields, requireUsable, shown } from "./expect_fields.ts";
import { MAX_WORD } from "./tokenizer.ts";

/**
 * The entries of a `vocab.txt`, one on each line; the last line end closes the last entry. Blank
 * lines at the end count only where the model's embedding has rows for them.
 */
export function parseVocabulary(text: string, rows: number): string[] {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  if (lines.at(-1) === "") lines.pop();
  while (lines.at(-1) === "" && lines.length > rows) lines.pop();
  return lines;
}

/** Entries in the order of their ids. An id that no entry has is an empty text. */
function orderedVocabulary(vocab: unknown, path: string): string[] {
  const notRecord = {
    en: "model.vocab is not an object of tokens and ids",
    zh: "model.vocab 不是由词元和编号组成的对象",
  };
  requireUsable(isRecord(vocab), path, notRecord, TypeError);
  const entries = Object.entries(vocab);
  const tokens: string[] = [];
  for (const [token, id] of entries.toSorted(([, a], [, b]) => Number(a) - Number(b))) {
    const last = entries.length - 1;
    const reason = {
      en: `${shown(token)} has the id ${shown(id)}, and the ids must be ` +
        `0 to ${last}, each of them once`,
      zh: `${shown(token)} 的编号是 ${shown(id)}，而编号应为 0 到 ${last}，各出现一次`,
    };
    const isId = typeof id === "number" && Number.isSafeInteger(id);
    requireUsable(isId && id >= tokens.length, path, reason);
    requireUsable(id < entries.length + MAX_HOLES, path, reason);
    while (tokens.length < id) tokens.push("");
    tokens.push(token);
  }
  return tokens;
}

const recordOf = (value: unknown): JsonRecord => isRecord(value) ? value : {};

/** The vocabulary of a `tokenizer.json` that does what BertTokenizer does. */
export function parseTokenizerJson(record: JsonRecord, path: string) {
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
  return { vocabulary: orderedVocabulary(model.vocab, path), lowerCase };
}

/** The files of tokenizers of other kinds, by name, and what they are. */
const OTHER_KINDS: readonly (readonly [name: RegExp, kind: Text])[] = [
  [/^(merges\.txt|vocab\.json|vocab\.bpe|encoder\.json)$/, {
    en: "a byte-level BPE tokenizer",
    zh: "字节级 BPE 分词器",
  }],
  [/\.(model|spm)$/, { en: "a SentencePiece tokenizer", zh: " SentencePiece 分词器" }],
  [/\.tiktoken$/, { en: "a tiktoken tokenizer", zh: " tiktoken 分词器" }],
];

/**
 * Refuses a folder that has neither `vocab.txt` nor `tokenizer.json`.
 *
 * @throws {Error} With what the folder has, and what to do.
 */
export async function refuseWithoutVocabulary(folder: string): Promise<never> {
  const place = resolvePath(folder);
  const names = (await listFolder(folder)).map(({ name }) => name);
  for (const [pattern, kind] of OTHER_KINDS) {
    const found = names.filter((name) => pattern.test(name));
    requireUsable(found.length === 0, place, {
      en: `it has ${kind.en} (${found.join(", ")}), and only BERT's WordPiece tokenizer ` +
        "(vocab.txt or tokenizer.json) is supported",
      zh: `它用的是${kind.zh}（${found.join("、")}），而这里只支持 BERT 的 WordPiece 分词器` +
        "（vocab.txt 或 tokenizer.json）",
    });
  }
  const lists = names.filter((name) => /vocab.*\.txt$/i.test(name));
  const path = joinPath(place, "vocab.txt");
  const [list] = lists;
  const advice = lists.length === 1
    ? {
      en: `it has ${list}; if that is the vocabulary, rename it: mv ${
        joinPath(place, list)
      } ${path}`,
      zh: `其中有 ${list}；如果它就是词表，请改名：mv ${joinPath(place, list)} ${path}`,
    }
    : {
      en: "copy vocab.txt from the model that this one was trained from",
      zh: "请从训练时的初始模型复制 vocab.txt",
    };
  throw new Error(cannotRead(path, {
    en: `there is no such file, and no tokenizer.json; ${advice.en}`,
    zh: `没有这个文件，也没有 tokenizer.json；${advice.zh}`,
  }));
}
