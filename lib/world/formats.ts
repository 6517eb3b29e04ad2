/** The files of the second edition, in the formats of the first. */
import { commonHan, dataFiles as filesOf, isGoldRecord, readRecords } from "../corpus/mod.ts";
import type { CorpusPassage } from "./corpus.ts";
import type { PassageRecord } from "./passages.ts";
import { relationNames } from "./relations.ts";

/** All files of `data/` by name. Renaming trains the common characters that no passage needs. */
export const dataFiles = (corpus: readonly CorpusPassage[]): Record<string, string> =>
  filesOf(corpus, { marks: ["“", "”"], han: commonHan() });

/** Reads `gold.json`; throws a TypeError that names the line for what is not a record. */
export const readGold = (text: string): (PassageRecord & { split: string })[] =>
  readRecords(
    text,
    (value): value is PassageRecord & { split: string } => isGoldRecord(value, relationNames),
  );
