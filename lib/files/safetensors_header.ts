/**
 * The header of a safetensors file: 8 bytes of length (little-endian), then JSON that gives each
 * tensor's dtype, shape and place. Everything in it is checked before the first value is read.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import { cannotRead, wrongBytes } from "./cannot_read.ts";
import { say } from "../text/mod.ts";
import { expectRecord, isRecord, type JsonRecord, parseJson } from "./json.ts";
import type { RandomAccess } from "./random_access.ts";
import { BYTES, count, isReadable, READABLE } from "./tensor.ts";

/** Bytes `begin` to `end` of a tensor, counted from the end of the header. */
type Span = ReturnType<typeof parseSpan>;

/**
 * The format allows 100 MB, but a tensor takes about 120 bytes of a header, and the parsed header
 * must not need much memory.
 */
const MAX_HEADER_BYTES = 4_000_000;

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

/**
 * Reads and checks the header of a file. Returns its entries in the order in which they lie in the
 * file, and where their bytes start.
 *
 * @param skip keys whose dtype does not matter, because nobody will read them
 * @throws {Error} if anything in it is wrong. The message names the file and the key.
 */
export async function readHeader(file: RandomAccess, skip: (key: string) => boolean) {
  const { path, size } = file;
  const start = 8 + await headerBytes(file), dataBytes = size - start;
  const text = new TextDecoder().decode(await file.read(8, start));
  const parsed = parseJson(text, say({ en: `the header of ${path}`, zh: ` ${path} 的文件头` }));
  const header = expectRecord(parsed, path, { en: "its header", zh: "它的文件头" });
  const spans: Span[] = [], entries: ReturnType<typeof parseEntry>[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") continue;
    const where = say({ en: `"${key}" of ${path}`, zh: ` ${path} 中的“${key}”` });
    const fields = isRecord(value) ? value : {};
    const span = parseSpan(key, fields, { dataBytes, where });
    spans.push(span);
    if (!skip(key)) entries.push(parseEntry(span, fields, where));
  }
  checkCover(spans, dataBytes, path);
  return { entries: entries.sort((a, b) => a.begin - b.begin), start };
}

async function headerBytes({ path, size, read }: RandomAccess): Promise<number> {
  const wrong = (state: string) => new RangeError(wrongBytes(path, state));
  if (size < 8) throw wrong(`it has ${size} bytes, too few for a safetensors file`);
  const claimed = new DataView((await read(0, 8)).buffer).getBigUint64(0, true);
  if (claimed > size - 8) {
    const state = `its header would have ${claimed} bytes, but the file has ${size}`;
    throw wrong(`${state}; it is cut off or no safetensors file, download it again`);
  }
  if (claimed <= MAX_HEADER_BYTES) return Number(claimed);
  throw wrong(`its header has ${claimed} bytes, too many for a model`);
}

function parseSpan(
  key: string,
  { data_offsets: offsets }: JsonRecord,
  { dataBytes, where }: { dataBytes: number; where: string },
) {
  if (!isSizes(offsets) || offsets.length !== 2) {
    const found = `its data_offsets are ${JSON.stringify(offsets)}`;
    throw new TypeError(wrongBytes(where, `${found}, and two offsets are expected`));
  }
  const [begin, end] = offsets;
  if (begin > end || end > dataBytes) {
    const found =
      `it lies at bytes ${begin} to ${end}, but the file has ${dataBytes} bytes of data`;
    throw new RangeError(wrongBytes(where, found));
  }
  return { key, begin, end };
}

function parseEntry(span: Span, { dtype, shape }: JsonRecord, where: string) {
  if (typeof dtype !== "string" || !isReadable(dtype)) {
    const found = `its dtype is ${JSON.stringify(dtype)}`;
    throw new TypeError(cannotRead(where, {
      en: `${found}, and only ${READABLE.join(", ")} can be read`,
      zh: `它的 dtype 是 ${JSON.stringify(dtype)}，只能读取 ${READABLE.join("、")}`,
    }));
  }
  if (!isSizes(shape)) {
    const found = `its shape is ${JSON.stringify(shape)}`;
    throw new TypeError(wrongBytes(where, `${found}, and a list of sizes is expected`));
  }
  const given = span.end - span.begin, needed = count(shape) * BYTES[dtype];
  if (needed !== given) {
    const found = `[${shape.join(", ")}] of ${dtype} takes ${needed} bytes`;
    throw new RangeError(wrongBytes(where, `${found}, but ${given} are given to it`));
  }
  return { ...span, dtype, shape };
}

/**
 * The tensors must cover the data without overlaps or gaps, which reveals a file that is cut off
 * or damaged.
 */
function checkCover(spans: readonly Span[], dataBytes: number, path: string): void {
  const wrong = (state: string) => new RangeError(wrongBytes(path, state));
  let reached = 0;
  let before = "the start";
  for (const { key, begin, end } of spans.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < reached) throw wrong(`"${key}" overlaps ${before}`);
    if (begin > reached) {
      throw wrong(`${begin - reached} bytes between ${before} and "${key}" are unused`);
    }
    reached = end;
    before = `"${key}"`;
  }
  if (reached < dataBytes) throw wrong(`${dataBytes - reached} bytes after ${before} are unused`);
}
