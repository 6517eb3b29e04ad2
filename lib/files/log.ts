/**
 * Files that grow: logs of a run, which can be cut back to where the run is taken up again.
 */
import { dirname, resolve } from "node:path";
import { readError } from "./read.ts";

/** Adds text or bytes to the end of a file, which is made if need be. */
export async function appendTo(path: string, content: string | Uint8Array): Promise<void> {
  await Deno.mkdir(dirname(resolve(path)), { recursive: true });
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  await Deno.writeFile(path, bytes, { append: true });
}

/** The same at once: for what is told while something else goes on. The folder must be there. */
export function appendToSync(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  Deno.writeFileSync(path, bytes, { append: true });
}

/** Adds one line to the end of a file, which is made if need be: for logs of metrics. */
export const appendLine = (path: string, line: string): Promise<void> =>
  appendTo(path, line + "\n");

/** How many bytes a file has; 0 if there is none. */
export async function fileSize(path: string): Promise<number> {
  try {
    return (await Deno.stat(path)).size;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return 0;
    throw readError(path, cause);
  }
}

/**
 * Cuts a file back to its first `size` bytes; without bytes it is removed.
 *
 * @throws RangeError when the file has fewer.
 */
export async function cutBack(path: string, size: number): Promise<void> {
  const found = await fileSize(path);
  if (found < size) {
    throw new RangeError(`Cannot cut ${path} back to ${size} bytes: it has ${found}`);
  }
  if (size > 0) return await Deno.truncate(path, size);
  await Deno.remove(path).catch((cause: unknown) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
  });
}
