/**
 * Reading and writing safetensors files, one tensor after the other: a file is never in memory twice.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import { openRandomAccess, type RandomAccess } from "./random_access.ts";
import { readTensors } from "./read_tensors.ts";
import { type Entry, MAX_HEADER_BYTES, parseHeader } from "./safetensors_header.ts";
import { count, rowMajor, type StoredTensor, type TensorFile, type TensorView } from "./tensor.ts";
import { writeAtomically } from "./write.ts";

async function readHeader(file: RandomAccess): Promise<{ text: string; start: number }> {
  const { path, size } = file;
  if (size < 8) {
    throw new RangeError(
      `Cannot read ${path}: it has ${size} bytes, too few for a safetensors file`,
    );
  }
  const length = await file.read(0, 8);
  const claimed = new DataView(length.buffer).getBigUint64(0, true);
  if (claimed > size - 8) {
    const state = `its header would have ${claimed} bytes, but the file has ${size}`;
    throw new RangeError(`Cannot read ${path}: ${state}; it is cut off or no safetensors file`);
  }
  const headerBytes = Number(claimed);
  if (headerBytes > MAX_HEADER_BYTES) {
    throw new RangeError(
      `Cannot read ${path}: its header has ${headerBytes} bytes, too many for a model`,
    );
  }
  const header = await file.read(8, 8 + headerBytes);
  return { text: new TextDecoder().decode(header), start: 8 + headerBytes };
}

/** A tensor of a safetensors file is a storage of its own. */
function viewOf({ key, dtype, shape, begin, end }: Entry, path: string): TensorView {
  const strides = rowMajor(shape);
  return {
    path,
    storage: key,
    storageBytes: end - begin,
    format: dtype,
    offset: 0,
    shape,
    strides,
  };
}

/**
 * Opens a safetensors file and checks its header; tensors are read by `readTensors`.
 *
 * @param path the file
 * @param options.skip keys that are not wanted, whatever they hold
 * @throws {Error} A sentence that names the file and the key, if anything in the header is wrong.
 */
export async function openSafetensors(
  path: string,
  { skip = () => false }: { skip?: (key: string) => boolean } = {},
): Promise<TensorFile> {
  const file = await openRandomAccess(path);
  try {
    const { text, start } = await readHeader(file);
    const entries = parseHeader(text, { dataBytes: file.size - start, path, skip });
    const places = new Map(entries.map((entry) => [entry.key, entry]));
    return {
      path,
      views: new Map(entries.map((entry) => [entry.key, viewOf(entry, path)])),
      async stream(storage, put) {
        const { begin, end } = places.get(storage) ?? { begin: 0, end: 0 };
        await file.stream(start + begin, start + end, put);
      },
      [Symbol.dispose]: () => file[Symbol.dispose](),
    };
  } catch (cause) {
    file[Symbol.dispose]();
    throw cause;
  }
}

/**
 * Every tensor of a safetensors file, in the order of the file. Floating formats become float32.
 *
 * @param path the file
 * @param options.skip keys that are not wanted, whatever they hold
 * @throws {Error} A sentence that names the file and the key, if anything in the header is wrong.
 */
export async function readSafetensors(
  path: string,
  options: { skip?: (key: string) => boolean } = {},
): Promise<Map<string, StoredTensor>> {
  using file = await openSafetensors(path, options);
  return new Map(await Array.fromAsync(readTensors(file)));
}

function makeHeader(tensors: readonly [string, StoredTensor][]): Uint8Array {
  const header: { [key: string]: unknown } = Object.create(null);
  header.__metadata__ = { format: "pt" };
  let offset = 0;
  for (const [key, { shape, data }] of tensors) {
    if (count(shape) !== data.length) {
      const state = `its shape [${shape.join(", ")}] holds ${
        count(shape)
      } values, but it has ${data.length}`;
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
  const values = sorted.map(([, { data }]) =>
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  );
  await writeAtomically(path, [makeHeader(sorted), ...values]);
}
