/**
 * Rows of the reward stage: preference pairs and ranked lists.
 *
 *   pair: {"prompt", "chosen", "rejected"}; the answers are texts or messages
 *   list: [{"prompt", "answer"}, ...] or {"prompt", "responses": [text, ...]}, best answer first
 */
import { isRecord } from "../files/mod.ts";
import { type Text } from "../text/mod.ts";
import { conversationOf, messageText } from "./chat_rows.ts";
import type { FoundPassage } from "./found_row.ts";
import {
  attempt,
  CHOSEN,
  type Field,
  type Fields,
  fieldsOf,
  filled,
  isFilled,
  type Keys,
  lacks,
  MESSAGES,
  notA,
  PASSAGE,
  PROMPT,
  RANKED,
  REJECTED,
  RESPONSE,
  Unusable,
} from "./row_fields.ts";

/**
 * Checks a list of answers, best first.
 *
 * @throws {Unusable} If there are fewer than two, or all of them are the same.
 */
function rankable(answers: readonly string[]): readonly string[] {
  if (answers.length < 2) {
    throw new Unusable({
      en: "has fewer than two answers to rank",
      zh: "可排序的回答不足两个",
    });
  }
  if (new Set(answers).size === 1) {
    throw new Unusable({ en: "has no two answers that differ", zh: "的回答全都相同" });
  }
  return answers;
}

/** The text that the answers of an object answer, and the instruction before it. */
export function promptOf(fields: Fields): Pick<FoundPassage, "content" | "task"> & {
  readonly keys: string[];
} {
  const [instruction, input] = [fields.find("instruction"), fields.find("input")];
  if (isFilled(instruction) && isFilled(input)) {
    const keys = [instruction.key, input.key];
    return { task: filled(instruction), content: filled(input), keys };
  }
  const field = [...PROMPT, ...PASSAGE, ...MESSAGES].map((key) => fields.find(key))
    .find(isFilled) ?? fields.find(...PROMPT, ...PASSAGE);
  if (field === undefined) throw new Unusable(lacks({ en: '"prompt"', zh: "“prompt”" }, fields));
  if (!Array.isArray(field.value)) return { content: filled(field), keys: [field.key] };
  return { ...conversationOf(field.value, [field.key]).whole, keys: [field.key] };
}

/** The text of an answer: a text, a message, or the last one of a list of messages. */
export function answerText({ key, value }: Field): string {
  if (isRecord(value)) return messageText(value, [key]).text;
  if (!Array.isArray(value)) return filled({ key, value }, [], true);
  if (value.length === 0) {
    throw new Unusable({ en: `has no messages in "${key}"`, zh: `的“${key}”中没有消息` });
  }
  return messageText(value[value.length - 1], [key, value.length - 1]).text;
}

/** A prompt and its ranked answers; `reason` says why the answers cannot be used. */
export interface RankedRow {
  /** The prompt, with its list where that can be used. */
  readonly passage: FoundPassage;
  /** The keys that were read. */
  readonly keys: readonly string[];
  /** Why there is no list. */
  readonly reason: Unusable | undefined;
}

function rankedRow(
  { keys, ...prompt }: ReturnType<typeof promptOf>,
  answers: () => readonly string[],
): RankedRow {
  const { value, reason } = attempt(() => rankable(answers()));
  const lists = value === undefined ? [] : [value];
  return { passage: { ...prompt, questions: [], lists }, keys, reason };
}

/** A preference pair as a ranked list of two. */
export function pairRow(fields: Fields): RankedRow {
  const [chosen, rejected] = [fields.find(...CHOSEN), fields.find(...REJECTED)];
  const before = Array.isArray(chosen?.value) && chosen.value.length > 1
    ? { ...conversationOf(chosen.value.slice(0, -1), [chosen.key]).whole, keys: [] }
    : promptOf(fields);
  const answers = [chosen, rejected].flatMap((field) => field === undefined ? [] : [field.key]);
  const keys = [...before.keys, ...answers];
  return rankedRow({ ...before, keys }, () => {
    if (chosen === undefined) throw new Unusable(lacks({ en: '"chosen"', zh: "“chosen”" }, fields));
    if (rejected === undefined) {
      throw new Unusable(lacks({ en: '"rejected"', zh: "“rejected”" }, fields));
    }
    return [answerText(chosen), answerText(rejected)];
  });
}

/** The list of answers of an object that also has a prompt. */
export function rankedField(fields: Fields): Field | undefined {
  if (fields.find("prompt", "instruction", "input") === undefined) return undefined;
  return [...RANKED, ...RESPONSE].map((key) => fields.find(key)).find((field) =>
    Array.isArray(field?.value) && field.value.every((answer) => typeof answer === "string")
  );
}

/**
 * Checks that ranks rise or scores fall along a list, where there are any, because the first answer
 * counts as the best.
 */
function requireBestFirst(list: readonly unknown[], key: "rank" | "score"): void {
  const sign = key === "rank" ? 1 : -1;
  const wrong = list.findIndex((value, index) =>
    typeof value === "number" && sign * value < sign * Number(list[index - 1])
  );
  if (wrong < 0) return;
  const [before, after] = [list[wrong - 1], list[wrong]];
  throw new Unusable({
    en: `has the ${key} ${after} after ${before}; the best answer must come first`,
    zh: `的 ${key} ${after} 排在 ${before} 之后；最好的回答应排在最前`,
  });
}

/** An object with a prompt and a list of answers, and perhaps a list of their ranks or scores. */
export function rankedObject(fields: Fields, { key, value }: Field): RankedRow {
  const prompt = promptOf(fields);
  const [ranks, scores] = [fields.find("ranks"), fields.find("scores")];
  return rankedRow({ ...prompt, keys: [...prompt.keys, key, "ranks", "scores"] }, () => {
    if (Array.isArray(ranks?.value)) requireBestFirst(ranks.value, "rank");
    if (Array.isArray(scores?.value)) requireBestFirst(scores.value, "score");
    return Array.isArray(value)
      ? value.map((answer, index) => filled({ key, value: answer }, [key, index], true))
      : [];
  });
}

/** Whether a list is a ranked list: objects with a prompt and an answer. */
export const isRankedList = (list: readonly unknown[]): boolean =>
  list.some((item) => isRecord(item) && "prompt" in item && answerOf(fieldsOf(item)) !== undefined);

const answerOf = (fields: Fields): Field | undefined => fields.find("answer", ...RESPONSE);

/** Whether all objects of a list have the same prompt, so that the list is one row. */
export const hasOnePrompt = (list: readonly unknown[]): boolean =>
  new Set(list.map((item) => isRecord(item) ? item.prompt : item)).size === 1;

const noText = (key: string): Text => ({ en: `has no text "${key}"`, zh: `没有文本“${key}”` });

/** The tutorial's ranked list: objects with the same prompt. */
export function rankedList(list: readonly unknown[]): FoundPassage {
  const items = list.map((item, rank) => {
    const keys: Keys = [rank];
    if (!isRecord(item)) {
      throw new Unusable(notA(item, { en: "an object", zh: "对象" }), keys);
    }
    const fields = fieldsOf(item);
    const [prompt, answer] = [fields.find("prompt"), answerOf(fields)];
    if (prompt === undefined) throw new Unusable(noText("prompt"), keys);
    if (answer === undefined) throw new Unusable(noText("answer"), keys);
    return {
      prompt: filled(prompt, keys),
      answer: filled(answer, keys, true),
      rank: fields.find("rank")?.value,
      score: fields.find("score")?.value,
    };
  });
  const other = items.findIndex(({ prompt }) => prompt !== items[0].prompt);
  if (other > 0) {
    throw new Unusable({
      en: "has another prompt than the first answer of its list",
      zh: "的 prompt 与列表中第一个回答的不同",
    }, [other]);
  }
  requireBestFirst(items.map(({ rank }) => rank), "rank");
  requireBestFirst(items.map(({ score }) => score), "score");
  const answers = rankable(items.map(({ answer }) => answer));
  return { content: items[0].prompt, questions: [], lists: [answers] };
}
