/**
 * Files that grow: logs of a run, which can be cut back to the point where the run is resumed.
 */
import { say } from "../text/mod.ts";
import { dirname, resolve } from "node:path";
import { statOrNothing } from "./read.ts";
import { makeFolder } from "./sync.ts";
import { failToWrite, writeError } from "./write_error.ts";

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

/**
 * Appends text or bytes to a file. The file and its folder are made if necessary.
 *
 * @throws {WriteError} if the file system refuses, with the file and the reason.
 */
export async function appendTo(path: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(resolve(path)));
  await Deno.writeFile(path, bytesOf(content), { append: true }).catch(failToWrite(path));
}

/**
 * Appends synchronously, for reports while other work goes on. The folder must exist.
 *
 * @throws {WriteError} if the file system refuses, with the file and the reason.
 */
export function appendToSync(path: string, content: string | Uint8Array): void {
  const bytes = bytesOf(content);
  try {
    Deno.writeFileSync(path, bytes, { append: true });
  } catch (cause) {
    throw writeError(path, cause, bytes.length);
  }
}

/** The size of a file in bytes; 0 if it does not exist. */
export const fileSize = async (path: string): Promise<number> =>
  (await statOrNothing(path))?.size ?? 0;

/**
 * Cuts a file back to its first `size` bytes. A file of 0 bytes is removed.
 *
 * @throws {RangeError} if the file has fewer bytes.
 */
export async function cutBack(path: string, size: number): Promise<void> {
  const found = await fileSize(path);
  if (found < size) {
    throw new RangeError(say({
      en: `Cannot cut ${path} back to ${size} bytes: it has ${found}`,
      zh: `无法把 ${path} 截回到 ${size} 字节：它只有 ${found} 字节`,
    }));
  }
  if (size > 0) await Deno.truncate(path, size).catch(failToWrite(path));
  else if (await statOrNothing(path)) await Deno.remove(path).catch(failToWrite(path));
}
