/**
 * Atomic writes: a reader sees the old file or the new one, never a part of it.
 *
 * A file is written under another name beside its target and then renamed. (`write_folder.ts` does
 * the same for folders.)
 */
import { basename, dirname, join, resolve } from "node:path";

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

/**
 * Writes a file completely or not at all. Its folder is made if necessary.
 *
 * `durable` waits until the bytes are on the disk: for checkpoints that must survive a power
 * failure.
 */
export async function writeAtomically(
  path: string,
  content: Content,
  { durable = false }: { durable?: boolean } = {},
): Promise<void> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const temporary = temporaryBeside(path);
  await Deno.mkdir(dirname(temporary), { recursive: true });
  try {
    using file = await Deno.open(temporary, { write: true, createNew: true });
    const chunks = bytes instanceof Uint8Array ? [bytes] : bytes;
    for (const chunk of chunks) await writeAll(file, chunk);
    if (durable) await file.sync();
  } catch (cause) {
    await Deno.remove(temporary).catch(() => {});
    throw cause;
  }
  await Deno.rename(temporary, path);
}

/** Removes what interrupted writes have left in a folder. No other process may be writing there. */
export async function removeUnfinished(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    if (targetOf(name) === undefined) continue;
    await Deno.remove(join(folder, name), { recursive: true });
  }
}
