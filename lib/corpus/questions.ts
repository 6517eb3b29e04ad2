/**
 * The question writer: for every fact that a passage states, one question in one of its phrasings.
 */
import type { PassageRecord } from "./passages.ts";
import { fill } from "./phrases.ts";
import { pick, type Random } from "./random.ts";
import { type Relation, relations } from "./relations.ts";

/** A question with its answer. */
export interface Question {
  /** The question, with its question mark. */
  text: string;
  /** The value that answers it, as the passage writes it. */
  answer: string;
}

/** Asks an entity for a relation, in one of the relation's phrasings. */
export function ask(
  relation: Relation,
  { name, random }: { name: string; random: Random },
): string {
  return fill(pick(relations[relation].ask, random), name);
}

/** One question a fact, in the passage's order. */
export function questionsAbout(passage: PassageRecord, random: Random): Question[] {
  return passage.facts.map((fact) => ({
    text: ask(fact.relation, { name: passage.entity, random }),
    answer: fact.value,
  }));
}
