/**
 * The one reader of data files: reads a file of any known format, takes what a command needs, and
 * reports what it found and what it left out.
 *
 * A row that cannot be used is left out with its place and the reason. More than a tenth of such
 * rows is an error, and so is a single one if the reader is strict. `data_rows.ts` detects the
 * format of the file, and `row_forms.ts` that of its rows.
 */
import { readDataRows } from "./data_rows.ts";
import type { Fault, FoundPassage, FoundRow } from "./found_row.ts";
import { readRow } from "./row_forms.ts";

/** How to read a data file. */
export interface DataFileOptions {
  /** Whether a row that cannot be used refuses the file (default: no). */
  readonly strict?: boolean;
  /** Receives one line about what was found, and one about what was left out (default: none). */
  readonly tell?: (line: string) => void;
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

const HINTS: Readonly<Record<Needed, string>> = {
  passages: 'Passages are read from "content", "context", "text", "prompt" or messages, ' +
    "from CMRC 2018 files, and from plain text with one passage per line.",
  questions: 'Questions are read from "content" and "query", CMRC 2018 files, ' +
    '"instruction", "input" and "output", "prompt" and "completion", or messages.',
  "ranked lists": 'Ranked answers are read from "prompt", "chosen" and "rejected", ' +
    'from lists of {"prompt", "answer"}, best first, or from "prompt" and "responses".',
};

/**
 * Reads the rows of a data file.
 *
 * @throws {Error} If the file cannot be read or its format cannot be told.
 */
export async function readDataFile(path: string): Promise<DataFile> {
  const { container, rows } = await readDataRows(path);
  return { path, container, rows: rows.map((row) => "unit" in row ? row : readRow(row)) };
}

const isFault = (row: FoundRow | Fault): row is Fault => "unit" in row;

/** Whether a file holds ranked lists. */
export const holdsLists = ({ rows }: DataFile): boolean =>
  rows.some((row) => !isFault(row) && row.passages.some(({ lists }) => lists.length > 0));

const has: Readonly<Record<Needed, (passage: FoundPassage) => boolean>> = {
  passages: () => true,
  questions: ({ questions }) => questions.length > 0,
  "ranked lists": ({ lists }) => lists.length > 0,
};

/** What is taken from a file, and what is not. */
interface Taken {
  readonly passages: readonly FoundPassage[];
  readonly faults: readonly Fault[];
  /** Passages that rightly lack what is needed, such as one whose `qas` is empty. */
  readonly skipped: number;
}

/** Why a row lacks what is needed; undefined for a passage that rightly has no question. */
function lacking(row: FoundRow, needed: Needed): Fault | undefined {
  const fault = (what: string): Fault => ({
    unit: "row",
    sentence: () => `${row.place()} ${what}`,
  });
  if (needed === "ranked lists") return row.lacksList ?? fault("has no ranked answers");
  const isRanked = row.lacksList !== undefined || row.passages.some(has["ranked lists"]);
  return isRanked ? fault("has ranked answers, and a question is needed") : row.lacksQuestion;
}

function take({ rows }: DataFile, needed: Needed): Taken {
  const each = rows.map((row): Taken => {
    if (isFault(row)) return { passages: [], faults: [row], skipped: 0 };
    const passages = row.passages.filter(has[needed]);
    const faults = needed === "questions" ? row.faults : [];
    const fault = passages.length === 0 ? lacking(row, needed) : undefined;
    if (fault !== undefined) return { passages, faults: [fault], skipped: 0 };
    const skipped = faults.length > 0 ? 0 : row.passages.length - passages.length;
    return { passages, faults, skipped };
  });
  return {
    passages: each.flatMap(({ passages }) => passages),
    faults: each.flatMap(({ faults }) => faults),
    skipped: each.reduce((sum, { skipped }) => sum + skipped, 0),
  };
}

const whole = (count: number): string => count.toLocaleString("en-US");

/** A count with its noun: `1 passage`, `2,019 questions`. */
const counted = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Faults listed in a message. */
const LISTED = 5;

function listed(faults: readonly Fault[]): string {
  const shown = faults.slice(0, LISTED).map((fault) => fault.sentence()).join("; ");
  return faults.length > LISTED ? `${shown}; and ${whole(faults.length - LISTED)} more` : shown;
}

/** How many rows, or questions of rows, cannot be used. */
interface Share {
  readonly words: string;
  /** Whether they are more than a tenth. A single question of a row is never too many. */
  readonly isTooMany: boolean;
}

function shares(file: DataFile, { passages, faults }: Taken): Share[] {
  const count = (unit: Fault["unit"]) => faults.filter((fault) => fault.unit === unit).length;
  const questions = passages.reduce((sum, passage) => sum + passage.questions.length, 0);
  const [rows, asked] = [count("row"), count("question")];
  return [
    { found: rows, of: file.rows.length, unit: "rows", allowed: 0 },
    { found: asked, of: questions + asked, unit: "questions", allowed: 1 },
  ].flatMap(({ found, of, unit, allowed }) =>
    found === 0 ? [] : [{
      words: `${whole(found)} of ${whole(of)} ${unit}`,
      isTooMany: found > Math.max(allowed, of / 10),
    }]
  );
}

/**
 * Takes from a file what a command needs, in the order of the file and with repetitions.
 *
 * @throws {RangeError} If there is nothing of the kind, or too many rows cannot be used. The
 * message has the first of them with line and reason.
 */
export function takeFrom(
  file: DataFile,
  needed: Needed,
  { strict = false, tell = () => {} }: DataFileOptions = {},
): FoundPassage[] {
  const taken = take(file, needed);
  const { passages, faults, skipped } = taken;
  const { path } = file;
  if (passages.length === 0) {
    const [first] = faults;
    const why = first === undefined ? "" : `; ${first.sentence()}`;
    const found = `it holds no ${needed} (it is ${formatOf(file)}${why})`;
    throw new RangeError(`Cannot use ${path}: ${found}. ${HINTS[needed]}`);
  }
  const left = shares(file, taken);
  const words = left.map((share) => share.words).join(" and ");
  const limit = left.some(({ isTooMany }) => isTooMany)
    ? "more than a tenth"
    : strict && left.length > 0
    ? "and --strict allows none"
    : undefined;
  if (limit !== undefined) {
    const found = `${words} cannot be used, ${limit}: ${listed(faults)}`;
    throw new RangeError(`Cannot use ${path}: ${found}`);
  }
  const { texts, note } = withTasks(passages);
  tell(`${path}: ${formatOf(file)}, ${contents(texts)}${note}${unreadNote(file)}`);
  if (left.length > 0) tell(`${path}: left out ${words}: ${listed(faults)}`);
  if (skipped > 0) tell(`${path}: skipped ${counted(skipped, "passage")} without ${needed}`);
  return texts;
}

/** The format of a file in words. */
function formatOf({ container, rows }: DataFile): string {
  const forms = Map.groupBy(
    rows.filter((row): row is FoundRow => !isFault(row)),
    ({ form }) => form,
  );
  const names = [...forms].toSorted(([, a], [, b]) => b.length - a.length).map(([name]) => name);
  const isPlain = names.length === 0 || container.startsWith("plain text");
  if (isPlain) return container;
  if (names.every((name) => name.startsWith("CMRC")) && container === "JSON") return names.join();
  return `${container} with ${names.join(" and ")}`;
}

/** The numbers of passages, questions and lists. */
function contents(passages: readonly FoundPassage[]): string {
  const different = new Set(passages.map(({ content }) => content)).size;
  const questions = passages.reduce((sum, passage) => sum + passage.questions.length, 0);
  const lists = passages.flatMap((passage) => passage.lists);
  const isBare = questions === 0 && lists.length === 0;
  const repeated = isBare && different < passages.length;
  return [
    repeated
      ? `${counted(passages.length, "passage")} (${whole(different)} different)`
      : counted(different, "passage"),
    ...(questions > 0 ? [counted(questions, "question")] : []),
    ...(lists.length > 0 ? [listCount(lists.map(({ length }) => length))] : []),
  ].join(", ");
}

function listCount(lengths: readonly number[]): string {
  const shortest = lengths.reduce((a, b) => Math.min(a, b));
  const longest = lengths.reduce((a, b) => Math.max(a, b));
  if (longest === 2) return counted(lengths.length, "pair");
  const range = shortest === longest ? `${longest}` : `${shortest} to ${longest}`;
  return `${counted(lengths.length, "ranked list")} of ${range} answers, best first`;
}

/**
 * Puts the instruction or system text of each passage before it. One that all passages share is
 * left out: it says nothing about a passage, and the passage needs the room.
 */
function withTasks(
  passages: readonly FoundPassage[],
): { texts: FoundPassage[]; note: string } {
  const tasks = [...new Set(passages.map(({ task }) => task))];
  const [shared] = tasks;
  if (tasks.length === 1 && shared !== undefined) {
    const text = JSON.stringify(shared.slice(0, 40));
    return { texts: [...passages], note: `; the instruction ${text} of all rows is left out` };
  }
  const texts = passages.map((passage) =>
    passage.task === undefined
      ? passage
      : { ...passage, content: `${passage.task}\n${passage.content}` }
  );
  return { texts, note: "" };
}

/** The keys that are read in no row. */
function unreadNote({ rows }: DataFile): string {
  const found = rows.filter((row): row is FoundRow => !isFault(row));
  const read = new Set(found.flatMap((row) => row.keys));
  const keys = [...new Set(found.flatMap(({ unread }) => unread))]
    .filter((key) => key !== "" && !read.has(key));
  return keys.length === 0 ? "" : `; not read: ${keys.slice(0, 8).join(", ")}`;
}
