/**
 * `torch.save`'s format since PyTorch 1.6: a zip archive of stored (uncompressed) entries, `data.pkl` and one entry a storage.
 *
 * The archive is read by `@zip.js/zip.js`, which also checks each entry's CRC as it is streamed.
 */
import { type FileEntry, Reader, ZipReader } from "@zip.js/zip.js";
import type { RandomAccess } from "./random_access.ts";
import type { TensorFile } from "./tensor.ts";
import { MAX_PICKLE_BYTES, readStateDict, type TorchStorage } from "./torch_pickle.ts";

const STORED = 0; // the zip format's number for "not compressed"

/** The archive's bytes for the library. */
class ArchiveReader extends Reader<RandomAccess> {
  readonly #file: RandomAccess;

  constructor(file: RandomAccess) {
    super(file);
    this.#file = file;
    this.size = file.size;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#file.read(index, Math.min(index + length, this.size));
  }
}

function zipError(path: string, state: string, cause?: unknown): Error {
  return new Error(`Cannot read ${path}: ${state}`, { cause });
}

const messageOf = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause);

/** What the library says of a file that is cut off. */
const CUT_OFF = /^(End of central directory not found|File format is not recognized)$/;

async function readDirectory(file: RandomAccess): Promise<FileEntry[]> {
  const reader = new ZipReader(new ArchiveReader(file), {
    strictness: "balanced", // "strict" refuses what PyTorch itself writes after the directory
    checkOverlappingEntry: true,
    checkLocalDirectory: true,
    useWebWorkers: false,
  });
  try {
    const entries = await reader.getEntries();
    return entries.filter((entry) => !entry.directory);
  } catch (cause) {
    const state = CUT_OFF.test(messageOf(cause))
      ? "it is a zip archive that is cut off: its directory, which stands at the end, is missing"
      : `it is a damaged zip archive (${messageOf(cause)})`;
    throw zipError(file.path, state, cause);
  }
}

/** Entries by name; all stored, and together no longer than the file, so that nothing unfolds into more than is there. */
function checkEntries(entries: readonly FileEntry[], { path, size }: RandomAccess): Map<string, FileEntry> {
  const byName = new Map<string, FileEntry>();
  let total = 0;
  for (const entry of entries) {
    const { filename, compressionMethod, encrypted, uncompressedSize, compressedSize } = entry;
    const where = `its entry ${JSON.stringify(filename.slice(0, 100))}`;
    if (encrypted) throw zipError(path, `${where} is encrypted`);
    if (compressionMethod !== STORED || uncompressedSize !== compressedSize) {
      throw zipError(path, `${where} is compressed, and torch.save never compresses`);
    }
    if (byName.has(filename)) throw zipError(path, `${where} is there twice`);
    byName.set(filename, entry);
    total += uncompressedSize;
  }
  if (total > size) throw zipError(path, `its entries would have ${total} bytes, and the file has ${size}`);
  return byName;
}

async function streamEntry(entry: FileEntry, path: string, put: (chunk: Uint8Array) => void): Promise<void> {
  const sink = new WritableStream<Uint8Array>({ write: put });
  try {
    await entry.getData(sink, { checkCrc32: true, useWebWorkers: false });
  } catch (cause) {
    const where = `its entry "${entry.filename}"`;
    const state = /CRC/i.test(messageOf(cause))
      ? `${where} is damaged: its bytes are not those of its checksum`
      : `${where} cannot be read (${messageOf(cause)})`;
    throw zipError(path, state, cause);
  }
}

async function readSmall(entry: FileEntry, path: string): Promise<Uint8Array> {
  if (entry.uncompressedSize > MAX_PICKLE_BYTES) {
    throw zipError(
      path,
      `its entry "${entry.filename}" has ${entry.uncompressedSize} bytes, too many for a state dict`,
    );
  }
  const bytes = new Uint8Array(entry.uncompressedSize);
  let at = 0;
  await streamEntry(entry, path, (chunk) => {
    bytes.set(chunk, at);
    at += chunk.length;
  });
  return bytes;
}

/** The folder that everything lies in: what stands before `data.pkl`. */
function findRoot(entries: ReadonlyMap<string, FileEntry>, path: string): string {
  const roots = [...entries.keys()].filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    throw zipError(
      path,
      `it is a zip archive with ${roots.length} entries "…/data.pkl", and torch.save writes one`,
    );
  }
  return root.slice(0, -"data.pkl".length);
}

async function checkByteOrder(entry: FileEntry | undefined, path: string): Promise<void> {
  if (entry === undefined) return; // before PyTorch 2.1 it was not written, and always little
  const order = new TextDecoder().decode(await readSmall(entry, path));
  if (order !== "little") {
    throw zipError(
      path,
      `its byte order is ${JSON.stringify(order.slice(0, 20))}, and only "little" is supported`,
    );
  }
}

/** Whether a file begins like a zip archive. */
export const looksZip = (beginning: Uint8Array): boolean =>
  beginning[0] === 0x50 && beginning[1] === 0x4b && beginning[2] === 3 && beginning[3] === 4;

/**
 * Opens a file of this format.
 *
 * @throws {Error} A sentence that names the file.
 */
export async function openTorchZip(file: RandomAccess): Promise<TensorFile> {
  const { path } = file;
  const entries = checkEntries(await readDirectory(file), file);
  const root = findRoot(entries, path);
  await checkByteOrder(entries.get(`${root}byteorder`), path);
  const storageOf = (key: string) => entries.get(`${root}data/${key}`);
  const found = ({ key, bytes }: TorchStorage) => {
    const entry = storageOf(key);
    const shown = JSON.stringify(key.slice(0, 100));
    if (entry === undefined) {
      throw zipError(path, `it refers to storage ${shown}, which is not in the archive`);
    }
    if (entry.uncompressedSize !== bytes) {
      throw zipError(
        path,
        `its storage ${shown} has ${entry.uncompressedSize} bytes, and its tensors say ${bytes}`,
      );
    }
  };
  const pickle = entries.get(`${root}data.pkl`);
  if (pickle === undefined) throw zipError(path, "it has no data.pkl");
  const { views } = readStateDict(await readSmall(pickle, path), { path, found });
  return {
    path,
    views,
    async stream(storage, put) {
      const entry = storageOf(storage);
      if (entry !== undefined) await streamEntry(entry, path, put);
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
