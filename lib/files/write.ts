/**
 * Atomic writes: a reader sees the old file or the new one, never half of it.
 *
 * A file is written under another name beside its target and then renamed. (`write_folder.ts` does the same for folders.)
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

/** A name that nothing has yet, in the same folder as `path`. */
export function temporaryBeside(path: string): string {
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

/** Removes what writes that were killed have left in a folder: no other process may be writing there. */
export async function removeUnfinished(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (/^\..+\.[0-9a-f]{8}\.tmp$/.test(name)) {
      await Deno.remove(join(folder, name), { recursive: true });
    }
  }
}
