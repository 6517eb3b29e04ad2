/**
 * The whole corpus from one seed: entities, the entities held out, passages, and their questions.
 * The same seed gives the same corpus, character by character; nothing is read or written here.
 */
import { allEntities } from "./entities.ts";
import { type NoiseKind, noisy } from "./noise.ts";
import { type PassageRecord, passagesAbout } from "./passages.ts";
import { type Question, questionsAbout } from "./questions.ts";
import { DATA_SEED, type Random, seededRandom, shuffled, type Split } from "../corpus/mod.ts";
import type { Entity } from "./table.ts";

/**
 * A passage with its split, its clean questions, and the questions that its training file holds.
 */
export interface CorpusPassage extends PassageRecord {
  /** Where the passage is used. */
  split: Split;
  /** What the passage answers: about both entities, in reverse and comparing. */
  questions: readonly Question[];
  /** What the training file holds: some of the questions are spoiled on purpose. */
  written: readonly { text: string; noise: NoiseKind }[];
}

/** Share of the entities that only the test split knows. */
const HELD_OUT = 0.15;
/**
 * Share of the training passages that SFT gets; PPO gets the rest. SFT is the stage that learns to
 * copy names.
 */
const SFT_SHARE = 0.6;
/** With fewer held-out entities of a kind, the second entity of a held-out passage is any. */
const FEWEST_OTHERS = 3;

/** Writes the corpus, by default about all entities. */
export function makeCorpus(
  seed: number = DATA_SEED,
  entities: readonly Entity[] = allEntities(),
): CorpusPassage[] {
  const random = seededRandom(seed);
  const heldOut = chooseHeldOut(entities, random);
  const passages = entities.flatMap((entity) => {
    const others = secondEntities(entity, entities, heldOut);
    return passagesAbout(entity, { others, random }).map((passage) => {
      const trained = random() < SFT_SHARE ? "sft" : "ppo";
      const split: Split = heldOut.has(entity.name) ? "test" : trained;
      return { ...passage, split };
    });
  });
  const names = namesByKind(entities.filter(({ name }) => !heldOut.has(name)));
  return shuffled(passages, random).map((passage, i) => {
    const record = { ...passage, content_id: `content_${i}` };
    return withQuestions(record, { namesOfKind: names.get(passage.kind) ?? [], random });
  });
}

/** The entities that a passage may set beside `entity`: in training no held-out one. */
function secondEntities(
  entity: Entity,
  entities: readonly Entity[],
  heldOut: ReadonlySet<string>,
): Entity[] {
  const same = entities.filter(({ name, table }) => table === entity.table && name !== entity.name);
  const split = same.filter(({ name }) => heldOut.has(name) === heldOut.has(entity.name));
  return heldOut.has(entity.name) && split.length < FEWEST_OTHERS ? same : split;
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
  for (const { name, table: { kind } } of entities) {
    names.set(kind, [...(names.get(kind) ?? []), name]);
  }
  return names;
}

/** The names held out, of every kind the same share. */
export function chooseHeldOut(entities: readonly Entity[], random: Random): Set<string> {
  const held = [...namesByKind(entities).values()].flatMap((names) =>
    shuffled(names, random).slice(0, Math.max(1, Math.round(names.length * HELD_OUT)))
  );
  return new Set(held);
}
