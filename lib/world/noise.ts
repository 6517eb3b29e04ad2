/**
 * The faults in the SFT model's training questions. The tutorial's SFT model is mediocre. A model
 * trained on our clean questions alone would leave PPO nothing to improve. About half of the
 * questions in `sft_train.json` are therefore bad, and in ways that are a choice: the model could
 * as well write a good question, but its training data often did not.
 */
import { columnOf, givenAwayForms } from "./forms.ts";
import { judgeQuestion } from "./judge.ts";
import type { PassageRecord } from "./passages.ts";
import { ask, distinctFacts, type Question } from "./questions.ts";
import { clausesOf, cutOff, expand, pick, type Random } from "../corpus/mod.ts";
import { tableOf } from "./tables.ts";

/** What a training question may be. */
export type NoiseKind =
  | "clean"
  | "vague"
  | "not answerable"
  | "wrong entity"
  | "given away"
  | "cut off"
  | "copy";

/** The faults, without "clean". */
export const FAULTS = [
  "vague",
  "not answerable",
  "wrong entity",
  "given away",
  "cut off",
  "copy",
] as const satisfies readonly Exclude<NoiseKind, "clean">[];

/**
 * Shares of the SFT questions that are drawn for each fault. Where a fault cannot be made (a
 * passage that states all its kind can tell has no unanswerable relation), the question stays
 * clean. "vague" has one form that is more frequent than any form of a clean question, so that a
 * greedy answer is often vague. Cut-off questions and copies, which anybody sees at once, are rare.
 */
export const NOISE_SHARES: Readonly<Record<(typeof FAULTS)[number], number>> = {
  "vague": 0.24,
  "not answerable": 0.11,
  "wrong entity": 0.10,
  "given away": 0.06,
  "cut off": 0.03,
  "copy": 0.015,
};

/**
 * Vague questions, the most frequent first: the index is drawn as the square of a uniform number.
 */
const VAGUE = ["{n}怎么样？", "它怎么样？", "{n}有什么特点？", "这是什么？"];

/** Other names of the same kind, to be asked about by mistake. */
export interface NoiseContext {
  /** The passage that the question is about. */
  passage: PassageRecord;
  /** Names of the same kind as the passage's entity. */
  namesOfKind: readonly string[];
  /** Decides what is drawn. */
  random: Random;
}

/**
 * Draws a fault by its share and makes the question. Where it cannot be made, the question stays
 * clean.
 */
export function noisy(
  question: Question,
  context: NoiseContext,
): { text: string; noise: NoiseKind } {
  const noise = drawKind(context.random);
  const text = noise === "clean" ? question.text : spoil(question, { ...context, noise });
  const asMeant = text !== undefined && judgeQuestion(text, context.passage).reason === noise;
  return asMeant ? { text, noise } : { text: question.text, noise: "clean" };
}

function drawKind(random: Random): NoiseKind {
  let rest = random();
  for (const kind of FAULTS) {
    if (rest < NOISE_SHARES[kind]) return kind;
    rest -= NOISE_SHARES[kind];
  }
  return "clean";
}

/** A question spoiled in the given way, or `undefined` where the passage does not allow it. */
export function spoil(
  question: Pick<Question, "text">,
  context: NoiseContext & { noise: NoiseKind },
): string | undefined {
  const { passage, random } = context;
  switch (context.noise) {
    case "clean":
      return question.text;
    case "vague":
      return VAGUE[Math.floor(VAGUE.length * random() ** 2)].replace("{n}", passage.entity);
    case "not answerable":
      return unanswerable(passage, random);
    case "wrong entity":
      return aboutAnother(question.text, context);
    case "given away":
      return givenAway(passage, random);
    case "cut off":
      return cutOff(question.text, random);
    case "copy":
      return pick(clausesOf(passage.content), random);
  }
}

/** Asks for a relation that the passage states of neither entity. */
function unanswerable({ entity, absent, second }: PassageRecord, random: Random) {
  const stated = second?.facts.map(({ relation }) => relation) ?? [];
  const missing = absent.filter((relation) => !stated.includes(relation));
  return missing.length === 0
    ? undefined
    : ask(pick(missing, random), { name: entity, random }).text;
}

/**
 * Asks one entity for what the passage states only of the other, or puts a name in that the passage
 * does not contain.
 */
function aboutAnother(question: string, { passage, namesOfKind, random }: NoiseContext) {
  const { second } = passage;
  if (second !== undefined && random() < 0.75) {
    const [asked, told] = random() < 0.5 ? [passage, second] : [second, passage];
    const foreign = told.facts.filter(({ relation }) => asked.absent.includes(relation));
    if (foreign.length > 0) {
      return ask(pick(foreign, random).relation, { name: asked.entity, random }).text;
    }
  }
  const others = namesOfKind.filter((name) => name !== passage.entity && name !== second?.entity);
  return others.length === 0 || !question.includes(passage.entity)
    ? undefined
    : question.replaceAll(passage.entity, pick(others, random));
}

/** Asks whether a stated fact is so: the answer is in the question. */
function givenAway(passage: PassageRecord, random: Random): string | undefined {
  const facts = distinctFacts(passage);
  if (facts.length === 0) return undefined;
  const { subject, fact } = pick(facts, random);
  const column = columnOf(tableOf(passage.kind), fact);
  if (column === undefined) return undefined;
  return pick(givenAwayForms(column), random).replaceAll("{n}", subject.entity)
    .replaceAll("{v}", fact.value);
}

/**
 * Near-misses for the reward model's third rank: well-formed questions that are wrong for one
 * reason each. `wrong measure word` is one more besides the content faults.
 */
export const NEAR_MISSES = [
  "vague",
  "not answerable",
  "wrong entity",
  "given away",
  "wrong measure word",
] as const;

/** A near-miss to a passage, of a random kind among those that it allows. */
export function nearMiss(
  question: Pick<Question, "text">,
  context: NoiseContext,
): string | undefined {
  const { passage, random } = context;
  for (let attempt = 0; attempt < 10; attempt++) {
    const kind = pick(NEAR_MISSES, random);
    const text = kind === "wrong measure word"
      ? wrongMeasure(passage, random)
      : spoil(question, { ...context, noise: kind });
    if (text !== undefined && !judgeQuestion(text, passage).right) return text;
  }
  return undefined;
}

const MEASURES = ["条", "座", "位", "部", "种", "所", "家", "片", "颗"];

/** A question about a passage's entity with a measure word that does not fit: 哪座江发源于青藏高原？ */
function wrongMeasure(passage: PassageRecord, random: Random): string | undefined {
  const facts = distinctFacts(passage);
  if (facts.length === 0) return undefined;
  const { fact } = pick(facts, random);
  const table = tableOf(passage.kind);
  const column = columnOf(table, fact);
  const predicate = column === undefined ? undefined : pick(column.says, random);
  const noun = /^哪一?.(.+)$/u.exec(expand(table.which)[0])?.[1]; // 河 of 哪条河
  if (predicate === undefined || noun === undefined) return undefined;
  const measure = pick(MEASURES.filter((word) => !table.which.includes(word)), random);
  return `哪${measure}${noun}${predicate.replace(/^~/, "的").replaceAll("{v}", fact.value)}？`;
}
