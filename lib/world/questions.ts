/**
 * The question writer: clean questions about what a passage states, in three ways. Forward
 * (长江有多长？), reverse (哪条河发源于青藏高原？) and comparing (长江和黄河哪条更长？).
 */
import { columnOf, comparisonForms, reverseForms } from "./forms.ts";
import { numberOf, type StatedFact, type Subject, type WrittenPassage } from "./passages.ts";
import { fill, pick, piecesOf, type Random, shuffled } from "../corpus/mod.ts";
import { type Relation, relations } from "./relations.ts";
import { tableOf } from "./tables.ts";

/** A question with its answer. */
export interface Question {
  /** The question, with its question mark. */
  text: string;
  /** The way to ask. */
  asks: "forward" | "reverse" | "comparison";
  /** The question without names and values, with `{n}`, `{v}`, `{a}` and `{b}` in their places. */
  form: string;
  /** The answer, as it stands in the passage. */
  answer: string;
}

/** How often a fact of the second entity is asked for. */
const SECOND = 0.4;
/** A question has at most so many WordPiece tokens. */
const MOST_PIECES = 28;
/** Reverse questions to a passage at most. */
const REVERSE = 2;

/** Asks an entity for a relation, in one of the relation's phrasings. */
export function ask(
  relation: Relation,
  { name, random }: { name: string; random: Random },
): { text: string; form: string } {
  const form = pick(relations[relation].ask, random);
  return { text: fill(form, name), form };
}

/** Clean questions about a passage, in random order after those about its first entity. */
export function questionsAbout(passage: WrittenPassage, random: Random): Question[] {
  const forward = (subject: Subject, facts: readonly StatedFact[]): Question[] =>
    facts.map(({ relation, value }) => ({
      ...ask(relation, { name: subject.entity, random }),
      asks: "forward" as const,
      answer: value,
    }));
  const { second } = passage;
  return [
    ...forward(passage, passage.facts),
    ...second === undefined ? [] : forward(second, second.facts.filter(() => random() < SECOND)),
    ...shuffled(reverseQuestions(passage, random), random).slice(0, REVERSE),
    ...comparisons(passage, random),
  ].filter(({ text }) => piecesOf(text).length <= MOST_PIECES);
}

/** The facts whose value only one of the two entities has. */
export function distinctFacts(passage: WrittenPassage): { subject: Subject; fact: StatedFact }[] {
  const subjects: Subject[] = passage.second === undefined ? [passage] : [passage, passage.second];
  return subjects.flatMap((subject) =>
    subject.facts.filter(({ value }) =>
      !subjects.some((other) => other !== subject && other.facts.some((f) => f.value === value))
    ).map((fact) => ({ subject, fact }))
  );
}

function reverseQuestions(passage: WrittenPassage, random: Random): Question[] {
  const table = tableOf(passage.kind);
  return distinctFacts(passage).flatMap(({ subject, fact }) => {
    const column = columnOf(table, fact);
    if (column === undefined || column.reverse === false) return [];
    const forms = reverseForms(table).find((entry) => entry.column === column)?.forms ?? [];
    const form = pick(forms, random);
    const text = form.replaceAll("{v}", fact.value);
    return [{ text, form, asks: "reverse" as const, answer: subject.entity }];
  });
}

/** The pairs of values that a comparison asks about. */
export function comparable(
  passage: WrittenPassage,
): { relation: Relation; first: StatedFact; second: StatedFact }[] {
  return passage.facts.flatMap((first) => {
    const second = passage.second?.facts.find(({ relation }) => relation === first.relation);
    const differ = second !== undefined && numberOf(first.value) !== numberOf(second.value);
    return second !== undefined && differ ? [{ relation: first.relation, first, second }] : [];
  });
}

function comparisons(passage: WrittenPassage, random: Random): Question[] {
  const table = tableOf(passage.kind);
  const { entity, second } = passage;
  if (second === undefined) return [];
  return comparable(passage).flatMap(({ first, second: other }) => {
    const column = columnOf(table, first);
    const forms = column === undefined ? [] : comparisonForms(table, column);
    if (forms.length === 0) return [];
    const form = pick(forms, random);
    const [a, b] = shuffled([entity, second.entity], random);
    const text = form.replace("{a}", a).replace("{b}", b);
    const larger = numberOf(first.value) > numberOf(other.value) ? entity : second.entity;
    const smaller = larger === entity ? second.entity : entity;
    return [{ text, form, asks: "comparison" as const, answer: isMore(form) ? larger : smaller }];
  });
}

/** Comparatives that ask for the smaller number. */
const LESS = /更(短|矮|小|低|早|少|轻|近|先)|(早|先|少)(于|一些)?？/;
const isMore = (form: string): boolean => !LESS.test(form);
