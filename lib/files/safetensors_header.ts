/**
 * The header of a safetensors file: 8 bytes of length (little-endian), then JSON that gives each
 * tensor's dtype, shape and place. Everything in it is checked before the first value is read.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import { expectRecord, isRecord, type JsonRecord, parseJson } from "./json.ts";
import { BYTES, count, isReadable, READABLE, type ReadableFormat } from "./tensor.ts";

/** Bytes `begin` to `end` of a tensor, counted from the end of the header. */
interface Span {
  readonly key: string;
  readonly begin: number;
  readonly end: number;
}

/** A tensor and its place. */
export interface Entry extends Span {
  readonly dtype: ReadableFormat;
  readonly shape: number[];
}

/**
 * The format allows 100 MB, but a tensor takes about 120 bytes of a header, and the parsed header
 * must not need much memory.
 */
export const MAX_HEADER_BYTES = 4_000_000;

const isSizes = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);

/**
 * Parses and checks a header and returns its entries in the order in which they lie in the file.
 *
 * @param options.dataBytes how many bytes follow the header
 * @param options.path the file, for errors
 * @param options.skip keys whose dtype does not matter, because nobody will read them
 * @throws {Error} if anything in it is wrong. The message names the file and the key.
 */
export function parseHeader(
  text: string,
  { dataBytes, path, skip }: { dataBytes: number; path: string; skip: (key: string) => boolean },
): Entry[] {
  const header = parseJson(text, `the header of ${path}`);
  const entries = Object.entries(expectRecord(header, `Cannot read ${path}: its header`))
    .filter(([key]) => key !== "__metadata__").map(([key, value]) => {
      const where = `Cannot read "${key}" of ${path}:`;
      const fields = isRecord(value) ? value : {};
      const span = parseSpan(key, fields, { dataBytes, where });
      return { span, entry: skip(key) ? [] : [parseEntry(span, fields, where)] };
    });
  checkCover(entries.map(({ span }) => span), dataBytes, path);
  return entries.flatMap(({ entry }) => entry).sort((a, b) => a.begin - b.begin);
}

function parseSpan(
  key: string,
  { data_offsets: offsets }: JsonRecord,
  { dataBytes, where }: { dataBytes: number; where: string },
): Span {
  if (!isSizes(offsets) || offsets.length !== 2) {
    const found = `its data_offsets are ${JSON.stringify(offsets)}`;
    throw new TypeError(`${where} ${found}, and two offsets are expected`);
  }
  const [begin, end] = offsets;
  if (begin > end || end > dataBytes) {
    const found =
      `it lies at bytes ${begin} to ${end}, but the file has ${dataBytes} bytes of data`;
    throw new RangeError(`${where} ${found}`);
  }
  return { key, begin, end };
}

function parseEntry(span: Span, { dtype, shape }: JsonRecord, where: string): Entry {
  if (typeof dtype !== "string" || !isReadable(dtype)) {
    const found = `its dtype is ${JSON.stringify(dtype)}`;
    throw new TypeError(`${where} ${found}, and only ${READABLE.join(", ")} can be read`);
  }
  if (!isSizes(shape)) {
    const found = `its shape is ${JSON.stringify(shape)}`;
    throw new TypeError(`${where} ${found}, and a list of sizes is expected`);
  }
  const given = span.end - span.begin, needed = count(shape) * BYTES[dtype];
  if (needed !== given) {
    const found = `[${shape.join(", ")}] of ${dtype} takes ${needed} bytes`;
    throw new RangeError(`${where} ${found}, but ${given} are given to it`);
  }
  return { ...span, dtype, shape };
}

/**
 * The tensors must cover the data without overlaps or gaps, which reveals a file that is cut off
 * or damaged.
 */
function checkCover(spans: readonly Span[], dataBytes: number, path: string): void {
  const wrong = (state: string) => new RangeError(`Cannot read ${path}: ${state}`);
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
