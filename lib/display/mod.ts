/**
 * How a value shows itself as the output of a notebook cell, and the HTML that all such outputs
 * share.
 *
 * @module
 */

/** The forms of one output by media type, such as `{ "text/html": "<b>hi</b>" }`. */
export type MimeBundle<Content = unknown> = Readonly<Record<string, Content>>;

/** The method that the Deno kernel calls to obtain the output of a cell's last expression. */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display");

/** A value that shows itself when it is the last expression of a cell. */
export interface Displayable<Content = unknown> {
  /** Returns the forms of the output, from which the front end chooses one. */
  [displaySymbol](): MimeBundle<Content> | Promise<MimeBundle<Content>>;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Escapes the five characters that have a meaning in HTML and SVG.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { escapeHtml } from "ppo/display/mod.ts";
 *
 * equal(escapeHtml('a < "b"'), "a &lt; &quot;b&quot;");
 * ```
 */
export const escapeHtml = (text: string): string =>
  text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character]);

/**
 * Embeds an SVG picture as an `<img>` element, which also works where inline SVG and scripts are
 * removed.
 *
 * @example
 * ```ts
 * import { match } from "node:assert/strict";
 * import { pictureHtml } from "ppo/display/mod.ts";
 *
 * match(pictureHtml("<svg/>", { alt: "an empty picture" }), /^<img alt="an empty picture"/);
 * ```
 */
export const pictureHtml = (svg: string, { alt }: { alt: string }): string =>
  `<img alt="${escapeHtml(alt)}" style="max-width:100%" ` +
  `src="data:image/svg+xml;base64,${new TextEncoder().encode(svg).toBase64()}">`;

/**
 * Estimates the width of one line of text. Chinese characters count `wide` units, all others
 * `narrow` units.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { textWidth } from "ppo/display/mod.ts";
 *
 * equal(textWidth("长江 a", { wide: 2, narrow: 1 }), 6);
 * ```
 */
export const textWidth = (
  text: string,
  { wide, narrow }: { wide: number; narrow: number },
): number =>
  Array.from(text).reduce((sum, c) => sum + ((c.codePointAt(0) ?? 0) >= 0x2e80 ? wide : narrow), 0);
