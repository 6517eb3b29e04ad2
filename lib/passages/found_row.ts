/** What a row of a data file holds, whatever its form. */
import type { Keys } from "./row_fields.ts";
import type { AskedQuestion } from "./passage_files.ts";

/** One row of a data file before it is interpreted. */
export interface DataRow {
  /** A text, an object or a list. */
  readonly value: unknown;
  /** The title of the article that the row belongs to. */
  readonly title?: string | undefined;
  /**
   * The place of a part of the row, as the subject of a sentence: `line 7: data[0].qas[1]`, or
   * `line 7: it` for a row that has the line for itself.
   */
  place(keys?: Keys): string;
}

/** A row, or a question of a row, that cannot be used. */
export interface Fault {
  /** What cannot be used. */
  readonly unit: "row" | "question";
  /** The place and the reason, as a sentence. */
  sentence(): string;
}

/** Whether a row of a data file cannot be used. */
export const isFault = <T extends object>(row: T | Fault): row is Fault => "unit" in row;

/** The rows of a data file before they are interpreted. */
export interface DataRows {
  /** The kind of file in words. */
  readonly container: string;
  /** The rows in the order of the file; a fault stands where a row cannot even be parsed. */
  readonly rows: readonly (DataRow | Fault)[];
}

/** A passage with what its row has about it. */
export interface FoundPassage {
  /** The passage. */
  readonly content: string;
  /** The article's title; undefined where there is none. */
  readonly title?: string | undefined;
  /** The instruction or the system text that comes before the passage. */
  readonly task?: string | undefined;
  /** Questions about the passage. */
  readonly questions: readonly AskedQuestion[];
  /** Ranked lists of answers, best first. */
  readonly lists: readonly (readonly string[])[];
}

/** A row after it was interpreted. */
export interface FoundRow {
  /** The form of the row in words, such as `content, query` or `preference pairs`. */
  readonly form: string;
  /** The keys of an object that were read. */
  readonly keys: readonly string[];
  /** Its other keys. */
  readonly unread: readonly string[];
  /** Usually one; a conversation has one for each answer. */
  readonly passages: readonly FoundPassage[];
  /** Questions that cannot be used, and why; the rest of the row can. */
  readonly faults: readonly Fault[];
  /** Why the row has no question. Undefined where a passage without questions is in order. */
  readonly lacksQuestion?: Fault | undefined;
  /** Why the ranked list of the row cannot be used. */
  readonly lacksList?: Fault | undefined;
  /** The place of the row, as the subject of a sentence. */
  place(): string;
}

/** A data file after its rows were interpreted. */
export interface DataFile {
  /** The path as it was given. */
  readonly path: string;
  /** The kind of file, such as `JSON lines`. */
  readonly container: string;
  /** The rows and the faults in their place. */
  readonly rows: readonly (FoundRow | Fault)[];
}

/** What a command takes from a file. */
export type Needed = "passages" | "questions" | "ranked lists";
