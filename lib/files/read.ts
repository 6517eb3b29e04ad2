/**
 * Reading a file as text, whole or line by line, with errors that are sentences.
 */
import { linesOf, type TextLine } from "./lines.ts";

/** `Cannot read <path>: <state>`, for the errors of the file system that a reader of a course can meet. */
export function readError(path: string, cause: unknown): Error {
  return new Error(`Cannot read ${path}: ${reason(cause)}`, { cause });
}

function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "there is no such file";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a folder, and a file is expected";
  if (cause instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  return cause instanceof Error ? cause.message : String(cause);
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* (await Deno.open(path)).readable;
  } catch (cause) {
    throw readError(path, cause);
  }
}

/**
 * The lines of a file, streamed; a byte order mark is dropped, LF and CRLF end a line.
 *
 * @throws {Error} If there is no such file. @throws {TypeError} If a line is not UTF-8: the sentence names it.
 */
export const readLines = (path: string): AsyncGenerator<TextLine> =>
  linesOf(chunksOf(path), { name: path });

const MAX_TEXT_BYTES = 400_000_000; // JavaScript's strings end a little above

/**
 * The whole file as text; a byte order mark is dropped.
 *
 * @throws {Error} If there is no such file, or it has more than 400 MB. @throws {TypeError} If a line is not UTF-8: the sentence
 *   names it.
 */
export async function readText(path: string): Promise<string> {
  const { size } = await Deno.stat(path).catch((cause: unknown) => {
    throw readError(path, cause);
  });
  if (size > MAX_TEXT_BYTES) {
    throw readError(path, new RangeError(`it has ${size} bytes, too many for one text`));
  }
  const bytes = await Deno.readFile(path).catch((cause: unknown) => {
    throw readError(path, cause);
  });
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    for await (const _line of linesOf(ReadableStream.from([bytes]), { name: path })); // names the line
    throw readError(path, cause);
  }
}

/** Whether `path` is there, file or folder. */
export async function fileExists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return false;
    throw readError(path, cause);
  }
}
