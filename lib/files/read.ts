/**
 * Reading a file as text, whole or line by line, with errors that are sentences.
 */
import { cannotRead } from "./cannot_read.ts";
import { say, type Words } from "../text/mod.ts";
import { join, resolve } from "node:path";
import { linesOf, type TextLine } from "./lines.ts";

/** Turns an error of the file system into the sentence `Cannot read <full path>: <reason>`. */
export const readError = (path: string, cause: unknown): Error =>
  new Error(cannotRead(resolve(path), reason(cause)), { cause });

/** Rejects with that sentence: for `catch`. */
export const failToRead = (path: string) => (cause: unknown): never => {
  throw readError(path, cause);
};

/** A folder in the place of a file. */
export const A_FOLDER = {
  en: "it is a folder, and a file is expected",
  zh: "它是文件夹，应为文件",
};

function reason(cause: unknown): Words {
  if (cause instanceof Deno.errors.NotFound) {
    return { en: "there is no such file", zh: "没有这个文件" };
  }
  if (cause instanceof Deno.errors.NotADirectory) {
    return { en: "a part of this path is a file", zh: "路径的一部分是文件" };
  }
  if (cause instanceof Deno.errors.IsADirectory) return A_FOLDER;
  if (cause instanceof Deno.errors.PermissionDenied) {
    return { en: "this user may not read it", zh: "当前用户无权读取" };
  }
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
 * The lines of a file, streamed. A byte order mark is dropped; LF and CRLF end a line.
 *
 * @throws {Error} if there is no such file.
 * @throws {TypeError} if a line is not UTF-8; the message names the line.
 */
export const readLines = (path: string): AsyncGenerator<TextLine> =>
  linesOf(chunksOf(path), { name: path });

const MAX_TEXT_BYTES = 400_000_000; // the longest JavaScript string is a little longer

/**
 * The whole file as text. A byte order mark is dropped.
 *
 * @throws {Error} if there is no such file, or it has more than 400 MB.
 * @throws {TypeError} if a line is not UTF-8; the message names the line.
 */
export async function readText(path: string): Promise<string> {
  const { size } = await Deno.stat(path).catch(failToRead(path));
  if (size > MAX_TEXT_BYTES) {
    const found = say({
      en: `it has ${size} bytes, too many for one text`,
      zh: `它有 ${size} 字节，超过了单个文本的上限`,
    });
    throw readError(path, new RangeError(found));
  }
  const bytes = await Deno.readFile(path).catch(failToRead(path));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    // this throws an error that names the line
    for await (const _line of linesOf(ReadableStream.from([bytes]), { name: path }));
    throw readError(path, cause);
  }
}

/** Facts about a file or folder, or undefined if it does not exist. */
export async function statOrNothing(path: string): Promise<Deno.FileInfo | undefined> {
  return await Deno.stat(path).catch((cause: unknown) => {
    const isMissing = cause instanceof Deno.errors.NotFound ||
      cause instanceof Deno.errors.NotADirectory; // a file stands where a folder is expected
    if (isMissing) return undefined;
    throw readError(path, cause);
  });
}

/** Whether `path` exists, as a file or a folder. */
export const fileExists = async (path: string): Promise<boolean> =>
  await statOrNothing(path) !== undefined;

/** Whether `path` is a folder. */
export const isFolder = async (path: string): Promise<boolean> =>
  (await statOrNothing(path))?.isDirectory === true;

/** An entry of a folder. Links count as what they lead to. */
export interface FolderEntry {
  /** Its name in the folder. */
  readonly name: string;
  /** Whether it is a folder. */
  readonly isFolder: boolean;
}

/**
 * The entries of a folder, sorted by name; none if it is no folder or does not exist.
 *
 * @throws {Error} if this user may not read it.
 */
export async function listFolder(path: string): Promise<FolderEntry[]> {
  if (!await isFolder(path)) return [];
  const entries = await Array.fromAsync(Deno.readDir(path)).catch(failToRead(path));
  const found = await Promise.all(entries.map(async ({ name, isDirectory, isSymlink }) => {
    const isLinked = isSymlink &&
      (await Deno.stat(join(path, name)).catch(() => null))?.isDirectory;
    return { name, isFolder: isDirectory || isLinked === true };
  }));
  return found.toSorted((a, b) => a.name < b.name ? -1 : 1);
}
