/**
 * The files of `data/` as text: CMRC-2018 JSON and the tutorial's JSON lines, the gold records, the
 * vocabulary. Text in, text out: the script writes the files.
 */
import type { CorpusPassage, Split } from "./corpus.ts";
import type { PassageRecord } from "./passages.ts";
import { commonHan, isHan, piecesOf } from "../corpus/mod.ts";
import { relationNames } from "./relations.ts";

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
  "“",
  "”",
  "?",
  ".",
  ",",
  "-",
];

/**
 * CMRC-2018: every passage with all its clean questions and where the answers stand. `names`, which
 * CMRC does not have, lists both names of a passage with two.
 */
export function cmrcText(passages: readonly CorpusPassage[]): string {
  const data = passages.map(({ content_id, content, entity, second, questions }) => ({
    title: entity,
    names: second === undefined ? [entity] : [entity, second.entity],
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
export function queryLines(passages: readonly CorpusPassage[]): string {
  return lines(
    passages.flatMap(({ content, content_id, written }) =>
      written.map(({ text }) => ({ content, query: text, content_id }))
    ),
  );
}

/** JSON lines with the facts behind each passage, for the gold judge. */
export function goldLines(passages: readonly CorpusPassage[]): string {
  return lines(
    passages.map(({ content_id, split, kind, entity, content, facts, absent, second }) => (
      { content_id, split, kind, entity, content, facts, absent, second }
    )),
  );
}

/** Reads `gold.json`; throws a TypeError that names the line for what is not a record. */
export function readGold(text: string): (PassageRecord & { split: string })[] {
  const rows = text.split("\n").filter((line) => line.trim() !== "");
  return rows.map((row, i) => {
    const value = parsed(row);
    if (isGold(value)) return value;
    throw new TypeError(
      `Cannot read gold record on line ${i + 1}: content, entity, facts or absent is missing`,
    );
  });
}

function parsed(row: string): unknown {
  try {
    return JSON.parse(row);
  } catch {
    return undefined; // said as a broken record, with its line
  }
}

function isGold(value: unknown): value is PassageRecord & { split: string } {
  if (typeof value !== "object" || value === null) return false;
  const has = (key: string, type: string) =>
    key in value && typeof Reflect.get(value, key) === type;
  const texts = ["content_id", "split", "kind", "entity", "content"].every((key) =>
    has(key, "string")
  );
  if (!texts || !("facts" in value) || !("absent" in value)) return false;
  const { facts, absent } = value;
  return Array.isArray(facts) && Array.isArray(absent) &&
    facts.every((fact) => isRelation(fact?.relation)) && absent.every(isRelation);
}

function isRelation(value: unknown): boolean {
  return relationNames.some((name) => name === value);
}

function lines(rows: readonly unknown[]): string {
  return rows.map((row) => JSON.stringify(row)).join("\n") + "\n";
}

/**
 * `vocab.txt`: special tokens, marks, digits and letters (also as `##x`), then Han by frequency:
 * those of the corpus, and the other common ones, which renaming trains.
 */
export function vocabulary(passages: readonly CorpusPassage[]): string[] {
  const counts = new Map<string, number>();
  for (const { content, questions, written } of passages) {
    const texts = [
      content,
      ...questions.map(({ text }) => text),
      ...written.map(({ text }) => text),
    ];
    for (const piece of piecesOf(texts.join(""))) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  }
  for (const piece of commonHan()) counts.set(piece, counts.get(piece) ?? 0);
  const han = [...counts].filter(([piece]) => isHan(piece));
  han.sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const words = [..."0123456789", ..."abcdefghijklmnopqrstuvwxyz"];
  return [
    ...SPECIAL,
    ...PUNCTUATION,
    ...words,
    ...words.map((c) => `##${c}`),
    ...han.map(([piece]) => piece),
  ];
}

/** All files of `data/` by name. */
export function dataFiles(corpus: readonly CorpusPassage[]): Record<string, string> {
  const of = (...splits: Split[]) => corpus.filter(({ split }) => splits.includes(split));
  return {
    "cmrc_train.json": cmrcText(of("sft", "ppo")),
    "cmrc_dev.json": cmrcText(of("test")),
    "sft_train.json": queryLines(of("sft")),
    "ppo_train.json": queryLines(of("ppo")),
    "test.json": queryLines(of("test")),
    "gold.json": goldLines(of("ppo", "test")),
    "vocab.txt": vocabulary(corpus).join("\n") + "\n",
  };
}
