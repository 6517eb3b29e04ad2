/**
 * The gold judge: is this a good question about this passage? A rule, not a model, and no training
 * sees it. It reads the facts behind the passage: a question is right if the grammar parses all of
 * it, it names the passage's entity exactly, and it asks for something that the passage states.
 * It does not judge style beyond the grammar, and it knows no phrasing that `relations.ts` lacks.
 */
import type { PassageRecord } from "./passages.ts";
import { acceptedPhrases, type Phrase } from "./phrases.ts";
import type { Relation } from "./relations.ts";

/** Why a question is right or wrong. */
export type Reason =
  | "right"
  | "empty"
  | "cut off"
  | "copy"
  | "not answerable"
  | "wrong entity"
  | "malformed";

/** The judge's answer. */
export interface Verdict {
  /** Whether the passage answers the question and it is well formed. */
  right: boolean;
  /** Why it is right or wrong; "right" where `right` is true. */
  reason: Reason;
}

/** 在哪里 may ask for a country, a province or a city: one phrase, several relations. */
const relationsByPhrase = Map.groupBy(acceptedPhrases, keyOf);

/**
 * A fragment of at least this many characters counts as copied; shorter ones are names or cut-off
 * questions.
 */
const COPIED = 5;

/**
 * Judges raw decoded text: spaces are dropped, Latin letters lower-cased, `?` read as `？`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const passage = {
 *   content_id: "content_0", content: "法国的首都是巴黎。", entity: "法国", kind: "country",
 *   facts: [{ relation: "capital" as const, value: "巴黎" }], absent: ["continent" as const],
 * };
 * assert.equal(judgeQuestion("法国的首都在哪里？", passage).reason, "right");
 * assert.equal(judgeQuestion("法国在哪个洲？", passage).reason, "not answerable");
 * ```
 */
export function judgeQuestion(question: string, passage: PassageRecord): Verdict {
  const reason = reasonFor(normal(question), passage);
  return { right: reason === "right", reason };
}

function reasonFor(question: string, passage: PassageRecord): Reason {
  if (question === "") return "empty";
  const name = normal(passage.entity);
  const parsed = relationsAsked(question, name);
  const stated = new Set(passage.facts.map(({ relation }) => relation));
  if (parsed.some((relation) => stated.has(relation))) return "right";
  if (parsed.length > 0) return "not answerable";
  if (acceptedPhrases.some((phrase) => isPrefix(question, { phrase, name }))) return "cut off";
  if (isCopy(question, passage)) return "copy";
  return acceptedPhrases.some((phrase) => asksAnother(question, phrase))
    ? "wrong entity"
    : "malformed";
}

/**
 * All relations that the question asks `name` for: it is cut at every place where the name stands.
 */
function relationsAsked(question: string, name: string): Relation[] {
  const found: Relation[] = [];
  for (let at = question.indexOf(name); at >= 0; at = question.indexOf(name, at + 1)) {
    const key = keyOf({ before: question.slice(0, at), behind: question.slice(at + name.length) });
    for (const { relation } of relationsByPhrase.get(key) ?? []) found.push(relation);
  }
  return found;
}

function keyOf({ before, behind }: { before: string; behind: string }): string {
  return `${before}{n}${behind}`;
}

function normal(text: string): string {
  return text.replaceAll(/\s/g, "").replaceAll("?", "？").toLowerCase();
}

function isPrefix(question: string, { phrase, name }: { phrase: Phrase; name: string }): boolean {
  return (phrase.before + name + phrase.behind).startsWith(question);
}

function isCopy(question: string, passage: PassageRecord): boolean {
  const bare = question.replace(/[。，？]+$/, "");
  return bare.length >= COPIED && normal(passage.content).includes(bare);
}

function asksAnother(question: string, { before, behind }: Phrase): boolean {
  const room = question.length > before.length + behind.length;
  return room && question.startsWith(before) && question.endsWith(behind);
}
