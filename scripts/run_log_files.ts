/**
 * Brings a log of a run back to what it was at a saved state.
 *
 * The state has a copy of the log. If the file begins as the copy, what was added later is cut off;
 * otherwise (it is missing, shorter or different) the copy takes its place, with a note. A state of
 * version 0.1.0 has only the length: a shorter log is continued, with a note.
 */
import { cutBack, fileSize, writeAtomically } from "../lib/files/mod.ts";
import { say } from "../lib/text/mod.ts";
import type { StoredLog } from "./run_state.ts";

/** Restores a log; `stored` is undefined if the state has none. Gives notes on what was wrong. */
export async function restoreLog(path: string, stored: StoredLog | undefined): Promise<string[]> {
  const { size, copy } = stored ?? { size: 0, copy: undefined };
  const found = await fileSize(path);
  if (copy === undefined) {
    return found < size ? [await continued(path, { found, size })] : await cut(path, size);
  }
  if (found >= size && await beginsAs(path, copy)) {
    const note = say({
      en: `${path} goes beyond the state: it is cut back, and its last updates are repeated`,
      zh: `${path} 比训练状态更靠后：已截回，最后几次更新会重做`,
    });
    return [...await cut(path, size), ...(isMetrics(path) && found > size ? [note] : [])];
  }
  await writeAtomically(path, await Deno.readFile(copy), { durable: true });
  const was = found === 0
    ? { en: "was missing", zh: "缺失" }
    : found < size
    ? { en: "was cut off", zh: "不完整" }
    : { en: "had been changed", zh: "被改动过" };
  return [say({
    en: `${path} ${was.en}, and is restored from the copy in the state`,
    zh: `${path} ${was.zh}，已用训练状态中的副本恢复`,
  })];
}

/** The log whose rows tell a user how far a run was; the others are a little longer at any time. */
const isMetrics = (path: string): boolean => path.endsWith("metrics.jsonl");

async function cut(path: string, size: number): Promise<string[]> {
  await cutBack(path, size);
  return [];
}

/** Whether a file begins with the bytes of another. */
async function beginsAs(path: string, copy: string): Promise<boolean> {
  using file = await Deno.open(path);
  using wanted = await Deno.open(copy);
  const [one, other] = [new Uint8Array(1 << 20), new Uint8Array(1 << 20)];
  for (;;) {
    const read = await readFully(wanted, other);
    const found = await readFully(file, one.subarray(0, read));
    if (found < read) return false;
    for (let index = 0; index < read; index++) if (one[index] !== other[index]) return false;
    if (read < other.length) return true;
  }
}

/** Reads until the bytes are filled or the file ends; gives how many were read. */
async function readFully(file: Deno.FsFile, bytes: Uint8Array): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const read = await file.read(bytes.subarray(done));
    if (read === null) break;
    done += read;
  }
  return done;
}

/** Continues a log that is too short and of which there is no copy. */
async function continued(
  path: string,
  { found, size }: { found: number; size: number },
): Promise<string> {
  const facts = found === 0
    ? { en: "is missing", zh: "缺失" }
    : { en: `has ${found} of ${size} bytes`, zh: `只有 ${size} 字节中的 ${found} 字节` };
  if (found > 0) await cutBack(path, wholePart(path, await Deno.readFile(path)));
  return say({
    en: `${path} ${facts.en}, and the state of an older version has no copy: ` +
      "it continues, and what was lost stays missing",
    zh: `${path} ${facts.zh}，而旧版本的训练状态没有副本：继续写入，丢失的部分不再恢复`,
  });
}

/** The length of the whole lines, or of the whole events, at the beginning of a log. */
function wholePart(path: string, bytes: Uint8Array): number {
  if (path.endsWith(".jsonl")) return bytes.lastIndexOf("\n".charCodeAt(0)) + 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0;;) {
    // a frame has a length, a checksum, the event and a checksum (`lib/files/tensorboard.ts`)
    const end = at + 12 > bytes.length ? Infinity : at + 16 + Number(view.getBigUint64(at, true));
    if (end > bytes.length) return at;
    at = end;
  }
}
