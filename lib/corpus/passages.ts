/**
 * The passage writer: some facts of one entity, in some order, as Chinese sentences.
 * A passage keeps a record of the facts it states, which is what the gold judge reads.
 */
import { piecesOf } from "./pieces.ts";
import { below, pick, type Random, shuffled } from "./random.ts";
import type { Relation } from "./relations.ts";
import type { Entity, Fact } from "./table.ts";

/** One stated fact: the value stands in the passage literally. */
export interface StatedFact {
  /** What is said of the entity. */
  relation: Relation;
  /** With its unit, as the passage writes it. */
  value: string;
}

/** A passage with what it says and what its kind of entity could have said. */
export interface PassageRecord {
  /** Unique in the corpus. */
  content_id: string;
  /** The passage itself. */
  content: string;
  /** The name that the passage is about. */
  entity: string;
  /** The entity's kind: 山, 城市. */
  kind: string;
  /** What the passage states, in its order. */
  facts: readonly StatedFact[];
  /** Relations that the entity's kind has and the passage leaves out. */
  absent: readonly Relation[];
}

/**
 * No passage is longer than this, in WordPiece pieces: the embedded model has that many positions
 * for it.
 */
export const MAX_PASSAGE_PIECES = 60;
/** Below this a passage is written only when the entity has no more to tell. */
const WANTED_PIECES = 30;
const TRIES = 60;

/** Different passages about one entity: two for two facts, three for three, four for more. */
export function passagesAbout(entity: Entity, random: Random): Omit<PassageRecord, "content_id">[] {
  const wanted = Math.min(4, entity.facts.length);
  const found = new Map<string, Omit<PassageRecord, "content_id">>();
  for (let attempt = 0; attempt < TRIES && found.size < wanted; attempt++) {
    const facts = someFacts(entity, random);
    const content = write(entity, facts, random);
    const size = piecesOf(content).length;
    const short = size < WANTED_PIECES && facts.length < entity.facts.length && attempt < TRIES / 2;
    if (size <= MAX_PASSAGE_PIECES && !short) found.set(content, recordOf(entity, facts, content));
  }
  return [...found.values()];
}

function recordOf(
  entity: Entity,
  facts: readonly Fact[],
  content: string,
): Omit<PassageRecord, "content_id"> {
  const stated = facts.map(({ relation, value }) => ({ relation, value }));
  const absent = entity.relations.filter((relation) =>
    !stated.some((fact) => fact.relation === relation)
  );
  return { content, entity: entity.name, kind: entity.kind, facts: stated, absent };
}

function someFacts(entity: Entity, random: Random): Fact[] {
  const most = entity.facts.length;
  const count = Math.min(most, 2 + below(Math.max(1, most - 1), random));
  return shuffled(entity.facts, random).slice(0, count);
}

/**
 * Clauses with ， between them, a 。 after one or two; each sentence begins with the name or its
 * pronoun.
 */
function write(entity: Entity, facts: readonly Fact[], random: Random): string {
  let text = "";
  let fresh = true; // the next clause opens a sentence
  for (const [i, fact] of facts.entries()) {
    const template = pick(fact.says, random);
    const own = template.includes("{n}");
    if (own && !fresh) text = `${text.slice(0, -1)}。`;
    const subject = i === 0 || random() < 0.5 ? entity.name : entity.pronoun;
    const ends = i === facts.length - 1 || own || random() < 0.4;
    text += clause(template, { subject, value: fact.value, fresh: fresh || own }) +
      (ends ? "。" : "，");
    fresh = ends;
  }
  return text;
}

function clause(
  template: string,
  { subject, value, fresh }: { subject: string; value: string; fresh: boolean },
) {
  const said = template.replace("~", "").replaceAll("{v}", value);
  if (said.includes("{n}")) return said.replaceAll("{n}", subject);
  if (!fresh) return said;
  return subject + (template.startsWith("~") ? "的" : "") + said;
}
