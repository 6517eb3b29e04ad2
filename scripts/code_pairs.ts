/**
 * Code whose strings and comments are in two languages. In a string or in a comment, ` || `
 * separates the English from the Chinese:
 *
 *     table(rows, ["t"], { title: `first ${n} tokens || 前 ${n} 个词元` }); // of one answer || 一个回答
 *
 * Such code is TypeScript as it stands. Regular expressions are not recognised: a quotation mark or
 * `//` in one is taken for the beginning of a string or a comment.
 */

import { type Language, LANGUAGES } from "../lib/text/mod.ts";

const SEPARATOR = " || ";

/** A pair that is not one. */
export class PairError extends SyntaxError {
  override readonly name = "PairError";

  /** @param literal the string or the comment, as it stands in the code */
  constructor(readonly literal: string) {
    const wanted = `one English and one Chinese side, separated by "${SEPARATOR}"`;
    super(`Cannot read ${literal}: a string or comment has ${wanted}`);
  }
}

/**
 * The code in one language: of each pair, only its side stays.
 *
 * @throws {PairError} If a string or a comment has more than one separator, or nothing on one side.
 */
export function codeIn(code: string, language: Language): string {
  return mapLiterals(code, (literal) => {
    const sides = sidesOf(literal).map((side) => mapExpressions(side, language));
    if (sides.length === 1) return sides[0];
    const [open, close] = delimitersOf(literal);
    const chosen = sides[LANGUAGES.indexOf(language)].trim();
    return `${open}${chosen}${close}`;
  });
}

/** The code without its comments and without the space at the ends of its lines. */
export const withoutComments = (code: string): string =>
  mapLiterals(code, (literal) => literal.startsWith("/") ? "" : literal)
    .split("\n").map((line) => line.trimEnd()).filter((line) => line !== "").join("\n");

/** The strings and the comments of a program, with their quotation marks and slashes. */
export function literalsOf(code: string): string[] {
  const found: string[] = [];
  mapLiterals(code, (literal) => {
    found.push(literal);
    return literal;
  });
  return found;
}

/** Replaces each string and each comment by what `change` makes of it. */
function mapLiterals(code: string, change: (literal: string) => string): string {
  let result = "";
  for (let at = 0; at < code.length;) {
    const end = literalEnd(code, at);
    result += end > at ? change(code.slice(at, end)) : code[at];
    at = Math.max(end, at + 1);
  }
  return result;
}

/** Where the string or comment that begins at `start` ends; `start` if none begins there. */
function literalEnd(code: string, start: number): number {
  if (code.startsWith("//", start)) return endAfter(code, "\n", start) - 1;
  if (code.startsWith("/*", start)) return endAfter(code, "*/", start + 2);
  const quote = code[start];
  if (!['"', "'", "`"].includes(quote)) return start;
  for (let at = start + 1; at < code.length; at++) {
    if (code[at] === "\\") at++;
    else if (code[at] === quote) return at + 1;
    else if (quote === "`" && code.startsWith("${", at)) at = expressionEnd(code, at) - 1;
  }
  return code.length;
}

function endAfter(code: string, mark: string, from: number): number {
  const found = code.indexOf(mark, from);
  return found >= 0 ? found + mark.length : code.length + (mark === "\n" ? 1 : 0);
}

/** Where the `${...}` that begins at `start` ends. */
function expressionEnd(code: string, start: number): number {
  let depth = 0;
  for (let at = start + 1; at < code.length;) {
    if (code[at] === "{") depth++;
    if (code[at] === "}" && --depth === 0) return at + 1;
    at = Math.max(literalEnd(code, at), at + 1);
  }
  return code.length;
}

/** The two sides of a pair without quotation marks, or the whole literal if it is not a pair. */
function sidesOf(literal: string): string[] {
  const [open, close] = delimitersOf(literal);
  const inner = literal.slice(open.length, literal.length - close.length);
  const sides = [""];
  for (let at = 0; at < inner.length;) {
    const isExpression = open === "`" && inner.startsWith("${", at);
    if (inner.startsWith(SEPARATOR, at)) {
      sides.push("");
      at += SEPARATOR.length;
      continue;
    }
    const end = isExpression ? expressionEnd(inner, at) : at + 1;
    sides[sides.length - 1] += inner.slice(at, end);
    at = end;
  }
  if (sides.length === 1) return [literal];
  if (sides.length > 2 || sides.some((side) => side.trim() === "")) {
    throw new PairError(literal);
  }
  return sides;
}

function delimitersOf(literal: string): [open: string, close: string] {
  if (literal.startsWith("//")) return ["// ", ""];
  if (literal.startsWith("/*")) return ["/* ", " */"];
  return [literal[0], literal[0]];
}

/** Applies `codeIn` inside the `${...}` of a template. */
function mapExpressions(text: string, language: Language): string {
  let result = "";
  for (let at = 0; at < text.length;) {
    const isExpression = text.startsWith("${", at);
    const end = isExpression ? expressionEnd(text, at) : at + 1;
    const part = text.slice(at, end);
    result += isExpression ? "${" + codeIn(part.slice(2), language) : part;
    at = end;
  }
  return result;
}
