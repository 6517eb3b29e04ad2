/**
 * The noise in the SFT model's training questions. The tutorial's SFT model is mediocre (questions
 * that the passage cannot answer, about something else, cut off); a model trained on our clean
 * questions alone would leave PPO nothing to improve. So a fixed share of `sft_train.json` is wrong
 * in those same ways.
 */
import { judgeQuestion } from "./judge.ts";
import type { PassageRecord } from "./passages.ts";
import type { Question } from "./questions.ts";
import { ask } from "./questions.ts";
import { below, pick, type Random } from "./random.ts";

/** What a training question may be. */
export type NoiseKind = "clean" | "not answerable" | "wrong entity" | "cut off" | "copy";

/**
 * Shares of the SFT questions that are drawn for spoiling. Wanted are 12, 10, 8 and 5 %: with what
 * so small a model gets wrong by itself, the SFT model lands between 30 and 60 % right. "not
 * answerable" is drawn more often than wanted because two passages in five state all that their
 * kind can tell: there it stays clean. Most noise is wrong in content, which only a reader of the
 * passage notices; cut-off questions and copies are rarer because they are easy to see.
 */
export const NOISE_SHARES: Readonly<Record<Exclude<NoiseKind, "clean">, number>> = {
  "not answerable": 0.20,
  "wrong entity": 0.10,
  "cut off": 0.08,
  "copy": 0.05,
};

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
 * Draws a noise kind by its share and makes the question; where one cannot be made, the question
 * stays clean.
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
  for (const kind of ["not answerable", "wrong entity", "cut off", "copy"] as const) {
    if (rest < NOISE_SHARES[kind]) return kind;
    rest -= NOISE_SHARES[kind];
  }
  return "clean";
}

/** A question spoiled in the given way, or `undefined` where the passage does not allow it. */
export function spoil(
  question: Question,
  context: NoiseContext & { noise: NoiseKind },
): string | undefined {
  const { passage, namesOfKind, random } = context;
  switch (context.noise) {
    case "clean":
      return question.text;
    case "not answerable":
      return passage.absent.length === 0
        ? undefined
        : ask(pick(passage.absent, random), { name: passage.entity, random });
    case "wrong entity": {
      const others = namesOfKind.filter((name) => name !== passage.entity);
      return others.length === 0
        ? undefined
        : question.text.replace(passage.entity, pick(others, random));
    }
    case "cut off":
      return cutOff(question.text, random);
    case "copy":
      return pick(clausesOf(passage.content), random);
  }
}

/** Loses its last two characters or more, but keeps at least three. */
export function cutOff(question: string, random: Random): string {
  const characters = [...question];
  const kept = 3 + below(Math.max(1, characters.length - 4), random);
  return characters.slice(0, Math.min(kept, characters.length - 2)).join("");
}

/** The clauses of a passage, without their marks; of one that is all marks, itself. */
export function clausesOf(content: string): string[] {
  const clauses = content.split(/[，。]/).filter((clause) => clause !== "");
  return clauses.length === 0 ? [content] : clauses;
}
