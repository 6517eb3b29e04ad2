/**
 * Errors of writing, as sentences: the file, what is wrong, how much space is needed, what to do.
 */
import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A file or a folder could not be written. */
export class WriteError extends Error {
  /** `path` and `reason` become the sentence; `cause` is the error of the file system. */
  constructor(path: string, reason: string, cause?: unknown) {
    super(`Cannot write ${resolve(path)}: ${reason}`, { cause });
    this.name = "WriteError";
  }
}

/** Bytes in words: `512 bytes`, `9 KiB`, `24 MiB`, `2.4 GiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 2 ** 10) return `${bytes} bytes`;
  if (bytes < 2 ** 20) return `${Math.ceil(bytes / 2 ** 10)} KiB`;
  return bytes < 2 ** 30
    ? `${Math.ceil(bytes / 2 ** 20)} MiB`
    : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

/**
 * Bytes that this user may still write on the disk of a path, which need not exist; undefined if
 * the system does not say.
 *
 * @example
 * ```ts
 * import { ok } from "node:assert/strict";
 * import { freeBytes } from "ppo/files/mod.ts";
 * ok((freeBytes("out/not/there/yet") ?? 1) > 0);
 * ```
 */
export function freeBytes(path: string): number | undefined {
  for (let place = resolve(path);; place = dirname(place)) {
    try {
      const { bavail, bsize, blocks } = statfsSync(place);
      return blocks === 0 ? undefined : bavail * bsize; // such as /proc, which is not on a disk
    } catch {
      if (place === dirname(place)) return undefined;
    }
  }
}

/**
 * Checks before anything is written that the disk has room.
 *
 * @throws {WriteError} If fewer than `bytes` are free on the disk of `path`.
 */
export function requireSpace(path: string, bytes: number): void {
  const free = freeBytes(path);
  if (free !== undefined && free < bytes) throw new WriteError(path, fullDisk(path, bytes));
}

function fullDisk(path: string, bytes?: number): string {
  const free = freeBytes(path);
  const facts = [
    bytes === undefined ? [] : `${bytesText(bytes)} are needed`,
    free === undefined ? [] : `${bytesText(free)} are free`,
  ].flat().join(", and ");
  return `the disk is full${facts && ` (${facts})`}. Free some space, or choose a folder on ` +
    "another disk";
}

const OTHER_FOLDER = "Choose a folder that you may write to";

/** Why a write failed, by the code of the system's error. */
const REASONS: Readonly<Record<string, string>> = {
  EDQUOT: "the disk quota of this user is used up. Remove files that you no longer need",
  EROFS: `its file system is read-only. ${OTHER_FOLDER}`,
  EACCES: `this user may not write there. ${OTHER_FOLDER}, or change its permissions`,
  EPERM: `this user may not write there. ${OTHER_FOLDER}, or change its permissions`,
  ENOTDIR: "a part of this path is a file, and a folder is expected. Choose another path",
  EEXIST: "a file of that name is there, and a folder is expected. Choose another path",
  EISDIR: "a folder of that name is there, and a file is expected. Choose another path",
  ENOENT: "its folder is gone. Create it again, or choose another one",
  EFBIG: "it is larger than a file may be on this file system. Choose a folder on another disk",
  ENAMETOOLONG: "its name is too long for this file system. Choose a shorter one",
  EIO: "the disk reports an error (EIO). Check the disk, and choose a folder on another one",
};

const codeOf = (cause: unknown): string | undefined =>
  cause instanceof Error && "code" in cause && typeof cause.code === "string"
    ? cause.code
    : undefined;

/**
 * Turns an error of the file system into a `WriteError`; other errors stay as they are. `bytes` is
 * the size of what was to be written, if it is known.
 */
export function writeError(path: string, cause: unknown, bytes?: number): unknown {
  const code = codeOf(cause);
  if (cause instanceof WriteError || code === undefined) return cause;
  if (code === "ENOSPC") return new WriteError(path, fullDisk(path, bytes), cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return new WriteError(path, REASONS[code] ?? message, cause);
}

/** Rejects with that sentence: for `catch`. */
export function failToWrite(path: string): (cause: unknown) => never {
  return (cause) => {
    throw writeError(path, cause);
  };
}
