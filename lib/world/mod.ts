/**
 * The second edition of the embedded Chinese mini-encyclopaedia: longer passages, most of them
 * about two things of one kind, questions in three ways, faults that are choices, and a gold judge.
 *
 * The committed data and models are still those of the first edition in `lib/corpus`, which goes
 * when models have been trained on this one.
 */
export { type CorpusPassage, makeCorpus } from "./corpus.ts";
export { allEntities } from "./entities.ts";
export { customs, type CustomsRelation } from "./grammar/customs.ts";
export { elements, type ElementsRelation } from "./grammar/elements.ts";
export { institutions, type InstitutionsRelation } from "./grammar/institutions.ts";
export { land, type LandRelation } from "./grammar/land.ts";
export { leisure, type LeisureRelation } from "./grammar/leisure.ts";
export { living, type LivingRelation } from "./grammar/living.ts";
export { people, type PeopleRelation } from "./grammar/people.ts";
export { places, type PlacesRelation } from "./grammar/places.ts";
export { sky, type SkyRelation } from "./grammar/sky.ts";
export { sports, type SportsRelation } from "./grammar/sports.ts";
export { structures, type StructuresRelation } from "./grammar/structures.ts";
export { towns, type TownsRelation } from "./grammar/towns.ts";
export { works, type WorksRelation } from "./grammar/works.ts";
export { comparisonForms, type ReverseForms, reverseForms } from "./forms.ts";
export { tableOf } from "./tables.ts";
export { dataFiles, readGold } from "./formats.ts";
export { judgeQuestion, type Reason, type Verdict } from "./judge.ts";
export {
  FAULTS,
  nearMiss,
  NOISE_SHARES,
  type NoiseContext,
  type NoiseKind,
  noisy,
  spoil,
} from "./noise.ts";
export {
  type PassageRecord,
  type StatedFact,
  type Subject,
  type WrittenPassage,
} from "./passages.ts";
export { type Asked, relationsAsked } from "./phrases.ts";
export { type Question, questionsAbout } from "./questions.ts";
export { type Relation, relationNames, relations } from "./relations.ts";
export { type Column, type Entity, type Fact, type Table } from "./table.ts";
