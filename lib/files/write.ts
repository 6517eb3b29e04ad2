/**
 * Atomic writes: a reader sees the old file or the new one, never half of it.
 *
 * A file is written under another name beside its target and then renamed. A folder that does not exist yet is
 * renamed as a whole; into one that exists, each finished file is renamed, and what else lies there stays.
 */
import { basename, dirname, join, resolve } from "node:path";

/** Text, bytes, or chunks of bytes that are made one after the other. */
export type Content = string | Uint8Array | Iterable<Uint8Array>;

function chunks(content: Content): Iterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let done = 0; done < bytes.length;) done += await file.write(bytes.subarray(done));
}

function temporaryBeside(path: string): string {
  const target = resolve(path);
  return join(dirname(target), `.${basename(target)}.${crypto.randomUUID().slice(0, 8)}.tmp`);
}

/**
 * Writes a file, whole or not at all; folders on the way are made.
 *
 * `durable` waits until the bytes are on the disk: for checkpoints that must survive a power cut.
 */
export async function writeAtomically(
  path: string,
  content: Content,
  { durable = false }: { durable?: boolean } = {},
): Promise<void> {
  const temporary = temporaryBeside(path);
  await Deno.mkdir(dirname(temporary), { recursive: true });
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true });
    for (const chunk of chunks(content)) await writeAll(file, chunk);
    if (durable) await file.sync();
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw cause;
  }
  await Deno.rename(temporary, path);
}

/**
 * Lets `fill` write files into an empty folder, then puts them where `folder` is meant to be.
 *
 * If `fill` throws, `folder` is as it was. `durable` waits until the files are on the disk.
 */
export async function writeFolderAtomically(
  folder: string,
  fill: (temporary: string) => Promise<void>,
  { durable = false }: { durable?: boolean } = {},
): Promise<void> {
  const temporary = temporaryBeside(folder);
  await Deno.mkdir(temporary, { recursive: true });
  try {
    await fill(temporary);
    if (durable) await syncFiles(temporary);
    await moveInto(temporary, folder);
  } finally {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
  }
}

async function moveInto(temporary: string, folder: string): Promise<void> {
  const target = await Deno.stat(folder).catch(() => undefined);
  if (target === undefined) return await Deno.rename(temporary, folder);
  if (!target.isDirectory) throw new Error(`Cannot write the folder ${folder}: a file of that name is there`);
  for await (const entry of Deno.readDir(temporary)) {
    await Deno.rename(join(temporary, entry.name), join(folder, entry.name));
  }
}

/** Waits until every file of a folder is on the disk. */
async function syncFiles(folder: string): Promise<void> {
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    using file = await Deno.open(join(folder, name), { read: true, write: true });
    await file.sync();
  }
}

/** Removes what writes that were killed have left in a folder: no other process may be writing there. */
export async function removeUnfinished(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (/^\..+\.[0-9a-f]{8}\.tmp$/.test(name)) await Deno.remove(join(folder, name), { recursive: true });
  }
}
