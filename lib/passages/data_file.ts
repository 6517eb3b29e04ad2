/**
 * The one reader of data files: reads a file of any known format, takes what a command needs, and
 * reports what it found and what it left out.
 *
 * A row that cannot be used is left out with its place and the reason. More than a tenth of such
 * rows is an error, and so is a single one if the reader is strict. `data_rows.ts` detects the
 * format of the file, and `row_forms.ts` that of its rows.
 */
import { readDataRows } from "./data_rows.ts";
import { afterHan, say, type Text } from "../text/mod.ts";
import {
  contents,
  formatOf,
  HINTS,
  listed,
  NEEDED_WORDS,
  passagesIn,
  sharedTaskNote,
  unreadNote,
  whole,
} from "./data_file_words.ts";
import {
  type DataFile,
  type Fault,
  type FoundPassage,
  type FoundRow,
  isFault,
  type Needed,
} from "./found_row.ts";
import { readRow } from "./row_forms.ts";

export type { DataFile, Needed } from "./found_row.ts";

/** How to read a data file. */
export interface DataFileOptions {
  /** Whether a row that cannot be used refuses the file (default: no). */
  readonly strict?: boolean;
  /** Receives one line about what was found, and one about what was left out (default: none). */
  readonly tell?: (line: string) => void;
}

/**
 * Reads the rows of a data file.
 *
 * @throws {Error} If the file cannot be read or its format cannot be told.
 */
export async function readDataFile(path: string): Promise<DataFile> {
  const { container, rows } = await readDataRows(path);
  return { path, container, rows: rows.map((row) => "unit" in row ? row : readRow(row)) };
}

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
  const fault = ({ en, zh }: Text): Fault => ({
    unit: "row",
    sentence: () => say({ en: `${row.place()} ${en}`, zh: `${row.place()}${zh}` }),
  });
  if (needed === "ranked lists") {
    return row.lacksList ?? fault({ en: "has no ranked answers", zh: "没有排好序的回答" });
  }
  const isRanked = row.lacksList !== undefined || row.passages.some(has["ranked lists"]);
  const ranked = {
    en: "has ranked answers, and a question is needed",
    zh: "是排好序的回答，而需要的是问题",
  };
  return isRanked ? fault(ranked) : row.lacksQuestion;
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

/** How many rows, or questions of rows, cannot be used. */
interface Share {
  readonly words: string;
  /** Whether they are more than a tenth. A single question of a row is never too many. */
  readonly isTooMany: boolean;
}

const ROWS = { en: "rows", zh: "行" };
const QUESTIONS = { en: "questions", zh: "个问题" };

function shares(file: DataFile, { passages, faults }: Taken): Share[] {
  const count = (unit: Fault["unit"]) => faults.filter((fault) => fault.unit === unit).length;
  const questions = passages.reduce((sum, passage) => sum + passage.questions.length, 0);
  const [rows, asked] = [count("row"), count("question")];
  return [
    { found: rows, of: file.rows.length, unit: ROWS, allowed: 0 },
    { found: asked, of: questions + asked, unit: QUESTIONS, allowed: 1 },
  ].flatMap(({ found, of, unit, allowed }) =>
    found === 0 ? [] : [{
      words: say({
        en: `${whole(found)} of ${whole(of)} ${unit.en}`,
        zh: `${whole(of)} ${unit.zh}中的 ${whole(found)} ${unit.zh[0]}`,
      }),
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
  if (passages.length === 0) throw new RangeError(say(nothingFound(file, needed, faults[0])));
  const left = shares(file, taken);
  const words = left.map((share) => share.words).join(say({ en: " and ", zh: "、" }));
  const limit = left.some(({ isTooMany }) => isTooMany)
    ? TOO_MANY
    : strict && left.length > 0
    ? NONE_ALLOWED
    : undefined;
  if (limit !== undefined) {
    throw new RangeError(say({
      en: `Cannot use ${path}: ${words} cannot be used, ${limit.en}: ${listed(faults)}`,
      zh: `不能使用 ${path}：${words}不可用，${limit.zh}：${listed(faults)}`,
    }));
  }
  const { texts, note } = withTasks(passages);
  const [format, found] = [formatOf(file), contents(texts) + note + unreadNote(file)];
  tell(say({ en: `${path}: ${format}, ${found}`, zh: `${path}：${format}，${found}` }));
  if (left.length > 0) {
    tell(say({
      en: `${path}: left out ${words}: ${listed(faults)}`,
      zh: `${path}：略去了${words}：${listed(faults)}`,
    }));
  }
  if (skipped > 0) tell(skippedNote(path, skipped, needed));
  return texts;
}

const TOO_MANY = { en: "more than a tenth", zh: "超过十分之一" };
const NONE_ALLOWED = { en: "and --strict allows none", zh: "而 --strict 不允许有这样的行" };

/** The error for a file without anything of the kind that is needed. */
function nothingFound(file: DataFile, needed: Needed, first: Fault | undefined): Text {
  const [format, words] = [formatOf(file), NEEDED_WORDS[needed]];
  const [en, zh] = first === undefined
    ? ["", ""]
    : [`; ${first.sentence()}`, `；${first.sentence()}`];
  return {
    en: `Cannot use ${file.path}: it holds no ${words.en} (it is ${format}${en}). ` +
      HINTS[needed].en,
    zh: `不能使用 ${file.path}：其中没有${words.zh}（它是${afterHan(format)}${zh}）。${
      HINTS[needed].zh
    }`,
  };
}

const skippedNote = (path: string, skipped: number, needed: Needed): string =>
  say({
    en: `${path}: skipped ${passagesIn(skipped)} without ${NEEDED_WORDS[needed].en}`,
    zh: `${path}：跳过了没有${NEEDED_WORDS[needed].zh}的 ${passagesIn(skipped)}`,
  });

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
    return { texts: [...passages], note: sharedTaskNote(shared.slice(0, 40)) };
  }
  const texts = passages.map((passage) =>
    passage.task === undefined
      ? passage
      : { ...passage, content: `${passage.task}\n${passage.content}` }
  );
  return { texts, note: "" };
}
