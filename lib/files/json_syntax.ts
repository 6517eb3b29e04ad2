/**
 * The first syntax error of a text that should be JSON: its line, its column, its kind in words and
 * the text around it.
 *
 * `jsonc-parser` finds the error, and this file puts it into words. For an error inside a string
 * the parser reports where the string begins, so the string is searched for the place.
 */
import { type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { lineAt } from "./lines.ts";

/** A syntax error. */
export interface SyntaxFault {
  /** The line, counted from 1. */
  readonly line: number;
  /** The column in that line, counted from 1 in UTF-16 code units. */
  readonly column: number;
  /** What is wrong, in words. */
  readonly kind: string;
  /** The text around the place, which `>>>` marks. */
  readonly around: string;
}

/** A place in a text, and what is wrong there. */
interface Fault {
  readonly offset: number;
  readonly kind: string;
}

/** Makes jsonc-parser report comments as errors. */
export const PLAIN_JSON = { disallowComments: true };

/** The beginning of a string, as far as it is valid. */
// deno-lint-ignore no-control-regex
const VALID_STRING = /"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y;

/** The parser's names of the errors inside a string. */
const IN_STRING: readonly string[] = [
  "InvalidEscapeCharacter",
  "InvalidUnicode",
  "InvalidCharacter",
  "UnexpectedEndOfString",
];

const INNER_QUOTE = 'a double quote inside a text; write \\"';

/** The fault of the string that begins at `offset`. */
function stringFault(text: string, offset: number): Fault {
  VALID_STRING.lastIndex = offset;
  const place = VALID_STRING.test(text) ? VALID_STRING.lastIndex : offset;
  const found = text.slice(place, place + 2);
  const code = text.charCodeAt(place).toString(16).toUpperCase().padStart(4, "0");
  const kind = found === ""
    ? "it breaks off inside a text"
    : found === "\\u"
    ? "\\u needs four hexadecimal digits"
    : found.startsWith("\\")
    ? `${found} is no valid escape; write \\\\ for a backslash`
    : /^[\r\n]/.test(found)
    ? "a line break inside a text; write \\n"
    : found.startsWith("\t")
    ? "a raw tab inside a text; write \\t"
    : `a raw control character inside a text; write \\u${code}`;
  return { offset: place, kind };
}

/** The fault of a word or sign that no JSON value begins with. */
function symbolFault(text: string, offset: number): Fault {
  const rest = text.slice(offset);
  const [word] = /^[\p{L}_$][\p{L}\p{N}_$]*/u.exec(rest) ?? [""];
  const kind = text[offset - 1] === '"'
    ? INNER_QUOTE
    : rest.startsWith("'")
    ? "a single quote; JSON has double quotes"
    : /^[“”‘’]/.test(rest)
    ? "a typographic quote; JSON has straight double quotes"
    : word !== "" && rest.slice(word.length).trimStart().startsWith(":")
    ? `the key ${word} has no double quotes`
    : `${word || rest[0]} is no JSON value`;
  return { offset, kind };
}

/** The fault where a key, a value, a comma or a colon is missing. */
function missingFault(text: string, error: string, offset: number): Fault {
  const [before, next] = [text.slice(0, offset).trimEnd(), text[offset]];
  const closes = next === "}" || next === "]";
  if (closes && before.endsWith(",")) {
    return { offset: before.length - 1, kind: "a comma before a closing bracket" };
  }
  if (error === "CommaExpected") {
    if (closes) return { offset, kind: `${next} does not match the opening bracket` };
    const isInner = text[offset - 1] === '"' && !/["{[]/.test(next);
    return { offset, kind: isInner ? INNER_QUOTE : "a comma is missing" };
  }
  if (error === "ColonExpected") return { offset, kind: "a colon is missing" };
  const wanted = error === "PropertyNameExpected" ? "a key in double quotes" : "a value";
  return { offset, kind: `${wanted} is missing` };
}

/** The parser's errors; undefined for a text whose brackets are nested too deeply for it. */
function parserErrors(text: string): ParseError[] | undefined {
  const errors: ParseError[] = [];
  try {
    parseTree(text, errors, PLAIN_JSON);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    return undefined; // the parser is recursive
  }
  return errors;
}

function firstFault(text: string): Fault {
  const [first] = parserErrors(text)?.toSorted((a, b) => a.offset - b.offset) ?? [];
  const end = text.trimEnd().length;
  if (first === undefined) return { offset: end, kind: "its brackets are nested too deeply" };
  const error = printParseErrorCode(first.error), { offset } = first;
  if (IN_STRING.includes(error)) return stringFault(text, offset);
  if (offset >= end) return { offset: end, kind: "it breaks off" };
  if (error === "InvalidSymbol") return symbolFault(text, offset);
  if (error === "InvalidCommentToken") return { offset, kind: "a comment" };
  if (error !== "EndOfFileExpected") return missingFault(text, error, offset);
  const kind = text[offset] === "," ? "a comma after the value" : "more text after the value";
  return { offset, kind };
}

/** Characters shown on either side of the place. */
const AROUND = 24;

/** A text on one line, with control characters as escapes. */
const onOneLine = (text: string): string =>
  // deno-lint-ignore no-control-regex
  text.replace(/[\x00-\x1f]/g, (character) => JSON.stringify(character).slice(1, -1));

/** The text around a place, on one line; `>>>` marks the place. */
export function textAround(text: string, offset: number): string {
  const before = text.slice(0, offset), after = text.slice(offset).trimEnd();
  const left = `${before.length > AROUND ? "..." : ""}${before.slice(-AROUND)}`;
  const right = `${after.slice(0, AROUND)}${after.length > AROUND ? "..." : ""}`;
  return onOneLine(`${left}>>>${right}`);
}

/**
 * Finds the first syntax error of a text that `JSON.parse` rejects.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * deepEqual(syntaxFault('{"a": 1,\n "b": tru}'), {
 *   line: 2,
 *   column: 7,
 *   kind: "tru is no JSON value",
 *   around: '{"a": 1,\\n "b": >>>tru}',
 * });
 * ```
 */
export function syntaxFault(text: string): SyntaxFault {
  const { offset, kind } = firstFault(text);
  const column = offset - text.lastIndexOf("\n", offset - 1);
  return { line: lineAt(text, offset), column, kind, around: textAround(text, offset) };
}
