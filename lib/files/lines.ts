/**
 * Text by lines, streamed: a line is held as bytes until its end has arrived, so that a line of
 * any length is decoded once.
 *
 * No byte of a multi-byte character of UTF-8 is a line feed, so each line can be decoded, and
 * named in an error, on its own.
 */

import { cannotRead } from "./cannot_read.ts";

/** One line of a text without its line end. */
export interface TextLine {
  /** Counted from 1. */
  readonly line: number;
  /** Without LF or CRLF; the first line without a byte order mark. */
  readonly text: string;
}

const LINE_FEED = 0x0a;

function decode(pieces: readonly Uint8Array[], where: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark
  try {
    const texts = pieces.map((piece) => decoder.decode(piece, { stream: true }));
    return texts.join("") + decoder.decode();
  } catch (cause) {
    const found = { en: "it is not UTF-8 text", zh: "它不是 UTF-8 文本" };
    throw new TypeError(cannotRead(where, found), { cause });
  }
}

/**
 * The lines of a stream of bytes, which `name` identifies in errors. LF and CRLF end a line; a
 * line end at the end of the text does not begin another line.
 *
 * @throws {TypeError} `Cannot read <name>, line <line>: it is not UTF-8 text`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { linesOf } from "ppo/files/mod.ts";
 *
 * const chunks = ["甲\r\n", "乙"].map((text) => new TextEncoder().encode(text));
 * const lines = linesOf(ReadableStream.from(chunks), { name: "the example" });
 * deepEqual(await Array.fromAsync(lines), [{ line: 1, text: "甲" }, { line: 2, text: "乙" }]);
 * ```
 */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  { name }: { name: string },
): AsyncGenerator<TextLine> {
  let line = 1;
  let pieces: Uint8Array[] = [];
  const finished = (): TextLine => {
    const text = decode(pieces, `${name}, line ${line}`);
    pieces = [];
    return { line: line++, text: text.endsWith("\r") ? text.slice(0, -1) : text };
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      pieces.push(chunk.subarray(start, end));
      start = end + 1;
      yield finished();
    }
    if (start < chunk.length) pieces.push(chunk.slice(start));
  }
  if (pieces.length > 0) yield finished();
}

/** The number of the line, from 1, that contains the character at `offset`. */
export const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split("\n").length;
