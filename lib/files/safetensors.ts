/**
 * Reading and writing safetensors files, one tensor after the other: a file is never in memory
 * twice.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
import { openTensorFile } from "./random_access.ts";
import { readTensors } from "./read_tensors.ts";
import { readHeader } from "./safetensors_header.ts";
import { count, rowMajor, type StoredTensor, type TensorFile, type TensorView } from "./tensor.ts";
import { writeAtomically } from "./write.ts";

/**
 * Opens a safetensors file and checks its header; tensors are read by `readTensors`.
 *
 * @param path the file
 * @param options.skip keys that are not wanted, whatever they contain
 * @throws {Error} if anything in the header is wrong. The message names the file and the key.
 */
export const openSafetensors = (
  path: string,
  { skip = () => false }: { skip?: (key: string) => boolean } = {},
): Promise<TensorFile> =>
  openTensorFile(path, async (file) => {
    const { entries, start } = await readHeader(file, skip);
    const places = new Map(entries.map((entry) => [entry.key, entry]));
    // each tensor is a storage of its own
    const views = entries.map(({ key, dtype, shape, begin, end }): [string, TensorView] => {
      const place = { path, storage: key, storageBytes: end - begin, format: dtype, offset: 0 };
      return [key, { ...place, shape, strides: rowMajor(shape) }];
    });
    return {
      views: new Map(views),
      async stream(storage, put) {
        const { begin, end } = places.get(storage) ?? { begin: 0, end: 0 };
        await file.stream(start + begin, start + end, put);
      },
    };
  });

/**
 * Reads every tensor of a safetensors file, in the order of the file. Floating formats become
 * float32.
 *
 * @throws {Error} if anything in the header is wrong. The message names the file and the key.
 */
export async function readSafetensors(path: string): Promise<Map<string, StoredTensor>> {
  using file = await openSafetensors(path);
  return new Map(await Array.fromAsync(readTensors(file)));
}

function makeHeader(tensors: readonly [string, StoredTensor][]): Uint8Array {
  const header: { [key: string]: unknown } = Object.create(null);
  header.__metadata__ = { format: "pt" };
  let offset = 0;
  for (const [key, { shape, data }] of tensors) {
    if (count(shape) !== data.length) {
      const found = `its shape [${shape.join(", ")}] holds ${count(shape)} values`;
      throw new RangeError(`Cannot write "${key}": ${found}, but it has ${data.length}`);
    }
    const dtype = data instanceof Float32Array ? "F32" : "I32";
    header[key] = { dtype, shape, data_offsets: [offset, offset += data.byteLength] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // blanks at the end, so that the values start at a multiple of 8
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  padded.set(json, 8);
  return padded;
}

/**
 * Writes tensors as a safetensors file, atomically. Keys are sorted, so that the same tensors give
 * the same bytes.
 *
 * @throws {RangeError} if a shape does not match its number of values.
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor>,
): Promise<void> {
  const sorted = [...tensors].sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
  const values = sorted.map(([, { data: { buffer, byteOffset, byteLength } }]) =>
    new Uint8Array(buffer, byteOffset, byteLength)
  );
  await writeAtomically(path, [makeHeader(sorted), ...values]);
}
