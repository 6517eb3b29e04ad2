/**
 * Atomic writes: a reader sees the old file or the new one, never a part of it.
 *
 * A file is written under another name beside its target and then renamed. (`write_folder.ts` does
 * the same for folders.)
 */
import { basename, dirname, join, resolve } from "node:path";
import { fileExists } from "./read.ts";
import { makeFolder, syncFolder } from "./sync.ts";
import { failToWrite, writeError } from "./write_error.ts";

/** Text, bytes, or chunks of bytes that are made one after the other. */
export type Content = string | Uint8Array | Iterable<Uint8Array>;

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

/** An unused name in the same folder as `path`. */
export function temporaryBeside(path: string): string {
  const target = resolve(path);
  return join(dirname(target), `.${basename(target)}.${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/** The name for which `temporaryBeside` made this one; undefined for other names. */
export const targetOf = (temporary: string): string | undefined =>
  /^\.(.+)\.[0-9a-f]{8}\.tmp$/.exec(temporary)?.[1];

/** The bytes of a content; undefined if it is made while it is written. */
const sizeOf = (content: Uint8Array | Iterable<Uint8Array>): number | undefined =>
  content instanceof Uint8Array
    ? content.length
    : Array.isArray(content)
    ? content.reduce((sum: number, chunk: Uint8Array) => sum + chunk.length, 0)
    : undefined;

/**
 * Writes a file completely or not at all. Its folder is made if necessary.
 *
 * `durable` waits until the bytes and the name are on the disk: for what must survive a power
 * failure.
 *
 * @throws {WriteError} If the file system refuses, with the file and the reason.
 */
export async function writeAtomically(
  path: string,
  content: Content,
  { durable = false }: { durable?: boolean } = {},
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = temporaryBeside(path);
  const folder = dirname(temporary);
  await makeFolder(folder);
  try {
    await writeNew(temporary, bytes, durable);
    await Deno.rename(temporary, path);
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw writeError(path, cause, sizeOf(bytes));
  }
  if (durable) await syncFolder(folder);
}

async function writeNew(
  path: string,
  bytes: Uint8Array | Iterable<Uint8Array>,
  durable: boolean,
): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  for (const chunk of bytes instanceof Uint8Array ? [bytes] : bytes) await writeAll(file, chunk);
  if (durable) await file.sync();
}

/**
 * Checks that this user may write in a folder, which need not exist, by making and removing a
 * folder in it or in the nearest one above it.
 *
 * @throws {WriteError} If not, with the reason.
 */
export async function requireWritable(folder: string): Promise<void> {
  let place = resolve(folder);
  while (!await fileExists(place)) place = dirname(place);
  const probe = temporaryBeside(join(place, "probe"));
  await Deno.mkdir(probe).catch(failToWrite(folder));
  await Deno.remove(probe);
}

/** Removes what interrupted writes have left in a folder. No other process may be writing there. */
export async function removeUnfinished(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (targetOf(name) === undefined) continue;
    await Deno.remove(join(folder, name), { recursive: true });
  }
}
