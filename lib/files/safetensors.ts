/**
 * Reading and writing safetensors files, one tensor after the other: a file is never in memory twice.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import { count, type Entry, MAX_HEADER_BYTES, parseHeader, type StoredTensor } from "./safetensors_header.ts";
import { readError } from "./read.ts";
import { writeAtomically } from "./write.ts";

async function readInto(file: Deno.FsFile, bytes: Uint8Array): Promise<boolean> {
  for (let done = 0; done < bytes.length;) {
    const read = await file.read(bytes.subarray(done));
    if (read === null) return false;
    done += read;
  }
  return true;
}

async function readHeader(file: Deno.FsFile, path: string): Promise<{ text: string; dataBytes: number }> {
  const { size } = await file.stat();
  const length = new Uint8Array(8);
  if (!await readInto(file, length)) {
    throw new RangeError(`Cannot read ${path}: it has ${size} bytes, too few for a safetensors file`);
  }
  const headerBytes = Number(new DataView(length.buffer).getBigUint64(0, true));
  if (headerBytes > Math.min(MAX_HEADER_BYTES, size - 8)) {
    const state = `its header would have ${headerBytes} bytes, but the file has ${size}`;
    throw new RangeError(`Cannot read ${path}: ${state}; it is cut off or no safetensors file`);
  }
  const header = new Uint8Array(headerBytes);
  await readInto(file, header);
  return { text: new TextDecoder().decode(header), dataBytes: size - 8 - headerBytes };
}

/** bfloat16 is the upper half of a float32. */
function fromBfloat16(halves: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(halves, (bits) => bits << 16).buffer);
}

/** float16: 1 sign bit, 5 of exponent (bias 15), 10 of mantissa. */
function fromFloat16(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, (bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 0x1f;
    const mantissa = bits & 0x3ff;
    if (exponent === 0) return sign * mantissa * 2 ** -24;
    if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
    return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
  });
}

function decode(bytes: Uint8Array, dtype: Entry["dtype"]): StoredTensor["data"] {
  switch (dtype) {
    case "F32":
      return new Float32Array(bytes.buffer);
    case "I32":
      return new Int32Array(bytes.buffer);
    case "F16":
      return fromFloat16(new Uint16Array(bytes.buffer));
    case "BF16":
      return fromBfloat16(new Uint16Array(bytes.buffer));
  }
}

/**
 * Every tensor of a safetensors file, in the order of the file. F16 and BF16 become float32.
 *
 * @param path the file
 * @param options.skip keys that are not wanted, whatever they hold
 * @throws {Error} A sentence that names the file and the key, if anything in the header is wrong.
 */
export async function readSafetensors(
  path: string,
  { skip = () => false }: { skip?: (key: string) => boolean } = {},
): Promise<Map<string, StoredTensor>> {
  using file = await Deno.open(path).catch((cause: unknown) => {
    throw readError(path, cause);
  });
  const { text, dataBytes } = await readHeader(file, path);
  const start = (await file.stat()).size - dataBytes;
  const tensors = new Map<string, StoredTensor>();
  for (const { key, dtype, shape, begin, end } of parseHeader(text, { dataBytes, path, skip })) {
    const bytes = new Uint8Array(end - begin);
    await file.seek(start + begin, Deno.SeekMode.Start);
    if (!await readInto(file, bytes)) {
      throw new Error(`Cannot read "${key}" of ${path}: the file ends within it`);
    }
    tensors.set(key, { shape, data: decode(bytes, dtype) });
  }
  return tensors;
}

function makeHeader(tensors: readonly [string, StoredTensor][]): Uint8Array {
  const header: { [key: string]: unknown } = Object.create(null);
  header.__metadata__ = { format: "pt" };
  let offset = 0;
  for (const [key, { shape, data }] of tensors) {
    if (count(shape) !== data.length) {
      const state = `its shape [${shape.join(", ")}] holds ${count(shape)} values, but it has ${data.length}`;
      throw new RangeError(`Cannot write "${key}": ${state}`);
    }
    const dtype = data instanceof Float32Array ? "F32" : "I32";
    header[key] = { dtype, shape, data_offsets: [offset, offset += data.byteLength] };
  }
  const text = JSON.stringify(header);
  const json = new TextEncoder().encode(text);
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20); // values start at a multiple of 8
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  return padded;
}

function byKey([a]: [string, StoredTensor], [b]: [string, StoredTensor]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * Writes tensors as a safetensors file, keys sorted, so that the same tensors give the same bytes; atomic.
 *
 * @throws {RangeError} If a shape does not match its number of values.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<void> {
  const sorted = [...tensors].sort(byKey);
  const values = sorted.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  await writeAtomically(path, [makeHeader(sorted), ...values]);
}
