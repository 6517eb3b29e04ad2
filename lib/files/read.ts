/**
 * Reading a file as text, with errors that are sentences.
 */

/** `Cannot read <path>: <state>`, for the errors of the file system that a reader of a course can meet. */
export function readError(path: string, cause: unknown): Error {
  return new Error(`Cannot read ${path}: ${reason(cause)}`, { cause });
}

function reason(cause: unknown): string {
  if (cause instanceof Deno.errors.NotFound) return "there is no such file";
  if (cause instanceof Deno.errors.IsADirectory) return "it is a folder, and a file is expected";
  if (cause instanceof Deno.errors.PermissionDenied) return "this user may not read it";
  if (cause instanceof TypeError) return "it is not UTF-8 text";
  return cause instanceof Error ? cause.message : String(cause);
}

const MAX_TEXT_BYTES = 400_000_000; // JavaScript's strings end a little above

/**
 * The whole file as text; a byte order mark is dropped.
 *
 * @throws {Error} If there is no such file, it is not UTF-8, or it has more than 400 MB.
 */
export async function readText(path: string): Promise<string> {
  try {
    const { size } = await Deno.stat(path);
    if (size > MAX_TEXT_BYTES) throw new RangeError(`it has ${size} bytes, too many for one text`);
    return new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path));
  } catch (cause) {
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
