/**
 * Errors of writing, as sentences: the file, what is wrong, how much space is needed, what to do.
 */
import { say, type Text } from "../text/mod.ts";
import { statfsSync } from "node:fs";
import { dirname, resolve } from "node:path";

/** A file or a folder could not be written. */
export class WriteError extends Error {
  /** `path` and `reason` become the sentence; `cause` is the error of the file system. */
  constructor(path: string, reason: string, cause?: unknown) {
    const place = resolve(path);
    super(say({ en: `Cannot write ${place}: ${reason}`, zh: `无法写入 ${place}：${reason}` }), {
      cause,
    });
    this.name = "WriteError";
  }
}

/** Bytes in words: `512 bytes`, `9 KiB`, `24 MiB`, `2.4 GiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 2 ** 10) return say({ en: `${bytes} bytes`, zh: `${bytes} 字节` });
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
    bytes === undefined
      ? []
      : say({ en: `${bytesText(bytes)} are needed`, zh: `需要 ${bytesText(bytes)}` }),
    free === undefined
      ? []
      : say({ en: `${bytesText(free)} are free`, zh: `空闲 ${bytesText(free)}` }),
  ].flat();
  const [en, zh] = facts.length === 0
    ? ["", ""]
    : [` (${facts.join(", and ")})`, `（${facts.join("，")}）`];
  return say({
    en: `the disk is full${en}. Free some space, or choose a folder on another disk`,
    zh: `磁盘已满${zh}。请腾出空间，或换到另一个磁盘上的文件夹`,
  });
}

const NOT_ALLOWED = {
  en: "this user may not write there. Choose a folder that you may write to, or change its " +
    "permissions",
  zh: "当前用户无权写入。请换一个可写的文件夹，或修改它的权限",
};

/** Why a write failed, by the code of the system's error. */
const REASONS: Readonly<Record<string, Text>> = {
  EDQUOT: {
    en: "the disk quota of this user is used up. Remove files that you no longer need",
    zh: "当前用户的磁盘配额已用完。请删除不再需要的文件",
  },
  EROFS: {
    en: "its file system is read-only. Choose a folder that you may write to",
    zh: "文件系统是只读的。请换一个可写的文件夹",
  },
  EACCES: NOT_ALLOWED,
  EPERM: NOT_ALLOWED,
  ENOTDIR: {
    en: "a part of this path is a file, and a folder is expected. Choose another path",
    zh: "路径的一部分是文件，应为文件夹。请换一个路径",
  },
  EEXIST: {
    en: "a file of that name is there, and a folder is expected. Choose another path",
    zh: "那里有同名的文件，应为文件夹。请换一个路径",
  },
  EISDIR: {
    en: "a folder of that name is there, and a file is expected. Choose another path",
    zh: "那里有同名的文件夹，应为文件。请换一个路径",
  },
  ENOENT: {
    en: "its folder is gone. Create it again, or choose another one",
    zh: "它所在的文件夹已不在。请重新创建，或换一个文件夹",
  },
  EFBIG: {
    en: "it is larger than a file may be on this file system. Choose a folder on another disk",
    zh: "它超过了这个文件系统的单文件上限。请换到另一个磁盘上的文件夹",
  },
  ENAMETOOLONG: {
    en: "its name is too long for this file system. Choose a shorter one",
    zh: "文件名对这个文件系统来说太长。请换一个短的",
  },
  EIO: {
    en: "the disk reports an error (EIO). Check the disk, and choose a folder on another one",
    zh: "磁盘报告错误 (EIO)。请检查磁盘，并换到另一个磁盘上的文件夹",
  },
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
  return new WriteError(path, say(REASONS[code] ?? message), cause);
}

/** Rejects with that sentence: for `catch`. */
export function failToWrite(path: string): (cause: unknown) => never {
  return (cause) => {
    throw writeError(path, cause);
  };
}
