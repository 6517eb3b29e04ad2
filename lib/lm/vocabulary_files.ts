/**
 * The entries of a tokenizer's vocabulary, from `vocab.txt` or `tokenizer.json`, and what is said
 * of a folder that has neither.
 */
import { isRecord, joinPath, type JsonRecord, listFolder, resolvePath } from "../files/mod.ts";
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
  const notRecord = "model.vocab is not an object of tokens and ids";
  requireUsable(isRecord(vocab), path, notRecord, TypeError);
  const entries = Object.entries(vocab);
  const tokens: string[] = [];
  for (const [token, id] of entries.toSorted(([, a], [, b]) => Number(a) - Number(b))) {
    const reason = `${shown(token)} has the id ${shown(id)}, and the ids must be ` +
      `0 to ${entries.length - 1}, each of them once`;
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
const OTHER_KINDS: readonly (readonly [name: RegExp, kind: string])[] = [
  [/^(merges\.txt|vocab\.json|vocab\.bpe|encoder\.json)$/, "a byte-level BPE tokenizer"],
  [/\.(model|spm)$/, "a SentencePiece tokenizer"],
  [/\.tiktoken$/, "a tiktoken tokenizer"],
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
    const reason = `it has ${kind} (${found.join(", ")}), and only BERT's WordPiece tokenizer ` +
      "(vocab.txt or tokenizer.json) is supported";
    requireUsable(found.length === 0, place, reason);
  }
  const lists = names.filter((name) => /vocab.*\.txt$/i.test(name));
  const advice = lists.length === 1
    ? `it has ${lists[0]}; if that is the vocabulary, rename it: ` +
      `mv ${joinPath(place, lists[0])} ${joinPath(place, "vocab.txt")}`
    : "copy vocab.txt from the model that this one was trained from";
  throw new Error(
    `Cannot read ${joinPath(place, "vocab.txt")}: there is no such file, ` +
      `and no tokenizer.json; ${advice}`,
  );
}
