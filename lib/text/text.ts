/** A text in the course's two languages. */

/** The same text in English and in Chinese. */
export interface Text {
  /** English. */
  readonly en: string;
  /** Chinese. */
  readonly zh: string;
}

/** A language of the course. */
export type Language = keyof Text;

/** Both languages, in the order in which they are listed. */
export const LANGUAGES: readonly Language[] = ["en", "zh"];

/** A text, or a string that reads the same in both languages, such as a symbol or a name. */
export type Words = Text | string;

/**
 * The words in both languages.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { inBoth } from "ppo/text/mod.ts";
 *
 * deepEqual(inBoth("λ"), { en: "λ", zh: "λ" });
 * ```
 */
export const inBoth = (words: Words): Text =>
  typeof words === "string" ? { en: words, zh: words } : words;

/**
 * The words in one language.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { wordsIn } from "ppo/text/mod.ts";
 *
 * equal(wordsIn({ en: "reward", zh: "奖励" }, "zh"), "奖励");
 * equal(wordsIn("λ", "zh"), "λ");
 * ```
 */
export const wordsIn = (words: Words, language: Language): string =>
  typeof words === "string" ? words : words[language];
