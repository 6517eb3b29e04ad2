/**
 * The embedded Chinese mini-encyclopaedia: facts, passages, questions, noise, and the gold judge.
 */
export { allEntities, type CorpusPassage, DATA_SEED, makeCorpus, type Split } from "./corpus.ts";
export type { CultureRelation } from "./grammar/culture.ts";
export type { NatureRelation } from "./grammar/nature.ts";
export type { PeopleRelation } from "./grammar/people.ts";
export type { PlacesRelation } from "./grammar/places.ts";
export type { SkyRelation } from "./grammar/sky.ts";
export type { SocietyRelation } from "./grammar/society.ts";
export {
  by,
  DEFINITION,
  entry,
  HIGH,
  HOME,
  IS_AT,
  LONG,
  type Phrasings,
  PLACE,
  WHEN,
  WHERE,
  WHERE_OR,
  WHO,
  year,
} from "./grammar/parts.ts";
export {
  dataFiles,
  type FiledPassage,
  isGoldRecord,
  readGold,
  readRecords,
  vocabulary,
  type VocabularyExtras,
} from "./formats.ts";
export { judgeQuestion, type Reason, type Verdict } from "./judge.ts";
export {
  clausesOf,
  cutOff,
  NOISE_SHARES,
  type NoiseContext,
  type NoiseKind,
  noisy,
  spoil,
} from "./noise.ts";
export { type PassageRecord, type StatedFact } from "./passages.ts";
export { commonHan, isHan, piecesOf } from "./pieces.ts";
export { type PlaceRelation, placeRelation } from "./places.ts";
export { acceptedPhrases, expand, fill, type Phrase } from "./phrases.ts";
export { type Question, questionsAbout } from "./questions.ts";
export { below, pick, type Random, seededRandom, shuffled } from "./random.ts";
export {
  NOISE_CHARACTERS,
  type RankedAnswer,
  rankingList,
  type RankingParts,
  RANKS,
} from "./ranking.ts";
export { type Relation, relationNames, relations } from "./relations.ts";
export { type Entity, type Fact } from "./table.ts";
