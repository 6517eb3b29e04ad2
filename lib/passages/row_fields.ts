/**
 * The keys under which a row of a data file has its texts, and access to them with faults that say
 * what is wrong.
 *
 * Keys are compared without regard to case, and `-` and spaces count as `_`, so that the column
 * "Context Text" of a table is `context_text`.
 */
import { describeJson, isRecord, type JsonRecord } from "../files/mod.ts";
import { say, type Text } from "../text/mod.ts";

/** Keys and numbers that lead to a part of a row. */
export type Keys = readonly (string | number)[];

/** Keys of a passage, in the order of preference. */
export const PASSAGE = [
  "content",
  "context",
  "context_text",
  "passage",
  "paragraph",
  "article",
  "document",
  "text",
  "review",
  "sentence",
  "内容",
  "正文",
  "文章",
  "段落",
  "文本",
] as const;

/** Keys of a question about a passage. */
export const QUESTION = ["query", "question", "query_text", "questions", "问题"] as const;

/** Keys of a text that is to be answered. */
export const PROMPT = ["prompt", "instruction", "input", "question", "query"] as const;

/** Keys of the answer to such a text. */
export const RESPONSE = ["completion", "response", "output", "answer", "target"] as const;

/** Keys of a list of answers, best first. */
export const RANKED = ["answers", "responses", "outputs", "completions", "candidates"] as const;

/** Keys of the messages of a conversation. */
export const MESSAGES = ["messages", "conversations", "conversation"] as const;

/** Keys of the better answer of a preference pair. */
export const CHOSEN = ["chosen", "chosen_response", "preferred", "accepted", "better"] as const;
/** Keys of its worse answer. */
export const REJECTED = ["rejected", "rejected_response", "dispreferred", "worse"] as const;

const normal = (key: string): string => key.trim().toLowerCase().replaceAll(/[\s-]+/g, "_");

const KNOWN = new Set<string>([
  ...[PASSAGE, QUESTION, PROMPT, RESPONSE, RANKED, MESSAGES, CHOSEN, REJECTED].flat(),
  ...["qas", "paragraphs"],
]);

/** Whether a key or a column has a meaning in a data file. */
export const isKnownKey = (key: string): boolean => KNOWN.has(normal(key));

/** Why a row, or a part of it, cannot be used. The message lacks its subject. */
export class Unusable extends Error {
  /** The part that cannot be used; no keys: the row itself. */
  readonly keys: Keys;

  /** `predicate` lacks its subject: `has no text "content"`. */
  constructor(predicate: Text, keys: Keys = []) {
    super(say(predicate));
    this.keys = keys;
  }
}

/** The value that `read` returns, or the reason why there is none. */
export type Attempt<T> =
  | { readonly value: T; readonly reason?: undefined }
  | { readonly value?: undefined; readonly reason: Unusable };

/** Runs `read`, and catches the reason why a part cannot be used. */
export function attempt<T>(read: () => T): Attempt<T> {
  try {
    return { value: read() };
  } catch (cause) {
    if (cause instanceof Unusable) return { reason: cause };
    throw cause;
  }
}

/** A key of a row as it is written there, with its value. */
export interface Field {
  /** The key. */
  readonly key: string;
  /** The value, which is not null. */
  readonly value: unknown;
}

/** Finds the fields of a row under any of the given keys. */
export interface Fields {
  /** The first of the keys that the row has; undefined if it has none with a value. */
  find(...keys: readonly string[]): Field | undefined;
  /** The keys of the row in words, for a sentence: `its keys: "id", "label"`. */
  readonly words: string;
}

const keyWords = (record: JsonRecord): string =>
  Object.entries(record).map(([key, value]) => `"${key}"${value === null ? " (null)" : ""}`)
    .join(say({ en: ", ", zh: "、" })) || say({ en: "none", zh: "无" });

/** The fields of an object. */
export function fieldsOf(record: JsonRecord): Fields {
  const byKey = new Map(Object.keys(record).map((key) => [normal(key), key]));
  return {
    find(...keys) {
      for (const key of keys.map((name) => byKey.get(name))) {
        const value = key === undefined ? undefined : record[key];
        if (key !== undefined && value !== undefined && value !== null) return { key, value };
      }
      return undefined;
    },
    words: say({ en: `its keys: ${keyWords(record)}`, zh: `已有的键：${keyWords(record)}` }),
  };
}

/** A key whose value is of another kind than `wanted`. */
const wrongKind = (key: string, value: unknown, wanted: Text): Text => ({
  en: `has ${describeJson(value)} as "${key}", and ${wanted.en} is expected`,
  zh: `的“${key}”是${describeJson(value)}，应为${wanted.zh}`,
});

/** A row that lacks something; its keys are listed. */
export const lacks = ({ en, zh }: Text, { words }: Fields): Text => ({
  en: `has no ${en} (${words})`,
  zh: `没有${zh}（${words}）`,
});

/** A part of a row that is of another kind than `wanted`. */
export const notA = (value: unknown, wanted: Text): Text => ({
  en: `is ${describeJson(value)}, and ${wanted.en} is expected`,
  zh: `是${describeJson(value)}，应为${wanted.zh}`,
});

/**
 * The text of a field, which is not blank unless it may be.
 *
 * @throws {Unusable} If it is no text, or it is blank.
 */
export function filled({ key, value }: Field, keys: Keys = [], mayBeBlank = false): string {
  if (typeof value !== "string") {
    throw new Unusable(wrongKind(key, value, { en: "text", zh: "文本" }), keys);
  }
  if (!mayBeBlank && value.trim() === "") {
    throw new Unusable({ en: `has an empty "${key}"`, zh: `的“${key}”是空的` }, keys);
  }
  return value;
}

/** Whether a field is there and is not a blank text. */
export const isFilled = (field: Field | undefined): field is Field =>
  field !== undefined && !(typeof field.value === "string" && field.value.trim() === "");

/** The texts of accepted answers: a text, a list of texts or of objects with `text`, or SQuAD's. */
export function answersOf(field: Field | undefined, keys: Keys): string[] {
  if (field === undefined) return [];
  const { key, value } = field;
  if (typeof value === "string") return [value];
  const listed = isRecord(value) ? value.text : value;
  if (!Array.isArray(listed)) {
    throw new Unusable(wrongKind(key, value, { en: "a list", zh: "列表" }), keys);
  }
  return listed.map((answer, index) => {
    const text = isRecord(answer) ? answer.text : answer;
    return filled({ key: "text", value: text }, [...keys, key, index], true);
  });
}
