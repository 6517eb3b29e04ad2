/**
 * The language in which figures, tables, checks and quizzes show themselves. It is one value for
 * the whole process, because a notebook has one language: the first code cell sets it with `speak`.
 */

import { type Language, LANGUAGES, type Words, wordsIn } from "./text.ts";

let chosen: Language = "en";

/**
 * Sets the language of everything that is shown from now on.
 *
 * @throws {RangeError} if it is not a language of the course.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { say, speak } from "ppo/text/mod.ts";
 *
 * const reward = { en: "reward", zh: "奖励" };
 * equal(say(reward), "reward");
 * speak("zh");
 * equal(say(reward), "奖励");
 * speak("en");
 * ```
 */
export function speak(language: Language): void {
  if (!LANGUAGES.includes(language)) {
    throw new RangeError(`Cannot speak "${language}": use "en" (English) or "zh" (Chinese)`);
  }
  chosen = language;
}

/** The language that `speak` has set; English at the start. */
export const spokenLanguage = (): Language => chosen;

/**
 * The words in the language that `speak` has set.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { say } from "ppo/text/mod.ts";
 *
 * equal(say({ en: "reward", zh: "奖励" }), "reward");
 * ```
 */
export const say = (words: Words): string => wordsIn(words, chosen);
