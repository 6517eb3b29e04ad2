/**
 * The question grammar: for every relation the phrasings that our writer uses (`ask`) and all that the gold
 * judge takes for a good question (`accept`, which holds the first as well).
 * Mixed forms that a reader would pass, such as X位于什么省？, belong in `accept`.
 */
import { culture } from "./grammar/culture.ts";
import { nature } from "./grammar/nature.ts";
import { people } from "./grammar/people.ts";
import { places } from "./grammar/places.ts";
import { sky } from "./grammar/sky.ts";
import { society } from "./grammar/society.ts";
import type { Phrasings } from "./grammar/parts.ts";

/** The phrasings by relation, in one table for each kind of subject. */
export const GRAMMAR = { places, nature, sky, people, culture, society };

/** The name of a relation between an entity and a value. */
export type Relation = {
  [Name in keyof typeof GRAMMAR]: keyof typeof GRAMMAR[Name];
}[keyof typeof GRAMMAR];

/** Every relation with its phrasings. */
export const relations: Readonly<Record<Relation, Phrasings>> = {
  ...places,
  ...nature,
  ...sky,
  ...people,
  ...culture,
  ...society,
};

/** All names, in the order of the table. */
export const relationNames: readonly Relation[] = names(relations);

function names<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  const found: K[] = [];
  for (const key in table) found.push(key);
  return found;
}
