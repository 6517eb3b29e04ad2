/**
 * The whole corpus from one seed: entities, the entities held out, passages, and their questions.
 * The same seed gives the same corpus, character by character; nothing is read or written here.
 */
import { tables } from "./facts/mod.ts";
import { type NoiseKind, noisy } from "./noise.ts";
import { type PassageRecord, passagesAbout } from "./passages.ts";
import { isHan } from "./pieces.ts";
import { type Question, questionsAbout } from "./questions.ts";
import { type Random, seededRandom, shuffled } from "./random.ts";
import { entitiesOf, type Entity } from "./table.ts";

/**
 * Where a passage is used: the SFT half, the PPO half, or (all passages of held-out entities) the
 * test.
 */
export type Split = "sft" | "ppo" | "test";

/**
 * A passage with its split, its clean questions, and the questions that its training file holds.
 */
export interface CorpusPassage extends PassageRecord {
  /** Where the passage is used. */
  split: Split;
  /** One a stated fact, in the order of `facts`. */
  questions: readonly Question[];
  /** What the training file holds: some of the questions are spoiled on purpose. */
  written: readonly { text: string; noise: NoiseKind }[];
}

/** The default seed of the committed data. */
export const DATA_SEED = 20230;
/** Share of the entities that only the test split knows. */
const HELD_OUT = 0.15;
/**
 * Share of the training passages that SFT gets; PPO gets the rest. SFT is the stage that learns to
 * copy names.
 */
const SFT_SHARE = 0.6;
/** A held-out entity is written in characters that at least this many training entities use. */
const TRAINING_USES = 2;

/** All entities of all tables. */
export function allEntities(): Entity[] {
  return tables.flatMap(entitiesOf);
}

/** Writes the corpus. */
export function makeCorpus(seed: number = DATA_SEED): CorpusPassage[] {
  const random = seededRandom(seed);
  const entities = allEntities();
  const heldOut = chooseHeldOut(entities, random);
  const passages = entities.flatMap((entity) =>
    passagesAbout(entity, random).map((passage) => {
      const trained = random() < SFT_SHARE ? "sft" : "ppo";
      const split: Split = heldOut.has(entity.name) ? "test" : trained;
      return { ...passage, split };
    })
  );
  const names = namesByKind(entities.filter(({ name }) => !heldOut.has(name)));
  return shuffled(passages, random).map((passage, i) => {
    const record = { ...passage, content_id: `content_${i}` };
    return withQuestions(record, { namesOfKind: names.get(passage.kind) ?? [], random });
  });
}

function withQuestions(
  record: PassageRecord & { split: Split },
  { namesOfKind, random }: { namesOfKind: readonly string[]; random: Random },
): CorpusPassage {
  const questions = questionsAbout(record, random);
  const written = questions.map((question) =>
    record.split === "sft"
      ? noisy(question, { passage: record, namesOfKind, random })
      : { text: question.text, noise: "clean" as const }
  );
  return { ...record, questions, written };
}

function namesByKind(entities: readonly Entity[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { name, kind } of entities) names.set(kind, [...(names.get(kind) ?? []), name]);
  return names;
}

/**
 * The names held out: of every kind the same share, as far as the remaining entities still use all
 * characters.
 */
export function chooseHeldOut(entities: readonly Entity[], random: Random): Set<string> {
  const uses = new Map<string, number>();
  for (const entity of entities) {
    for (const character of charactersOf(entity)) {
      uses.set(character, (uses.get(character) ?? 0) + 1);
    }
  }
  const chosen = new Set<string>();
  for (const names of namesByKind(entities).values()) {
    const quota = Math.round(names.length * HELD_OUT);
    const candidates = shuffled(entities.filter(({ name }) => names.includes(name)), random);
    let taken = 0;
    for (const entity of candidates) {
      const characters = charactersOf(entity);
      if (taken === quota) break;
      if (characters.some((character) => (uses.get(character) ?? 0) <= TRAINING_USES)) continue;
      for (const character of characters) uses.set(character, (uses.get(character) ?? 0) - 1);
      chosen.add(entity.name);
      taken++;
    }
  }
  return chosen;
}

function charactersOf({ name, facts }: Entity): string[] {
  const text = name + facts.map(({ value }) => value).join("");
  return [...new Set(text)].filter(isHan);
}
