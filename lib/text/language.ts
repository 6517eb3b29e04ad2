/**
 * The language in which figures, tables, checks, quizzes, progress lines and errors show
 * themselves. It is one value for the whole process: a notebook sets it with `speak` in its first
 * code cell, and a command from `--lang` or the variable LANG (`scripts/command_language.ts`).
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

/**
 * The language of a locale as in the variable LANG: Chinese if it begins with `zh`, and otherwise
 * English.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { languageOfLocale } from "ppo/text/mod.ts";
 *
 * equal(languageOfLocale("zh_CN.UTF-8"), "zh");
 * equal(languageOfLocale("C.UTF-8"), "en");
 * equal(languageOfLocale(undefined), "en");
 * ```
 */
export const languageOfLocale = (locale: string | undefined): Language =>
  /^zh(?![a-z])/i.test(locale ?? "") ? "zh" : "en";

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
