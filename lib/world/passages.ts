/**
 * The passage writer: facts of one entity or of two of the same kind, as Chinese sentences. A
 * passage keeps a record of what it states, which the gold judge reads.
 */
import { below, pick, piecesOf, type Random, shuffled } from "../corpus/mod.ts";
import type { Relation } from "./relations.ts";
import type { Entity, Fact } from "./table.ts";

/** One stated fact. The passage contains the value literally. */
export interface StatedFact {
  /** What is said of the entity. */
  relation: Relation;
  /** With its unit, as the passage writes it. */
  value: string;
}

/** What a passage says about one entity. */
export interface Subject {
  /** The name. */
  entity: string;
  /** What the passage states of it, in its order. */
  facts: readonly StatedFact[];
  /** Relations that the entity's kind has and the passage leaves out. */
  absent: readonly Relation[];
}

/** A passage, the facts it states, and the relations it leaves out. */
export interface PassageRecord extends Subject {
  /** Unique in the corpus. */
  content_id: string;
  /** The passage itself. */
  content: string;
  /** The kind of both entities: river, city. */
  kind: string;
  /** The second entity, if there is one. */
  second?: Subject;
}

/** A passage before it has an identifier. */
export type WrittenPassage = Omit<PassageRecord, "content_id">;

/** Bounds of a passage's length in WordPiece tokens, here the same as characters. */
export const PASSAGE_PIECES = { least: 50, most: 160 } as const;
/** Passages about one entity; a part of the entities have one more. */
const PASSAGES = 3;
const ONE_MORE = 0.35;
const TRIES = 40;
/** Share of the passages with a second entity, where one fits. */
const PAIRED = 0.65;
/** So many facts are drawn of one entity at most, besides those of a definition. */
const MOST_FACTS = 5;
/**
 * The probability that a later sentence starts with a pronoun, after a name and after a pronoun.
 */
const PRONOUNS = { afterName: 0.75, afterPronoun: 0.45 } as const;
/** How often the second entity has a number that can be compared with the first one's. */
const COMPARED = 0.6;
/** How often the values of a first sentence, the definition, are among those that are said. */
const DEFINED = 0.85;

/**
 * Different passages about one entity, three or four where it has facts enough.
 *
 * @param options.others entities of the same kind that may be the second one
 */
export function passagesAbout(
  entity: Entity,
  { others, random }: { others: readonly Entity[]; random: Random },
): WrittenPassage[] {
  const wanted = Math.min(PASSAGES + Number(random() < ONE_MORE), entity.facts.length - 1);
  const found = new Map<string, WrittenPassage>();
  for (let attempt = 0; attempt < TRIES && found.size < wanted; attempt++) {
    const paired = others.length > 0 && (random() < PAIRED || attempt > TRIES / 2);
    const passage = paired
      ? writePair(entity, pick(others, random), random)
      : writeOne(entity, random);
    const size = passage === undefined ? 0 : piecesOf(passage.content).length;
    if (passage === undefined || size < PASSAGE_PIECES.least || size > PASSAGE_PIECES.most) {
      continue;
    }
    found.set(passage.content, passage);
  }
  return [...found.values()];
}

/** Text about one entity, and what of it is said. */
interface Draft {
  text: string;
  said: Map<string, Fact>;
}

function writeOne(entity: Entity, random: Random): WrittenPassage | undefined {
  const chosen = someFacts(entity, { least: 3, random });
  const draft: Draft = { text: "", said: new Map() };
  writeSentences(entity, { chosen, draft, random });
  if (draft.said.size === 0) return undefined;
  return { content: draft.text, kind: entity.table.kind, ...subjectOf(entity, draft) };
}

function writePair(first: Entity, second: Entity, random: Random): WrittenPassage | undefined {
  const main: Draft = { text: "", said: new Map() };
  const chosen = someFacts(first, { least: 3, random });
  writeSentences(first, { chosen, draft: main, random });
  const other: Draft = { text: "", said: new Map() };
  const known = someFacts(second, { least: 2, random });
  for (const fact of second.facts) {
    const compared = fact.column.compare !== undefined && main.said.has(fact.slot);
    if (compared && random() < COMPARED) known.set(fact.slot, fact);
  }
  const link = linkBetween({ first, second, main, chosen: known, random });
  if (main.said.size === 0 || link === undefined) return undefined;
  other.text = link.text;
  for (const fact of link.facts) other.said.set(fact.slot, fact);
  writeSentences(second, {
    ...{ chosen: known, draft: other, random },
    ...{ second: true, named: link.named },
  });
  if (other.said.size === 0) return undefined;
  return {
    content: main.text + other.text,
    kind: first.table.kind,
    ...subjectOf(first, main),
    second: subjectOf(second, other),
  };
}

function subjectOf(entity: Entity, { said }: Draft): Subject {
  const facts = [...said.values()].map(({ relation, value }) => ({ relation, value }));
  const absent = entity.relations.filter((relation) =>
    !facts.some((fact) => fact.relation === relation)
  );
  return { entity: entity.name, facts, absent };
}

/** At least so many facts of an entity, or all it has; mostly those of a definition among them. */
function someFacts(
  { facts, table }: Entity,
  { least, random }: { least: number; random: Random },
): Map<string, Fact> {
  const fewest = Math.min(facts.length, least);
  const count = fewest + below(Math.min(facts.length, MOST_FACTS) - fewest + 1, random);
  const drawn = shuffled(facts, random).slice(0, count);
  const known = (slot: string) => facts.find((fact) => fact.slot === slot);
  const definitions = table.sentences[0].flatMap((template) => {
    const required = template.replace(FIRST, "").replaceAll(/\[[^\]]*\]/g, "");
    const sentence = filled(required, known);
    return sentence === undefined ? [] : [sentence.facts];
  });
  const defining = definitions.length > 0 && random() < DEFINED ? pick(definitions, random) : [];
  return new Map([...defining, ...drawn].map((fact) => [fact.slot, fact]));
}

/** Adds the table's sentences for the chosen facts, each fact once. */
function writeSentences(
  entity: Entity,
  { chosen, draft, second = false, named = false, random }: {
    chosen: ReadonlyMap<string, Fact>;
    draft: Draft;
    /** Whether this is the second entity, which a link has brought in. */
    second?: boolean;
    /** Whether a pronoun would be understood at once. */
    named?: boolean;
    random: Random;
  },
): void {
  const valueOf = (slot: string) => draft.said.has(slot) ? undefined : chosen.get(slot);
  let understood = named, nameBefore = named;
  for (const alternatives of entity.table.sentences) {
    const usable = alternatives.flatMap((alternative) => {
      const opens = alternative.startsWith(FIRST);
      const template = alternative.replace(FIRST, "");
      const sentence = filled(template, valueOf);
      const fits = sentence !== undefined && sentence.facts.length > 0 &&
        (!opens || (!second && draft.text === ""));
      return fits ? [sentence] : [];
    });
    if (usable.length === 0) continue;
    const sentence = fuller(usable, random);
    // The second entity's name stands in the link already.
    const text = second ? sentence.text.replace(/^\{n\}(?!的)/, "{p}") : sentence.text;
    const pronoun = random() < (nameBefore ? PRONOUNS.afterName : PRONOUNS.afterPronoun);
    const subject = understood && pronoun ? entity.pronoun : entity.name;
    draft.text += text.replace("{p}", subject).replaceAll("{p}", entity.pronoun)
      .replaceAll("{n}", entity.name);
    for (const fact of sentence.facts) draft.said.set(fact.slot, fact);
    understood = SUBJECT.test(text);
    nameBefore = subject === entity.name;
  }
}

/** Begins an alternative that only opens a passage. */
const FIRST = "first: ";
/** Matches a sentence whose subject is the entity itself. A pronoun after it is unambiguous. */
const SUBJECT = /^\{[np]\}(?!的)/;
/** The same in a link: the second entity is named last, and not as the owner of something. */
const LINK_SUBJECT = /\{m\}(?!的)[^{]*(?:\{m\.\w+\}[^{]*)*$/;

/** One of the sentences; those that say more are drawn more often. */
function fuller(sentences: readonly Filled[], random: Random): Filled {
  const weighted = sentences.flatMap((sentence) =>
    Array<Filled>(sentence.facts.length ** 2).fill(sentence)
  );
  return pick(weighted, random);
}

/** A template with its values; `{n}` and `{p}` are left. */
interface Filled {
  text: string;
  facts: Fact[];
}

const SLOT = /\{([\w.]+)\}/g;
const NAMES = new Set(["n", "p", "m"]);

/** Fills a template, without the optional parts that lack a value; undefined if it lacks one. */
function filled(
  template: string,
  valueOf: (slot: string) => Fact | undefined,
): Filled | undefined {
  const facts: Fact[] = [];
  const fill = (part: string): string | undefined => {
    const slots = [...part.matchAll(SLOT)].map(([, slot]) => slot).filter((s) => !NAMES.has(s));
    const values = slots.map(valueOf);
    if (values.some((value) => value === undefined || facts.includes(value))) return undefined;
    for (const value of values) if (value !== undefined) facts.push(value);
    return part.replaceAll(SLOT, (whole, slot) => NAMES.has(slot) ? whole : valueOf(slot)!.value);
  };
  const required = template.replaceAll(/\[[^\]]*\]/g, "");
  if (fill(required) === undefined) return undefined;
  facts.length = 0;
  const parts = template.split(/(\[[^\]]*\])/).map((part) =>
    part.startsWith("[") ? fill(part.slice(1, -1)) ?? "" : fill(part)
  );
  return parts.includes(undefined) ? undefined : { text: parts.join(""), facts };
}

/** A sentence that introduces the second entity, and the facts it states about it. */
function linkBetween({ first, second, main, chosen, random }: {
  first: Entity;
  second: Entity;
  main: Draft;
  chosen: ReadonlyMap<string, Fact>;
  random: Random;
}): (Filled & { named: boolean }) | undefined {
  const own = (slot: string) => second.facts.find((fact) => fact.slot === slot);
  const usable = first.table.links.flatMap((link) => {
    const [, order, slot, template] = /^(?:(same|more|less) (\w+): )?(.*)$/.exec(link) ?? [];
    const said = slot === undefined ? undefined : main.said.get(slot);
    const other = slot === undefined ? undefined : own(slot);
    if (order !== undefined && !holds(order, said, other)) return [];
    const sentence = filled(template, (name) => {
      if (!name.startsWith("m.")) return main.said.get(name);
      const fact = own(name.slice(2));
      return fact?.slot === slot ? fact : chosen.get(name.slice(2));
    });
    if (sentence === undefined) return [];
    const facts = sentence.facts.filter((fact) => second.facts.includes(fact));
    if (order === "same" && other !== undefined) facts.push(other);
    return [{
      text: sentence.text.replaceAll("{m}", second.name).replaceAll("{n}", first.name),
      facts,
      named: LINK_SUBJECT.test(template),
      special: order !== undefined,
    }];
  });
  const special = usable.filter((link) => link.special);
  return special.length > 0 && random() < 0.7
    ? pick(special, random)
    : usable.length > 0
    ? pick(usable, random)
    : undefined;
}

function holds(order: string, said: Fact | undefined, other: Fact | undefined): boolean {
  if (said === undefined || other === undefined) return false;
  if (order === "same") return said.value === other.value;
  const difference = numberOf(other.value) - numberOf(said.value);
  return order === "more" ? difference > 0 : difference < 0;
}

/** The first number of a value; NaN where there is none. 公元前 counts as negative. */
export function numberOf(value: string): number {
  const digits = /\d+(?:\.\d+)?/.exec(value);
  if (digits === null) return NaN;
  const scale = /^\S*?\d(?:\.\d+)?万/.test(value) || value.includes("万") ? 10000 : 1;
  return Number(digits[0]) * scale * (value.includes("公元前") ? -1 : 1);
}
