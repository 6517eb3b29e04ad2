/**
 * The files of `data/` as text, for both editions: CMRC-2018 JSON and the tutorial's JSON lines,
 * the gold records, the vocabulary. Text in, text out: the script writes the files.
 */
import type { Split } from "./corpus.ts";
import type { PassageRecord } from "./passages.ts";
import { isHan, piecesOf } from "./pieces.ts";
import { relationNames } from "./relations.ts";

/** What the files hold of a passage. */
export interface FiledPassage {
  /** Unique in the corpus. */
  content_id: string;
  /** The passage itself. */
  content: string;
  /** What it is about. */
  entity: string;
  /** The second thing that it is about, if there is one. */
  second?: { entity: string };
  /** What kind of thing. */
  kind: string;
  /** Where the passage is used. */
  split: Split;
  /** What it states. */
  facts: readonly unknown[];
  /** What it leaves out. */
  absent: readonly unknown[];
  /** Its clean questions; the passage contains the answers. */
  questions: readonly { text: string; answer: string }[];
  /** Its questions in the training file. */
  written: readonly { text: string }[];
}

const SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
const PUNCTUATION = [
  "，",
  "。",
  "？",
  "、",
  "《",
  "》",
  "！",
  "：",
  "；",
  "（",
  "）",
  "·",
  "?",
  ".",
  ",",
  "-",
];

/**
 * CMRC-2018: every passage with all its clean questions and the places of the answers. A passage
 * about two things also has the key `names`, which CMRC does not have.
 */
function cmrcText(passages: readonly FiledPassage[]): string {
  const data = passages.map(({ content_id, content, entity, second, questions }) => ({
    title: entity,
    names: second && [entity, second.entity],
    paragraphs: [{
      id: content_id,
      context: content,
      qas: questions.map(({ text, answer }, i) => ({
        id: `${content_id}_query_${i}`,
        question: text,
        answers: [{ text: answer, answer_start: content.indexOf(answer) }],
      })),
    }],
  }));
  return `{"version":"v1.0","data":[\n${data.map((row) => JSON.stringify(row)).join(",\n")}\n]}\n`;
}

/** JSON lines `{content, query, content_id}`, a line a question; SFT lines carry their noise. */
function queryLines(passages: readonly FiledPassage[]): string {
  return lines(
    passages.flatMap(({ content, content_id, written }) =>
      written.map(({ text }) => ({ content, query: text, content_id }))
    ),
  );
}

/** JSON lines with the facts behind each passage, for the gold judge. */
function goldLines(passages: readonly FiledPassage[]): string {
  return lines(
    passages.map(({ content_id, split, kind, entity, content, facts, absent, second }) => (
      { content_id, split, kind, entity, content, facts, absent, second }
    )),
  );
}

/** Reads `gold.json`; throws a TypeError that names the line for what is not a record. */
export const readGold = (text: string): (PassageRecord & { split: string })[] =>
  readRecords(
    text,
    (value): value is PassageRecord & { split: string } => isGoldRecord(value, relationNames),
  );

/**
 * Reads gold records, one per line.
 *
 * @throws {TypeError} For a line that is no record, with its number.
 */
export function readRecords<R>(text: string, isRecord: (value: unknown) => value is R): R[] {
  const rows = text.split("\n").filter((line) => line.trim() !== "");
  return rows.map((row, i) => {
    const value = parsed(row);
    if (isRecord(value)) return value;
    throw new TypeError(
      `Cannot read gold record on line ${i + 1}: content, entity, facts or absent is missing`,
    );
  });
}

function parsed(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return undefined; // reported as a broken record, with its line
  }
}

/** Whether a value is a record whose facts have known relations. */
export function isGoldRecord(value: unknown, relations: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string, type: string) =>
    key in value && typeof Reflect.get(value, key) === type;
  const texts = ["content_id", "split", "kind", "entity", "content"].every((key) =>
    has(key, "string")
  );
  if (!texts || !("facts" in value) || !("absent" in value)) return false;
  const { facts, absent } = value;
  return Array.isArray(facts) && Array.isArray(absent) &&
    facts.every((fact) => relations.includes(fact?.relation)) &&
    absent.every((relation) => relations.includes(relation));
}

function lines(rows: readonly unknown[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n") + "\n";
}

/** What a vocabulary holds besides the pieces of the corpus. */
export interface VocabularyExtras {
  /** More punctuation marks. */
  marks?: readonly string[];
  /** More Han characters. */
  han?: readonly string[];
}

/**
 * `vocab.txt`: special tokens, marks, digits and letters (also as `##x`), then Han by frequency.
 */
export function vocabulary(
  passages: readonly FiledPassage[],
  { marks = [], han: more = [] }: VocabularyExtras = {},
): string[] {
  const counts = new Map<string, number>();
  for (const { content, questions, written } of passages) {
    const texts = [
      content,
      ...questions.map(({ text }) => text),
      ...written.map(({ text }) => text),
    ];
    for (const piece of piecesOf(texts.join(""))) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  for (const piece of more) counts.set(piece, counts.get(piece) ?? 0);
  const han = [...counts].filter(([piece]) => isHan(piece));
  han.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const words = [..."0123456789", ..."abcdefghijklmnopqrstuvwxyz"];
  return [
    ...SPECIAL,
    ...PUNCTUATION,
    ...marks,
    ...words,
    ...words.map((c) => `##${c}`),
    ...han.map(([piece]) => piece),
  ];
}

/** All files of `data/` by name. */
export function dataFiles(
  corpus: readonly FiledPassage[],
  extras?: VocabularyExtras,
): Record<string, string> {
  const of = (...splits: Split[]) => corpus.filter(({ split }) => splits.includes(split));
  return {
    "cmrc_train.json": cmrcText(of("sft", "ppo")),
    "cmrc_dev.json": cmrcText(of("test")),
    "sft_train.json": queryLines(of("sft")),
    "ppo_train.json": queryLines(of("ppo")),
    "test.json": queryLines(of("test")),
    "gold.json": goldLines(of("ppo", "test")),
    "vocab.txt": vocabulary(corpus, extras).join("\n") + "\n",
  };
}
