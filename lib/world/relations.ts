/**
 * The question grammar: for every relation the phrasings that our writer uses (`ask`) and all that
 * the gold judge takes for a good question (`accept`, which holds the first as well).
 * Mixed forms that a reader would pass, such as X位于什么省？, belong in `accept`.
 */
import { customs, type CustomsRelation } from "./grammar/customs.ts";
import { elements, type ElementsRelation } from "./grammar/elements.ts";
import { institutions, type InstitutionsRelation } from "./grammar/institutions.ts";
import { land, type LandRelation } from "./grammar/land.ts";
import { leisure, type LeisureRelation } from "./grammar/leisure.ts";
import { living, type LivingRelation } from "./grammar/living.ts";
import { people, type PeopleRelation } from "./grammar/people.ts";
import { places, type PlacesRelation } from "./grammar/places.ts";
import { sky, type SkyRelation } from "./grammar/sky.ts";
import { sports, type SportsRelation } from "./grammar/sports.ts";
import { structures, type StructuresRelation } from "./grammar/structures.ts";
import { towns, type TownsRelation } from "./grammar/towns.ts";
import { works, type WorksRelation } from "./grammar/works.ts";
import type { Phrasings } from "../corpus/mod.ts";

/** The name of a relation between an entity and a value. */
export type Relation =
  | PlacesRelation
  | TownsRelation
  | StructuresRelation
  | InstitutionsRelation
  | LandRelation
  | LivingRelation
  | ElementsRelation
  | SkyRelation
  | PeopleRelation
  | WorksRelation
  | CustomsRelation
  | LeisureRelation
  | SportsRelation;

/** Every relation with its phrasings. */
export const relations: Readonly<Record<Relation, Phrasings>> = {
  ...places,
  ...towns,
  ...structures,
  ...institutions,
  ...land,
  ...living,
  ...elements,
  ...sky,
  ...people,
  ...works,
  ...customs,
  ...leisure,
  ...sports,
};

/** All names, in the order of the table. */
export const relationNames: readonly Relation[] = names(relations);

function names<K extends string>(table: Readonly<Record<K, unknown>>): K[] {
  const found: K[] = [];
  for (const key in table) found.push(key);
  return found;
}
