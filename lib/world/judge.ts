/**
 * The gold judge: is this a good question about this passage? A rule, not a model, and no training
 * sees it. It reads the facts behind the passage. A question is right if the grammar parses all of
 * it, it names what it asks about exactly, and the passage answers it.
 */
import { columnOf, comparisonForms, givenAwayForms, reverseForms } from "./forms.ts";
import type { PassageRecord, StatedFact, Subject } from "./passages.ts";
import { beginsQuestion, formAround, relationsAsked } from "./phrases.ts";
import { comparable, distinctFacts } from "./questions.ts";
import type { Relation } from "./relations.ts";
import { allEntities } from "./entities.ts";
import { tableOf } from "./tables.ts";

/** Why a question is right or wrong. */
export type Reason =
  | "right"
  | "empty"
  | "vague"
  | "not answerable"
  | "wrong entity"
  | "given away"
  | "cut off"
  | "copy"
  | "misspelled name"
  | "malformed";

/** The judge's answer. */
export interface Verdict {
  /** Whether the passage answers the question and it is well formed. */
  right: boolean;
  /** Why it is right or wrong; "right" where `right` is true. */
  reason: Reason;
  /** The question without names and values, where the grammar knows it: `{n}有多长？`. */
  form?: string;
}

const knownNames = new Set(allEntities().flatMap(({ name }) => spellings(normal(name))));

/**
 * A fragment of at least this many characters counts as copied; shorter ones are names or cut-off
 * questions.
 */
const COPIED = 5;

/** Questions that could be asked about anything, and so are about nothing. */
const VAGUE = new Set([
  ..."怎么样？ 怎样？ 如何？ 好不好？ 好吗？ 有什么特点？ 有哪些特点？ 有什么特色？ 是怎么回事？"
    .split(" ").flatMap((
      end,
    ) => [`{n}${end}`, `它${end}`, `他${end}`, `她${end}`]),
  "它是什么？",
  "这是什么？",
  "这是哪里？",
  "他是谁？",
  "她是谁？",
  "这段话讲了什么？",
]);

const PRONOUNS = ["它", "他", "她"];

/**
 * Judges raw decoded text: spaces are dropped, Latin letters lower-cased, `?` read as `？`, and 约
 * before a number ignored.
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
 * assert.equal(judgeQuestion("法国怎么样？", passage).reason, "vague");
 * ```
 */
export function judgeQuestion(question: string, passage: PassageRecord): Verdict {
  const text = normal(question);
  const found = text === "" ? { reason: "empty" as const } : verdictOn(text, passage);
  return { right: found.reason === "right", ...found };
}

type Found = Omit<Verdict, "right">;

function verdictOn(question: string, passage: PassageRecord): Found {
  const forward = askedForward(question, passage);
  if (forward?.reason === "right") return forward;
  const spelled = spellOut(passage).verdicts.get(question);
  if (spelled?.reason === "right") return spelled;
  return forward ?? spelled ?? vague(question, passage) ?? givenAway(question, passage) ??
    fragment(question, passage) ??
    askedForOther(question, passage) ?? otherName(question) ?? { reason: "malformed" };
}

const subjectsOf = (passage: PassageRecord): Subject[] =>
  passage.second === undefined ? [passage] : [passage, passage.second];

/** Ways to write a name: 《海底两万里》 and 海底两万里, 芜湖市 and 芜湖. */
function spellings(name: string): string[] {
  const bare = name.replaceAll(/[《》]/g, "");
  const short = /^.{2,}[市省]$/.test(name) ? [name.slice(0, -1)] : [];
  return [...new Set([name, bare, ...short])];
}

function askedForward(question: string, passage: PassageRecord): Found | undefined {
  const subjects = subjectsOf(passage);
  const asked = subjects.flatMap((subject) =>
    spellings(normal(subject.entity)).flatMap((name) =>
      relationsAsked(question, name).map((found) => ({ subject, ...found }))
    )
  );
  if (asked.length === 0) return undefined;
  const states = ({ facts }: Subject, relation: Relation) =>
    facts.some((fact) => fact.relation === relation);
  // 在哪里 may ask for a country, a province or a city: one form, several relations.
  const right = asked.find(({ subject, relation }) => states(subject, relation));
  const { form } = right ?? asked[0];
  if (right !== undefined) return { reason: "right", form };
  const ofOther = asked.some(({ relation }) => subjects.some((other) => states(other, relation)));
  return { reason: ofOther ? "wrong entity" : "not answerable", form };
}

/** All questions about one passage that give a value or two names, spelled out. */
interface SpelledOut {
  /** Reverse and comparing questions, and those that give the answer away. */
  readonly verdicts: ReadonlyMap<string, Found>;
  /** The reverse and comparing ones again, of which a question may be a beginning. */
  readonly wholes: readonly string[];
}

const spelledOut = new WeakMap<PassageRecord, SpelledOut>();

function spellOut(passage: PassageRecord): SpelledOut {
  const known = spelledOut.get(passage);
  if (known !== undefined) return known;
  const asked = new Map([...reversesOf(passage), ...comparisonsOf(passage)]);
  const made = {
    verdicts: new Map([...givenAwayOf(passage), ...asked]),
    wholes: [...asked.keys()],
  };
  spelledOut.set(passage, made);
  return made;
}

/** A value that both entities have does not decide between them: such a question is vague. */
function reversesOf(passage: PassageRecord): [string, Found][] {
  const table = tableOf(passage.kind);
  const distinct = new Set(distinctFacts(passage).map(({ fact }) => fact));
  return subjectsOf(passage).flatMap(({ facts }) => facts).flatMap((fact) => {
    const column = columnOf(table, fact);
    const forms = reverseForms(table).find((entry) => entry.column === column)?.forms ?? [];
    const reason = distinct.has(fact) ? "right" : "vague";
    return forms.flatMap((form) =>
      spellings(normal(fact.value)).map((value): [string, Found] => [
        plain(form).replaceAll("{v}", value),
        { reason, form },
      ])
    );
  });
}

function comparisonsOf(passage: PassageRecord): [string, Found][] {
  const { second } = passage;
  if (second === undefined) return [];
  const table = tableOf(passage.kind);
  const stated = comparable(passage).map(({ first }) => columnOf(table, first));
  const pairs = spellings(normal(passage.entity)).flatMap((one) =>
    spellings(normal(second.entity)).flatMap((other) => [[one, other], [other, one]])
  );
  return table.columns.flatMap((column) => {
    const reason = stated.includes(column) ? "right" : "not answerable";
    return comparisonForms(table, column).flatMap((form) =>
      pairs.map(([a, b]): [string, Found] => [
        plain(form).replace("{a}", a).replace("{b}", b),
        { reason, form },
      ])
    );
  });
}

function givenAwayOf(passage: PassageRecord): [string, Found][] {
  const table = tableOf(passage.kind);
  return subjectsOf(passage).flatMap(({ entity, facts }) =>
    facts.flatMap((fact) => {
      const column = columnOf(table, fact);
      return (column === undefined ? [] : givenAwayForms(column)).map((form): [string, Found] => [
        plain(form).replaceAll("{n}", normal(entity)).replaceAll("{v}", normal(fact.value)),
        { reason: "given away", form },
      ]);
    })
  );
}

/** A reverse question with a value that the passage does not state. */
function askedForOther(question: string, passage: PassageRecord): Found | undefined {
  for (const { forms } of reverseForms(tableOf(passage.kind))) {
    const form = forms.find((form) => fits(question, plain(form)));
    if (form !== undefined) return { reason: "not answerable", form };
  }
  return undefined;
}

/** Whether the question is the form with some value. */
function fits(question: string, form: string): boolean {
  const [before = "", behind = ""] = form.split("{v}");
  const value = question.slice(before.length, question.length - behind.length);
  return question.length > before.length + behind.length && question.startsWith(before) &&
    question.endsWith(behind) && !/谁|什么|哪|几|多少/.test(value);
}

function vague(question: string, passage: PassageRecord): Found | undefined {
  const names = subjectsOf(passage).flatMap(({ entity }) => spellings(normal(entity)));
  for (const name of names) {
    const form = question.replace(name, "{n}");
    if (VAGUE.has(form)) return { reason: "vague", form };
  }
  if (VAGUE.has(question)) return { reason: "vague", form: question };
  // 它有多长？ does not say what it asks about.
  const phrase = PRONOUNS.flatMap((pronoun) => relationsAsked(question, pronoun))[0];
  return phrase === undefined ? undefined : { reason: "vague", form: question };
}

/** A yes-no question with a stated value, in words of its own. */
const givenAway = (question: string, passage: PassageRecord): Found | undefined =>
  /吗？$/.test(question) && valuesOf(passage).some((value) => question.includes(value))
    ? { reason: "given away" }
    : undefined;

const valuesOf = (passage: PassageRecord): string[] =>
  subjectsOf(passage).flatMap(({ facts }) => facts.map(({ value }: StatedFact) => normal(value)));

function fragment(question: string, passage: PassageRecord): Found | undefined {
  const names = subjectsOf(passage).flatMap(({ entity }) => spellings(normal(entity)));
  const ends = question.endsWith("？"); // what ends is no beginning
  const starts = !ends && names.some((name) => beginsQuestion(question, name));
  const startsOther = !ends && spellOut(passage).wholes.some((whole) => whole.startsWith(question));
  if (starts || startsOther) return { reason: "cut off" };
  const bare = question.replace(/[。，？]+$/, "");
  const copied = bare.length >= COPIED && normal(passage.content).includes(bare);
  return copied ? { reason: "copy" } : undefined;
}

/** A good question about a name that the passage does not contain. */
function otherName(question: string): Found | undefined {
  for (const name of knownNames) {
    const asked = question.includes(name) ? relationsAsked(question, name) : [];
    if (asked.length > 0) return { reason: "wrong entity", form: asked[0].form };
  }
  const form = formAround(question);
  return form === undefined ? undefined : { reason: "misspelled name", form };
}

const plainForms = new Map<string, string>();

/** A form as a question is read: without 约 before its value, where a number follows. */
function plain(form: string): string {
  const known = plainForms.get(form);
  if (known !== undefined) return known;
  const made = normal(form).replaceAll(/(?:大约|约)(?=为?\{v\})/g, "");
  plainForms.set(form, made);
  return made;
}

function normal(text: string): string {
  return text.replaceAll(/\s/g, "").replaceAll("?", "？").toLowerCase()
    .replaceAll(/(?:大约|约)(?=为?\d)/g, "");
}
