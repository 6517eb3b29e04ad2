/**
 * The header of a safetensors file: 8 bytes of length (little-endian), then JSON that gives each tensor's dtype,
 * shape and place. Everything in it is checked before one value is read.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import { describeJson, isRecord, parseJson } from "./json.ts";
import { BYTES, count, isReadable, READABLE, type ReadableFormat } from "./tensor.ts";

/** Where one tensor lies: bytes `begin` to `end`, counted from the end of the header. */
export interface Entry {
  key: string;
  dtype: ReadableFormat;
  shape: number[];
  begin: number;
  end: number;
}

/** The format allows 100 MB; but a tensor takes about 120 bytes of a header, and memory for the parsed header is to stay small. */
export const MAX_HEADER_BYTES = 4_000_000;

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

/** What a header is checked against. */
export interface HeaderOptions {
  /** How many bytes follow the header. */
  dataBytes: number;
  /** Names the file in errors. */
  path: string;
  /** Keys whose dtype does not matter, because nobody will read them. */
  skip?: (key: string) => boolean;
}

/**
 * Parses and checks a header; entries come back in the order in which they lie in the file.
 *
 * @throws {Error} A sentence that names the file and the key.
 */
export function parseHeader(
  text: string,
  { dataBytes, path, skip = () => false }: HeaderOptions,
): Entry[] {
  const header = parseJson(text, `the header of ${path}`);
  if (!isRecord(header)) {
    throw new TypeError(
      `Cannot read ${path}: its header is ${describeJson(header)}, and an object is expected`,
    );
  }
  const entries: Entry[] = [];
  const spans: { key: string; begin: number; end: number }[] = [];
  for (const [key, value] of Object.entries(header)) {
    if (key === "__metadata__") continue;
    const where = `Cannot read "${key}" of ${path}`;
    const span = { key, ...parseSpan(value, dataBytes, where) };
    spans.push(span);
    if (!skip(key)) entries.push({ ...span, ...parseKind(value, span, where) });
  }
  checkCover(spans, dataBytes, path);
  return entries.sort((a, b) => a.begin - b.begin);
}

function parseSpan(
  value: unknown,
  dataBytes: number,
  where: string,
): { begin: number; end: number } {
  const offsets = isRecord(value) ? value.data_offsets : undefined;
  if (!isSizes(offsets) || offsets.length !== 2) {
    throw new TypeError(
      `${where}: its data_offsets are ${JSON.stringify(offsets)}, and two offsets are expected`,
    );
  }
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end > dataBytes) {
    throw new RangeError(
      `${where}: it lies at bytes ${begin} to ${end}, but the file has ${dataBytes} bytes of data`,
    );
  }
  return { begin, end };
}

function parseKind(
  value: unknown,
  { begin, end }: { begin: number; end: number },
  where: string,
): { dtype: ReadableFormat; shape: number[] } {
  const { dtype, shape } = isRecord(value) ? value : {};
  if (typeof dtype !== "string" || !isReadable(dtype)) {
    const known = READABLE.join(", ");
    throw new TypeError(
      `${where}: its dtype is ${JSON.stringify(dtype)}, and only ${known} can be read`,
    );
  }
  if (!isSizes(shape)) {
    throw new TypeError(
      `${where}: its shape is ${JSON.stringify(shape)}, and a list of sizes is expected`,
    );
  }
  const wanted = count(shape) * BYTES[dtype];
  if (wanted !== end - begin) {
    const size = `[${shape.join(", ")}] of ${dtype}`;
    throw new RangeError(
      `${where}: ${size} takes ${wanted} bytes, but ${end - begin} are given to it`,
    );
  }
  return { dtype, shape };
}

/** The tensors must cover the data: no byte twice, none left out (a cut-off or garbled file shows here). */
function checkCover(
  spans: { key: string; begin: number; end: number }[],
  dataBytes: number,
  path: string,
): void {
  let reached = 0;
  let before = "the start";
  for (const { key, begin, end } of spans.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin < reached) throw new RangeError(`Cannot read ${path}: "${key}" overlaps ${before}`);
    if (begin > reached) {
      throw new RangeError(
        `Cannot read ${path}: ${begin - reached} bytes between ${before} and "${key}" are unused`,
      );
    }
    reached = end;
    before = `"${key}"`;
  }
  if (reached < dataBytes) {
    throw new RangeError(
      `Cannot read ${path}: ${dataBytes - reached} bytes after ${before} are unused`,
    );
  }
}
