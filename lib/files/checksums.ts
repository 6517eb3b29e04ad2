/**
 * Checksums of the files in a folder, in its file `checksums.json`: the length and the CRC-32 of
 * each, by which damaged files are recognised.
 */
import { say, type Text } from "../text/mod.ts";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { isRecord, type JsonRecord, readJsonRecord } from "./json.ts";
import { failToRead, fileExists, statOrNothing } from "./read.ts";
import { writeAtomically } from "./write.ts";

/** The name of the file with the checksums. */
export const CHECKSUMS = "checksums.json";

/** The CRC-32 of bytes or of a text as UTF-8, as eight hexadecimal digits. */
export const checksumOf = (content: string | Uint8Array): string => inHex(crc32(content));

const inHex = (sum: number): string => sum.toString(16).padStart(8, "0");

/** The length in bytes and the CRC-32 of a file. */
async function measured(path: string): Promise<{ bytes: number; crc32: string }> {
  using file = await Deno.open(path).catch(failToRead(path));
  const chunk = new Uint8Array(1 << 20);
  let bytes = 0, sum = 0;
  for (;;) {
    const read = await file.read(chunk).catch(failToRead(path));
    if (read === null) return { bytes, crc32: inHex(sum) };
    sum = crc32(chunk.subarray(0, read), sum);
    bytes += read;
  }
}

/** Writes the checksums of a folder's files. */
export async function writeChecksums(folder: string): Promise<void> {
  const names: string[] = [];
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile && name !== CHECKSUMS) names.push(name);
  }
  const sums: Record<string, unknown> = {};
  for (const name of names.sort()) sums[name] = await measured(join(folder, name));
  await writeAtomically(join(folder, CHECKSUMS), JSON.stringify(sums, null, 2) + "\n");
}

/** A file is not as it was written. */
export class DamageError extends Error {
  /** `message` names the file and what is wrong. */
  constructor(message: string) {
    super(message);
    this.name = "DamageError";
  }
}

/**
 * Checks the files of a folder against its checksums. A folder without `checksums.json` passes.
 *
 * @throws {DamageError} With the first file that is missing, has another length or other bytes.
 * @example
 * ```ts
 * import { rejects } from "node:assert/strict";
 * import { verifyChecksums, writeChecksums } from "ppo/files/mod.ts";
 * const folder = await Deno.makeTempDir();
 * await Deno.writeTextFile(`${folder}/a.txt`, "abc");
 * await writeChecksums(folder);
 * await verifyChecksums(folder);
 * await Deno.writeTextFile(`${folder}/a.txt`, "abd");
 * await rejects(verifyChecksums(folder), { message: /a\.txt: .*other bytes/ });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function verifyChecksums(folder: string): Promise<void> {
  const path = join(folder, CHECKSUMS);
  if (!await fileExists(path)) return;
  const sums = await readJsonRecord(path).catch((cause: unknown): JsonRecord => {
    throw new DamageError(cause instanceof Error ? cause.message : String(cause));
  });
  for (const [name, wanted] of Object.entries(sums)) await verify(join(folder, name), wanted);
}

async function verify(path: string, wanted: unknown): Promise<void> {
  const damaged = ({ en, zh }: Text) =>
    new DamageError(say({ en: `Cannot use ${path}: ${en}`, zh: `不能使用 ${path}：${zh}` }));
  if (!isRecord(wanted)) {
    throw damaged({
      en: `its line in ${CHECKSUMS} is damaged`,
      zh: `它在 ${CHECKSUMS} 中的那一行已损坏`,
    });
  }
  const size = (await statOrNothing(path))?.size;
  if (size === undefined) throw damaged({ en: "it is missing", zh: "文件缺失" });
  if (size !== wanted.bytes) {
    throw damaged({
      en: `it has ${size} bytes, and ${wanted.bytes} were written`,
      zh: `它有 ${size} 字节，而写入时是 ${wanted.bytes} 字节`,
    });
  }
  const { crc32: found } = await measured(path);
  if (found !== wanted.crc32) {
    throw damaged({
      en: `it is damaged: it has other bytes than were written (CRC-32 ${found}, ` +
        `${wanted.crc32} in ${CHECKSUMS})`,
      zh: `文件已损坏：内容与写入时不同（CRC-32 为 ${found}，` +
        `${CHECKSUMS} 中是 ${wanted.crc32}）`,
    });
  }
}
