/**
 * The tutorial's split: SFT trains on half of the passages, and PPO on the other half.
 *
 * The split is by passage, so SFT never sees a question about a passage that PPO uses.
 */
import { type Random, shuffle } from "../random/mod.ts";
import { say } from "../text/mod.ts";
import type { QuestionedPassage } from "./passage_files.ts";

/** A passage with its number in the file. */
export interface NumberedPassage extends QuestionedPassage {
  /** `content_12`, counted from 0 in the order of the original file. */
  readonly contentId: string;
}

/** Numbers passages in their order. */
export const numbered = (passages: readonly QuestionedPassage[]): NumberedPassage[] =>
  passages.map((passage, index) => ({ ...passage, contentId: `content_${index}` }));

/**
 * Two random halves, each in the order of the file. With an odd number the first half has one more.
 *
 * @throws {RangeError} If there are fewer than two passages.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const texts = ["甲", "乙", "丙"];
 * const passages = texts.map((content) => ({ name: content, content, questions: [] }));
 * const { sft, ppo } = splitPassages(passages, () => 0.9); // every item stays where it is
 * deepEqual(sft.map(({ contentId }) => contentId), ["content_0", "content_1"]);
 * deepEqual(ppo.map(({ content }) => content), ["丙"]);
 * ```
 */
export function splitPassages(
  passages: readonly QuestionedPassage[],
  random: Random,
): { sft: NumberedPassage[]; ppo: NumberedPassage[] } {
  if (passages.length < 2) {
    throw new RangeError(say({
      en: `Cannot split ${passages.length} passages: at least two are needed`,
      zh: `无法划分 ${passages.length} 段短文：至少需要两段`,
    }));
  }
  const all = numbered(passages);
  const first = new Set(shuffle(all, random).slice(0, Math.ceil(all.length / 2)));
  return {
    sft: all.filter((passage) => first.has(passage)),
    ppo: all.filter((passage) => !first.has(passage)),
  };
}

/** JSON lines `{"content", "query", "content_id"}`, one per question. */
export const questionLinesOf = (passages: readonly NumberedPassage[]): string =>
  passages.flatMap(({ content, contentId, questions }) =>
    questions.map(({ text }) =>
      JSON.stringify({ content, query: text, content_id: contentId }) + "\n"
    )
  ).join("");
