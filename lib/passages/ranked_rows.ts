/**
 * Rows of the reward stage: preference pairs and ranked lists.
 *
 *   pair: {"prompt", "chosen", "rejected"}; the answers are texts or messages
 *   list: [{"prompt", "answer"}, ...] or {"prompt", "responses": [text, ...]}, best answer first
 */
import { describeJson, isRecord } from "../files/mod.ts";
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
  MESSAGES,
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
    throw new Unusable(`has ${answers.length} answers, and a ranked list needs at least two`);
  }
  if (new Set(answers).size === 1) throw new Unusable("has no two answers that differ");
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
  if (field === undefined) throw new Unusable(`has no "prompt" (${fields.words})`);
  if (!Array.isArray(field.value)) return { content: filled(field), keys: [field.key] };
  return { ...conversationOf(field.value, [field.key]).whole, keys: [field.key] };
}

/** An answer of a pair: a text, a message, or messages of which the last one is the answer. */
function pairAnswer({ key, value }: Field): string {
  if (!Array.isArray(value)) {
    return isRecord(value) ? messageText(value, [key]).text : filled({ key, value }, [], true);
  }
  if (value.length === 0) throw new Unusable(`has no messages in "${key}"`);
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
  const [chosen, rejected] = [fields.find(CHOSEN), fields.find(REJECTED)];
  const before = Array.isArray(chosen?.value) && chosen.value.length > 1
    ? { ...conversationOf(chosen.value.slice(0, -1), [chosen.key]).whole, keys: [] }
    : promptOf(fields);
  const keys = [...before.keys, chosen?.key ?? CHOSEN, rejected?.key ?? REJECTED];
  return rankedRow({ ...before, keys }, () => {
    if (chosen === undefined) throw new Unusable(`has no "${CHOSEN}" (${fields.words})`);
    if (rejected === undefined) throw new Unusable(`has no "${REJECTED}" (${fields.words})`);
    return [pairAnswer(chosen), pairAnswer(rejected)];
  });
}

/** A list of answers under one key, if the object has one. */
export const rankedField = (fields: Fields): Field | undefined =>
  [...RANKED, ...RESPONSE].map((key) => fields.find(key)).find((field) =>
    Array.isArray(field?.value) && field.value.every((answer) => typeof answer === "string")
  );

/** An object with a prompt and a list of answers. */
export function rankedObject(fields: Fields, { key, value }: Field): RankedRow {
  const prompt = promptOf(fields);
  return rankedRow(
    { ...prompt, keys: [...prompt.keys, key] },
    () =>
      Array.isArray(value)
        ? value.map((answer, index) => filled({ key, value: answer }, [key, index], true))
        : [],
  );
}

/** Whether a list is a ranked list: objects that all have a prompt and an answer. */
export const isRankedList = (list: readonly unknown[]): boolean =>
  list.length > 0 && list.some((item) => isRecord(item) && "prompt" in item && "answer" in item);

/** Whether all objects of a list have the same prompt, so that the list is one row. */
export const hasOnePrompt = (list: readonly unknown[]): boolean =>
  new Set(list.map((item) => isRecord(item) ? item.prompt : item)).size === 1;

/** The tutorial's ranked list: objects with the same prompt. */
export function rankedList(list: readonly unknown[]): FoundPassage {
  const items = list.map((item, rank) => {
    const keys: Keys = [rank];
    if (!isRecord(item)) {
      throw new Unusable(`is ${describeJson(item)}, and an object is expected`, keys);
    }
    const [prompt, answer] = [fieldsOf(item).find("prompt"), fieldsOf(item).find("answer")];
    if (prompt === undefined) throw new Unusable('has no text "prompt"', keys);
    if (answer === undefined) throw new Unusable('has no text "answer"', keys);
    return { prompt: filled(prompt, keys), answer: filled(answer, keys, true) };
  });
  const other = items.findIndex(({ prompt }) => prompt !== items[0].prompt);
  if (other > 0) {
    throw new Unusable(`has another prompt than the first answer of its list`, [other]);
  }
  const answers = rankable(items.map(({ answer }) => answer));
  return { content: items[0].prompt, questions: [], lists: [answers] };
}
