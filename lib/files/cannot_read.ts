/** Errors of reading, as sentences in the language that is spoken. */
import { inBoth, say, type Words } from "../text/mod.ts";

/**
 * The sentence about a file that cannot be read.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { cannotRead } from "ppo/files/mod.ts";
 *
 * const reason = { en: "it is empty", zh: "它是空的" };
 * equal(cannotRead("a.json", reason), "Cannot read a.json: it is empty");
 * ```
 */
export function cannotRead(path: string, reason: Words): string {
  const { en, zh } = inBoth(reason);
  return say({ en: `Cannot read ${path}: ${en}`, zh: `无法读取 ${path}：${zh}` });
}

/**
 * The sentence about a file whose bytes are not what its format demands. The detail is for the
 * program that wrote the file, and stays in English.
 */
export const wrongBytes = (path: string, detail: string): string =>
  cannotRead(path, {
    en: detail,
    zh: `文件已损坏，或不是所期望的格式；请检查或重新下载（${detail}）`,
  });
