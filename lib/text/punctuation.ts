/**
 * Sentences assembled from parts, with the punctuation of the current language.
 */

import { say } from "./language.ts";

/**
 * `name: text`, in Chinese with a full-width colon.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { listed, titled } from "ppo/text/mod.ts";
 *
 * equal(titled("Next token", listed(["江 0.75", "城 0.25"])), "Next token: 江 0.75, 城 0.25");
 * ```
 */
export const titled = (name: string, text: string): string =>
  say({ en: `${name}: ${text}`, zh: `${name}：${text}` });

/**
 * A text that follows Chinese without a comma: Latin letters and digits begin after a blank.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { afterHan } from "ppo/text/mod.ts";
 *
 * deepEqual(["列表", "JSON"].map(afterHan), ["列表", " JSON"]);
 * ```
 */
export const afterHan = (text: string): string => /^[\x21-\x7e]/.test(text) ? ` ${text}` : text;

/** Sentences without their full stops, which are put between them. */
export const sentences = (items: readonly string[]): string =>
  items.join(say({ en: ". ", zh: "。" }));

/** Items separated by commas. */
export const listed = (items: readonly string[]): string => items.join(say({ en: ", ", zh: "，" }));

/** Longer items, separated by semicolons. */
export const listedLong = (items: readonly string[]): string =>
  items.join(say({ en: "; ", zh: "；" }));
