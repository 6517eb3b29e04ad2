/**
 * Text by lines, streamed: a line is held as bytes until its end has come, so that a line of any length is decoded once.
 *
 * No byte of a multi-byte character of UTF-8 is a line end, so each line can be decoded, and named in an error, on its own.
 */

/** One line of a text without its line end. */
export interface TextLine {
  /** From 1. */
  readonly line: number;
  /** Without LF or CRLF; the first one without a byte order mark. */
  readonly text: string;
}

const LINE_FEED = 0x0a;

function decode(pieces: readonly Uint8Array[], where: string): string {
  const decoder = new TextDecoder("utf-8", { fatal: true }); // drops a byte order mark
  try {
    const start = pieces.slice(0, -1).map((piece) => decoder.decode(piece, { stream: true })).join(
      "",
    );
    return start + decoder.decode(pieces.at(-1));
  } catch (cause) {
    throw new TypeError(`Cannot read ${where}: it is not UTF-8 text`, { cause });
  }
}

/**
 * The lines of a stream of bytes; `name` names it in errors. LF and CRLF end a line; a last line end begins no further line.
 *
 * @throws {TypeError} `Cannot read <name>, line <line>: it is not UTF-8 text`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const chunks = ["甲\r\n", "乙"].map((text) => new TextEncoder().encode(text));
 * const lines = await Array.fromAsync(linesOf(ReadableStream.from(chunks), { name: "the example" }));
 * deepEqual(lines, [{ line: 1, text: "甲" }, { line: 2, text: "乙" }]);
 * ```
 */
export async function* linesOf(
  bytes: AsyncIterable<Uint8Array>,
  { name }: { name: string },
): AsyncGenerator<TextLine> {
  let line = 1;
  let pieces: Uint8Array[] = [];
  const taken = (): TextLine => {
    const text = decode(pieces, `${name}, line ${line}`);
    pieces = [];
    return { line: line++, text: text.endsWith("\r") ? text.slice(0, -1) : text };
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      pieces.push(chunk.subarray(start, end));
      start = end + 1;
      yield taken();
    }
    if (start < chunk.length) pieces.push(chunk.slice(start));
  }
  if (pieces.length > 0) yield taken();
}

/** The number of the line, from 1, in which the character at `offset` stands. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let end = text.indexOf("\n"); end >= 0 && end < offset; end = text.indexOf("\n", end + 1)) {
    line++;
  }
  return line;
}
