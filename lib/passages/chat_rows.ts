/**
 * Conversations: lists of messages in OpenAI's form (`role`, `content`) or ShareGPT's (`from`,
 * `value`).
 *
 * Each message of the assistant answers everything before it, so a conversation has one passage for
 * each of them. The texts before an answer are joined by line breaks.
 */
import { isRecord, type JsonRecord } from "../files/mod.ts";
import type { FoundPassage } from "./found_row.ts";
import { fieldsOf, filled, type Keys, lacks, notA, Unusable } from "./row_fields.ts";

/** One message. */
export interface Message {
  /** The name of the speaker, such as `user`. */
  readonly role: string;
  /** The text. */
  readonly text: string;
}

/** Names of the one who answers, and of all others who speak. */
const ASSISTANT = ["assistant", "gpt", "bot", "chatbot", "model", "chatgpt", "ai", "助手"];
const OTHERS = ["system", "user", "human", "prompter", "tool", "function", "observation", "用户"];

const roleOf = (value: JsonRecord): string => {
  const role = fieldsOf(value).find("role", "from")?.value;
  return typeof role === "string" ? role.toLowerCase() : "";
};

/** Whether a value is a message of a known speaker. */
export const isMessage = (value: unknown): boolean =>
  isRecord(value) && [...ASSISTANT, ...OTHERS].includes(roleOf(value));

/** The text of a message: a text, or parts of which those with `text` are joined. */
export function messageText(value: unknown, keys: Keys): Message {
  if (!isRecord(value)) {
    throw new Unusable(notA(value, { en: "a message", zh: "消息" }), keys);
  }
  const fields = fieldsOf(value);
  const field = fields.find("content", "value", "text");
  if (field === undefined) {
    throw new Unusable(lacks({ en: '"content"', zh: "“content”" }, fields), keys);
  }
  const parts = Array.isArray(field.value)
    ? field.value.map((part) => isRecord(part) ? part.text ?? "" : part).join("")
    : field.value;
  return {
    role: roleOf(value),
    text: filled({ key: field.key, value: parts }, keys),
  };
}

/** A conversation: its answers, and all of its texts as one passage. */
export interface Conversation {
  /** One for each message of the assistant, and one for texts after the last of them. */
  readonly passages: readonly FoundPassage[];
  /** All messages as the text to be answered. */
  readonly whole: Pick<FoundPassage, "content" | "task">;
}

/**
 * Reads the messages of a conversation, which stand under `keys` in their row.
 *
 * @throws {Unusable} If a message has no text, or the first message that is not a system text is
 * the assistant's.
 */
export function conversationOf(list: readonly unknown[], keys: Keys): Conversation {
  const messages = list.map((value, index) => messageText(value, [...keys, index]));
  const hasSystem = messages[0]?.role === "system";
  const task = hasSystem ? messages[0].text : undefined;
  const turns = hasSystem ? messages.slice(1) : messages;
  const before = (end: number) => ({
    task,
    content: turns.slice(0, end).map(({ text }) => text).join("\n"),
  });
  const isAnswer = ({ role }: Message) => ASSISTANT.includes(role);
  if (turns.length === 0) {
    throw new Unusable({ en: "has no message to answer", zh: "没有要回答的消息" }, keys);
  }
  if (isAnswer(turns[0])) {
    throw new Unusable({
      en: "begins with an answer of the assistant",
      zh: "以助手的回答开头",
    }, keys);
  }
  const whole = before(turns.length);
  const answered = turns.flatMap((turn, index) =>
    isAnswer(turn)
      ? [{ ...before(index), questions: [{ text: turn.text, answers: [] }], lists: [] }]
      : []
  );
  const open = isAnswer(turns[turns.length - 1]) ? [] : [{ ...whole, questions: [], lists: [] }];
  return { passages: [...answered, ...open], whole };
}
