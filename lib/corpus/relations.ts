/**
 * The question grammar: for every relation the phrasings that our writer uses (`ask`) and all that
 * the gold judge takes for a good question (`accept`, which holds the first as well).
 * Mixed forms that a reader would pass, such as X位于什么省？, belong in `accept`.
 */
import { culture, type CultureRelation } from "./grammar/culture.ts";
import { nature, type NatureRelation } from "./grammar/nature.ts";
import { people, type PeopleRelation } from "./grammar/people.ts";
import { places, type PlacesRelation } from "./grammar/places.ts";
import { sky, type SkyRelation } from "./grammar/sky.ts";
import { society, type SocietyRelation } from "./grammar/society.ts";
import type { Phrasings } from "./grammar/parts.ts";

/** The name of a relation between an entity and a value. */
export type Relation =
  | PlacesRelation
  | NatureRelation
  | SkyRelation
  | PeopleRelation
  | CultureRelation
  | SocietyRelation;

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
