/**
 * The reward stage's list: seven answers to one passage from best to worst, as in the tutorial:
 * human question > model-written > question of another passage > a sentence of the passage >
 * cut-off question (plus noise) > empty > random characters.
 */
import { clausesOf, cutOff } from "./noise.ts";
import { below, pick, type Random } from "./random.ts";

/** One line of a ranking list, in the tutorial's words. */
export interface RankedAnswer {
  /** The passage. */
  prompt: string;
  /** A question of this rank about it. */
  answer: string;
}

/** The names of the seven ranks, best first. */
export const RANKS = [
  "human",
  "model",
  "other passage",
  "sentence",
  "cut off",
  "empty",
  "random",
] as const;

/** What the caller brings: three questions and a source of random numbers. */
export interface RankingParts {
  /** Rank "human": a clean question about the passage. */
  humanQuestion: string;
  /** Rank "model": what an SFT model asked about the passage. */
  modelQuestion: string;
  /** Rank "other passage": a clean question about another passage. */
  otherQuestion: string;
  /** Decides how answers are spoiled. */
  random: Random;
  /** Characters for noise; by default common ones that `data/vocab.txt` holds. */
  alphabet?: readonly string[];
}

/**
 * Characters for noise: frequent in our passages, so that rarity alone does not betray a random
 * answer.
 */
export const NOISE_CHARACTERS: readonly string[] = [
  ..."的是在大国年一于人山中海公有家学名学生著江和河于上小马里北南西东亚花水动物科文城市地区",
];

/**
 * Builds the seven ranks for one passage.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * const list = rankingList("法国的首都是巴黎。", {
 *   humanQuestion: "法国的首都是哪里？", modelQuestion: "法国在哪里？", otherQuestion: "泰山有多高？", random: () => 0.5,
 * });
 * assert.equal(list.length, 7);
 * assert.equal(list[5]?.answer, "");
 * ```
 */
export function rankingList(content: string, parts: RankingParts): RankedAnswer[] {
  const { random, alphabet = NOISE_CHARACTERS } = parts;
  const noise = (count: number) =>
    Array.from({ length: count }, () => pick(alphabet, random)).join("");
  const answers = [
    parts.humanQuestion,
    parts.modelQuestion,
    parts.otherQuestion,
    pick(clausesOf(content), random),
    cutOff(parts.humanQuestion, random) + noise(below(3, random)),
    "",
    noise(4 + below(12, random)),
  ];
  return answers.map((answer) => ({ prompt: content, answer }));
}
