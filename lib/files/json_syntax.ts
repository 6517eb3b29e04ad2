/**
 * The first syntax error of a text that should be JSON: its line, its column, its kind in words and
 * the text around it.
 *
 * `jsonc-parser` finds the error, and this file puts it into words. For an error inside a string
 * the parser reports where the string begins, so the string is searched for the place.
 */
import { type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import { say, type Text } from "../text/mod.ts";
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
  /** Whether the text ends where more is expected. */
  readonly breaksOff: boolean;
}

/** A place in a text, and what is wrong there. */
interface Fault {
  readonly offset: number;
  readonly kind: Text;
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

const INNER_QUOTE = {
  en: 'a double quote inside a text; write \\"',
  zh: '文本中有未转义的双引号；请写成 \\"',
};

/** What is wrong in a string; `found` are the first characters that do not belong to it. */
function stringKind(found: string): Text {
  if (found === "") return CUT_OFF_INSIDE;
  if (found === "\\u") {
    return { en: "\\u needs four hexadecimal digits", zh: "\\u 后面需要四位十六进制数字" };
  }
  if (found.startsWith("\\")) {
    return {
      en: `${found} is no valid escape; write \\\\ for a backslash`,
      zh: `${found} 不是有效的转义；反斜杠请写成 \\\\`,
    };
  }
  if (/^[\r\n]/.test(found)) {
    return { en: "a line break inside a text; write \\n", zh: "文本中有换行；请写成 \\n" };
  }
  if (found.startsWith("\t")) {
    return { en: "a raw tab inside a text; write \\t", zh: "文本中有制表符；请写成 \\t" };
  }
  const code = found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
  return {
    en: `a raw control character inside a text; write \\u${code}`,
    zh: `文本中有控制字符；请写成 \\u${code}`,
  };
}

/** The fault of the string that begins at `offset`. */
function stringFault(text: string, offset: number): Fault {
  VALID_STRING.lastIndex = offset;
  const place = VALID_STRING.test(text) ? VALID_STRING.lastIndex : offset;
  return { offset: place, kind: stringKind(text.slice(place, place + 2)) };
}

/** The fault of a word or sign that no JSON value begins with. */
function symbolFault(text: string, offset: number): Fault {
  return { offset, kind: symbolKind(text.slice(offset), text[offset - 1]) };
}

function symbolKind(rest: string, before: string): Text {
  const [word] = /^[\p{L}_$][\p{L}\p{N}_$]*/u.exec(rest) ?? [""];
  if (before === '"') return INNER_QUOTE;
  if (rest.startsWith("'")) {
    return { en: "a single quote; JSON has double quotes", zh: "单引号；JSON 用双引号" };
  }
  if (/^[“”‘’]/.test(rest)) {
    return {
      en: "a typographic quote; JSON has straight double quotes",
      zh: "中文引号；JSON 用直的双引号",
    };
  }
  if (word !== "" && rest.slice(word.length).trimStart().startsWith(":")) {
    return { en: `the key ${word} has no double quotes`, zh: `键 ${word} 没有加双引号` };
  }
  return {
    en: `${word || rest[0]} is no JSON value`,
    zh: `${word || rest[0]} 不是 JSON 的值`,
  };
}

const TRAILING_COMMA = { en: "a comma before a closing bracket", zh: "右括号前多了逗号" };
const NO_COMMA = { en: "a comma is missing", zh: "缺少逗号" };
const NO_COLON = { en: "a colon is missing", zh: "缺少冒号" };
const NO_KEY = { en: "a key in double quotes is missing", zh: "缺少带双引号的键" };
const NO_VALUE = { en: "a value is missing", zh: "缺少值" };
const TOO_DEEP = { en: "its brackets are nested too deeply", zh: "括号嵌套太深" };
const CUT_OFF = { en: "it breaks off", zh: "内容不完整" };
const CUT_OFF_INSIDE = { en: "it breaks off inside a text", zh: "内容在一段文本中间中断" };
const COMMENT = { en: "a comment", zh: "注释" };
const COMMA_AFTER = { en: "a comma after the value", zh: "值后面多了逗号" };
const TEXT_AFTER = { en: "more text after the value", zh: "值后面还有文字" };

/** The fault where a key, a value, a comma or a colon is missing. */
function missingFault(text: string, error: string, offset: number): Fault {
  const [before, next] = [text.slice(0, offset).trimEnd(), text[offset]];
  const closes = next === "}" || next === "]";
  if (closes && before.endsWith(",")) return { offset: before.length - 1, kind: TRAILING_COMMA };
  if (error === "CommaExpected") {
    if (closes) return { offset, kind: unmatched(next) };
    const isInner = text[offset - 1] === '"' && !/["{[]/.test(next);
    return { offset, kind: isInner ? INNER_QUOTE : NO_COMMA };
  }
  if (error === "ColonExpected") return { offset, kind: NO_COLON };
  return { offset, kind: error === "PropertyNameExpected" ? NO_KEY : NO_VALUE };
}

const unmatched = (bracket: string): Text => ({
  en: `${bracket} does not match the opening bracket`,
  zh: `${bracket} 与左括号不匹配`,
});

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
  if (first === undefined) return { offset: end, kind: TOO_DEEP };
  const error = printParseErrorCode(first.error), { offset } = first;
  if (IN_STRING.includes(error)) return stringFault(text, offset);
  if (offset >= end) return { offset: end, kind: CUT_OFF };
  if (error === "InvalidSymbol") return symbolFault(text, offset);
  if (error === "InvalidCommentToken") return { offset, kind: COMMENT };
  if (error !== "EndOfFileExpected") return missingFault(text, error, offset);
  return { offset, kind: text[offset] === "," ? COMMA_AFTER : TEXT_AFTER };
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
 *   breaksOff: false,
 * });
 * ```
 */
export function syntaxFault(text: string): SyntaxFault {
  const { offset, kind } = firstFault(text);
  const column = offset - text.lastIndexOf("\n", offset - 1);
  return {
    line: lineAt(text, offset),
    column,
    kind: say(kind),
    around: textAround(text, offset),
    breaksOff: kind === CUT_OFF || kind === CUT_OFF_INSIDE,
  };
}
