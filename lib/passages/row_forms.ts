/**
 * The forms that a row of a data file may have, and how each of them becomes passages.
 *
 *   text:          a passage
 *   content:       {"content", "query"}; `PASSAGE` and `QUESTION` list other names of the keys
 *   CMRC 2018:     {"context", "qas": [{"question", "answers": [{"text"}]}]} (squad-style), or
 *                  {"context_text", "qas": [{"query_text", "answers": [text]}]} (list format)
 *   alpaca:        {"instruction", "input", "output"}
 *   prompt:        {"prompt", "completion"}; `PROMPT` and `RESPONSE` list other names
 *   conversation:  {"messages": [{"role", "content"}]}, or the list alone
 *   pair, list:    see `ranked_rows.ts`
 *
 * The first form whose keys an object has is its form. Passages are identified by their text. Ids
 * (`id`, `content_id`) are not read, so they may repeat.
 *
 * Sources of the forms: Cui et al. 2019, "A Span-Extraction Dataset for Chinese Machine Reading
 * Comprehension" (CMRC); Taori et al. 2023 (alpaca); the data set pages of TRL and LLaMA-Factory.
 */
import { describeJson, isRecord } from "../files/mod.ts";
import { say, type Text } from "../text/mod.ts";
import { conversationOf, isMessage } from "./chat_rows.ts";
import type { DataRow, Fault, FoundRow } from "./found_row.ts";
import type { AskedQuestion } from "./passage_files.ts";
import {
  answerText,
  isRankedList,
  pairRow,
  promptOf,
  rankedField,
  rankedList,
  rankedObject,
  type RankedRow,
} from "./ranked_rows.ts";
import {
  answersOf,
  attempt,
  CHOSEN,
  type Field,
  type Fields,
  fieldsOf,
  filled,
  isFilled,
  lacks,
  MESSAGES,
  notA,
  PASSAGE,
  QUESTION,
  REJECTED,
  RESPONSE,
  Unusable,
} from "./row_fields.ts";

/** A form of objects: whether an object has it, and how it is read. */
interface Form {
  readonly fits: (fields: Fields) => boolean;
  readonly read: (fields: Fields, row: DataRow) => Read;
}

/** What a form makes of a row; `keys` are those that were read. */
type Read = Omit<FoundRow, "unread" | "faults" | "place"> & {
  readonly faults?: readonly Fault[];
};

const PASSAGE_WORD = { en: "passage", zh: "短文" };
const QUESTION_WORD = { en: "question", zh: "问题" };

const noList = (key: string): Text => ({ en: `has no list "${key}"`, zh: `没有列表“${key}”` });

/** The fault of a part of a row. */
const faultAt = (row: DataRow, unit: Fault["unit"], { message, keys }: Unusable): Fault => ({
  unit,
  sentence: () => say({ en: `${row.place(keys)} ${message}`, zh: `${row.place(keys)}${message}` }),
});

const titleOf = (fields: Fields, row: DataRow): string | undefined => {
  const title = fields.find("title")?.value ?? row.title;
  return typeof title === "string" && title.trim() !== "" ? title : undefined;
};

/** A passage with its question, or with a list of them. */
function flatRow(fields: Fields, row: DataRow): Read {
  const passage = fields.find(...PASSAGE);
  if (passage === undefined) throw new Unusable(lacks(PASSAGE_WORD, fields));
  const asked = fields.find(...QUESTION) ?? fields.find(...RESPONSE);
  const answers = fields.find("answers", "answer");
  const { value: questions = [], reason } = attempt(() => {
    if (asked === undefined) throw new Unusable(lacks(QUESTION_WORD, fields));
    return questionTexts(asked).map((text) => ({
      text,
      answers: answers === asked ? [] : answersOf(answers, []),
    }));
  });
  const title = titleOf(fields, row);
  const used = [passage, asked].flatMap((field) => field === undefined ? [] : [field.key]);
  return {
    form: used.join(", "),
    keys: [...used, "title", ...(answers === undefined ? [] : [answers.key])],
    passages: [{ content: filled(passage), title, questions, lists: [] }],
    lacksQuestion: reason && faultAt(row, "row", reason),
  };
}

/** One question, or a list of them. */
const questionTexts = ({ key, value }: Field): string[] =>
  Array.isArray(value)
    ? value.map((text, index) => filled({ key, value: text }, [key, index]))
    : [filled({ key, value })];

/** A passage with CMRC's list `qas`. */
function qasRow(fields: Fields, row: DataRow): Read {
  const [passage, qas] = [fields.find(...PASSAGE), fields.find("qas")];
  if (passage === undefined) {
    throw new Unusable(lacks({ en: 'text "context"', zh: "文本“context”" }, fields));
  }
  const content = filled(passage);
  const isList = Array.isArray(qas?.value);
  const read = (isList ? qas.value : []).map((qa, index) =>
    attempt(() => questionOf(qa, ["qas", index]))
  );
  const style = passage.key === "context_text" ? "list format" : "squad-style";
  return {
    form: `CMRC 2018 (${style})`,
    keys: Object.keys(isRecord(row.value) ? row.value : {}),
    passages: [{
      content,
      title: titleOf(fields, row),
      questions: read.flatMap(({ value }) => value === undefined ? [] : [value]),
      lists: [],
    }],
    lacksQuestion: isList ? undefined : faultAt(row, "row", new Unusable(noList("qas"))),
    faults: read.flatMap(({ reason }) =>
      reason === undefined ? [] : [faultAt(row, "question", reason)]
    ),
  };
}

function questionOf(qa: unknown, keys: (string | number)[]): AskedQuestion {
  if (!isRecord(qa)) throw new Unusable(notA(qa, { en: "an object", zh: "对象" }), keys);
  const fields = fieldsOf(qa);
  const question = fields.find(...QUESTION);
  if (question === undefined) {
    throw new Unusable(lacks({ en: 'text "question"', zh: "文本“question”" }, fields), keys);
  }
  const text = filled(question, keys);
  return { text, answers: answersOf(fields.find("answers", "answer"), keys) };
}

/** A conversation under a key. */
function chatRow(fields: Fields): Read {
  const messages = fields.find(...MESSAGES);
  if (!Array.isArray(messages?.value)) throw new Unusable(noList("messages"));
  const { key, value } = messages;
  const { passages } = conversationOf(value, [key]);
  return { form: "conversations", keys: [key], passages };
}

/** A text and its answer. */
function promptRow(fields: Fields, row: DataRow): Read {
  const { keys, ...prompt } = promptOf(fields);
  const label = fields.find("label")?.value;
  if (typeof label === "boolean") {
    throw new Unusable({
      en: `has a single answer with the label ${label}, ` +
        'and pairs with "chosen" and "rejected" are needed',
      zh: `只有一个带标签 ${label} 的回答，而需要的是“chosen”与“rejected”成对`,
    });
  }
  const response = RESPONSE.map((key) => fields.find(key)).find((field) =>
    field !== undefined && !keys.includes(field.key)
  );
  const { value: text, reason } = attempt(() => {
    if (response === undefined) throw new Unusable(lacks(QUESTION_WORD, fields));
    return filled({ key: response.key, value: answerText(response) });
  });
  const used = [...keys, ...(response === undefined ? [] : [response.key])];
  const questions = text === undefined ? [] : [{ text, answers: [] }];
  return {
    form: used.join(", "),
    keys: [...used, "instruction", "input"],
    passages: [{ ...prompt, questions, lists: [] }],
    lacksQuestion: reason && faultAt(row, "row", reason),
  };
}

const has = (...keys: readonly string[]) => (fields: Fields): boolean =>
  fields.find(...keys) !== undefined;

const rankedForm = (form: string, { passage, keys, reason }: RankedRow, row: DataRow): Read => ({
  form,
  keys: [...keys, "instruction", "input"],
  passages: [passage],
  lacksList: reason && faultAt(row, "row", reason),
});

/** The forms of objects; the first that fits is taken. */
const FORMS: readonly Form[] = [
  {
    fits: has(...CHOSEN, ...REJECTED),
    read: (fields, row) => rankedForm("preference pairs", pairRow(fields), row),
  },
  { fits: has("qas"), read: qasRow },
  { fits: has(...MESSAGES), read: chatRow },
  {
    fits: (fields) =>
      rankedField(fields) !== undefined &&
      !(has(...PASSAGE)(fields) && has(...QUESTION)(fields)),
    read(fields, row) {
      const list = rankedField(fields);
      if (list === undefined) {
        throw new Unusable({ en: "has no list of answers", zh: "没有回答的列表" });
      }
      return rankedForm("ranked lists", rankedObject(fields, list), row);
    },
  },
  { fits: (fields) => isFilled(fields.find("instruction")), read: promptRow },
  { fits: has(...PASSAGE), read: flatRow },
  { fits: has("prompt", "input"), read: promptRow },
  // A question with an answer and without a passage is a prompt. A question alone is not.
  {
    fits: (fields) => has("question", "query")(fields) && has(...RESPONSE)(fields),
    read: promptRow,
  },
];

function readList(list: readonly unknown[]): Read {
  if (list.every(isMessage)) {
    return { form: "conversations", keys: [], passages: conversationOf(list, []).passages };
  }
  if (isRankedList(list)) return { form: "ranked lists", keys: [], passages: [rankedList(list)] };
  throw new Unusable({
    en: "is a list, and neither of messages (role, content) nor of ranked answers (prompt, answer)",
    zh: "是列表，但既不是消息 (role, content)，也不是排好序的回答 (prompt, answer)",
  });
}

function read(row: DataRow): Read {
  const { value } = row;
  if (typeof value === "string") {
    if (value.trim() === "") throw new Unusable({ en: "is empty", zh: "是空的" });
    const passage = { content: value.trim(), title: row.title, questions: [], lists: [] };
    return {
      form: "texts",
      keys: [],
      passages: [passage],
      lacksQuestion: faultAt(row, "row", new Unusable({ en: "has no question", zh: "没有问题" })),
    };
  }
  if (Array.isArray(value)) return readList(value);
  if (!isRecord(value)) {
    const found = describeJson(value);
    throw new Unusable({ en: `is ${found}`, zh: `是${found}` });
  }
  const fields = fieldsOf(value);
  const form = FORMS.find(({ fits }) => fits(fields));
  if (form === undefined) throw new Unusable(lacks(PASSAGE_WORD, fields));
  return form.read(fields, row);
}

/** Whether an object has one of the forms. */
export const hasForm = (record: Parameters<typeof fieldsOf>[0]): boolean =>
  FORMS.some(({ fits }) => fits(fieldsOf(record)));

/** Interprets a row, or returns why it cannot be used. */
export function readRow(row: DataRow): FoundRow | Fault {
  const { value, reason } = attempt(() => read(row));
  if (reason !== undefined) return faultAt(row, "row", reason);
  const { faults = [], ...found } = value;
  const unread = isRecord(row.value)
    ? Object.keys(row.value).filter((key) => !found.keys.includes(key))
    : [];
  return { ...found, faults, unread, place: () => row.place() };
}
