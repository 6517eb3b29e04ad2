/** What a reader of data files reports about a file, in words. */
import { afterHan, say, type Text } from "../text/mod.ts";
import {
  type DataFile,
  type Fault,
  type FoundPassage,
  type FoundRow,
  isFault,
  type Needed,
} from "./found_row.ts";

/** Names of what a command takes from a file. */
export const NEEDED_WORDS: Readonly<Record<Needed, Text>> = {
  passages: { en: "passages", zh: "短文" },
  questions: { en: "questions", zh: "问题" },
  "ranked lists": { en: "ranked lists", zh: "排序列表" },
};

/** What each of them is read from. */
export const HINTS: Readonly<Record<Needed, Text>> = {
  passages: {
    en: 'Passages are read from "content", "context", "text", "prompt" or messages, ' +
      "from CMRC 2018 files, and from plain text with one passage per line.",
    zh: "短文可以来自 content、context、text、prompt 或对话消息，" +
      "也可以来自 CMRC 2018 文件，或每行一段短文的纯文本。",
  },
  questions: {
    en: 'Questions are read from "content" and "query", CMRC 2018 files, ' +
      '"instruction", "input" and "output", "prompt" and "completion", or messages.',
    zh: "问题可以来自 content 和 query，CMRC 2018 文件，" +
      "instruction、input 和 output，prompt 和 completion，或对话消息。",
  },
  "ranked lists": {
    en: 'Ranked answers are read from "prompt", "chosen" and "rejected", ' +
      'from lists of {"prompt", "answer"}, best first, or from "prompt" and "responses".',
    zh: "排好序的回答可以来自 prompt、chosen 和 rejected，" +
      "来自 {prompt, answer} 的列表（最好的在前），或来自 prompt 和 responses。",
  },
};

/** A number with separators between thousands. */
export const whole = (count: number): string => count.toLocaleString("en-US");

const counted = (count: number, noun: string): string =>
  `${whole(count)} ${noun}${count === 1 ? "" : "s"}`;

/** A count of passages: `1 passage`, `2,019 passages`. */
export const passagesIn = (count: number): string =>
  say({ en: counted(count, "passage"), zh: `${whole(count)} 段短文` });

/** Chinese for kinds of files and forms of rows; names of formats and keys stay as they are. */
const CHINESE: ReadonlyMap<string, string> = new Map(Object.entries({
  "an empty file": "空文件",
  "plain text with one passage per line": "纯文本，每行一段短文",
  "JSON lines": "JSON Lines",
  "texts": "文本",
  "conversations": "对话",
  "preference pairs": "偏好对",
  "ranked lists": "排序列表",
  "CMRC 2018 (list format)": "CMRC 2018（列表格式）",
  "CMRC 2018 (squad-style)": "CMRC 2018（SQuAD 格式）",
}));

const formatPhrase = (phrase: string): string =>
  say({ en: phrase, zh: CHINESE.get(phrase) ?? phrase });

/** The format of a file in words. */
export function formatOf({ container, rows }: DataFile): string {
  const forms = Map.groupBy(
    rows.filter((row): row is FoundRow => !isFault(row)),
    ({ form }) => form,
  );
  const names = [...forms].toSorted(([, a], [, b]) => b.length - a.length).map(([name]) => name);
  const isPlain = names.length === 0 || container.startsWith("plain text");
  if (isPlain) return formatPhrase(container);
  const shown = names.map(formatPhrase);
  const areArticles = names.every((name) => name.startsWith("CMRC")) && container === "JSON";
  if (areArticles) return shown.join();
  return say({
    en: `${container} with ${shown.join(" and ")}`,
    zh: `${formatPhrase(container)}，内容为${afterHan(shown.join(" 和 "))}`,
  });
}

/** The numbers of passages, questions and lists. */
export function contents(passages: readonly FoundPassage[]): string {
  const different = new Set(passages.map(({ content }) => content)).size;
  const questions = passages.reduce((sum, passage) => sum + passage.questions.length, 0);
  const lists = passages.flatMap((passage) => passage.lists);
  const isBare = questions === 0 && lists.length === 0;
  const repeated = isBare && different < passages.length;
  const [all, distinct] = [passagesIn(passages.length), whole(different)];
  return [
    repeated
      ? say({ en: `${all} (${distinct} different)`, zh: `${all}（其中不同的 ${distinct} 段）` })
      : passagesIn(different),
    ...(questions > 0 ? [questionsIn(questions)] : []),
    ...(lists.length > 0 ? [listCount(lists.map(({ length }) => length))] : []),
  ].join(say({ en: ", ", zh: "，" }));
}

const questionsIn = (count: number): string =>
  say({ en: counted(count, "question"), zh: `${whole(count)} 个问题` });

function listCount(lengths: readonly number[]): string {
  const shortest = lengths.reduce((a, b) => Math.min(a, b));
  const longest = lengths.reduce((a, b) => Math.max(a, b));
  const count = lengths.length;
  if (longest === 2) return say({ en: counted(count, "pair"), zh: `${whole(count)} 个偏好对` });
  const [en, zh] = shortest === longest
    ? [`${longest}`, `${longest}`]
    : [`${shortest} to ${longest}`, `${shortest} 到 ${longest}`];
  return say({
    en: `${counted(count, "ranked list")} of ${en} answers, best first`,
    zh: `${whole(count)} 个排序列表，每个 ${zh} 个回答，最好的在前`,
  });
}

/** Faults listed in a message. */
const LISTED = 5;

/** The first faults, and how many more there are. */
export function listed(faults: readonly Fault[]): string {
  const shown = faults.slice(0, LISTED).map((fault) => fault.sentence());
  const more = whole(faults.length - LISTED);
  const [en, zh] = faults.length > LISTED ? [`; and ${more} more`, `；还有 ${more} 处`] : ["", ""];
  return say({ en: shown.join("; ") + en, zh: shown.join("；") + zh });
}

/** The note about an instruction that all rows share. */
export const sharedTaskNote = (task: string): string =>
  say({
    en: `; the instruction ${JSON.stringify(task)} of all rows is left out`,
    zh: `；略去了各行共有的指令 ${JSON.stringify(task)}`,
  });

/** The keys that are read in no row. */
export function unreadNote({ rows }: DataFile): string {
  const found = rows.filter((row): row is FoundRow => !isFault(row));
  const read = new Set(found.flatMap((row) => row.keys));
  const keys = [...new Set(found.flatMap(({ unread }) => unread))]
    .filter((key) => key !== "" && !read.has(key));
  if (keys.length === 0) return "";
  const shown = keys.slice(0, 8);
  return say({ en: `; not read: ${shown.join(", ")}`, zh: `；没有读取：${shown.join("、")}` });
}
