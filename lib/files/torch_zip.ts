/**
 * `torch.save`'s format since PyTorch 1.6: a zip archive of stored (uncompressed) entries, `data.pkl` and one entry a storage.
 *
 * `@zip.js/zip.js` reads the archive's directory. The bytes of an entry are read here, since they lie in the file as they are: the
 * library would make a stream of fresh pieces of them, which took twice the time and, until they were collected, 40 MB. Each
 * entry's CRC is checked as it goes by.
 */
import { crc32 } from "node:zlib";
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

const messageOf = (cause: unknown): string =>
  cause instanceof Error ? cause.message : String(cause);

/** What the library says of a file that is cut off. */
const CUT_OFF = /^(End of central directory not found|File format is not recognized)$/;

async function readDirectory(file: RandomAccess): Promise<FileEntry[]> {
  const reader = new ZipReader(new ArchiveReader(file), {
    strictness: "balanced", // "strict" refuses what PyTorch itself writes after the directory
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

/** An entry's bytes in the file. */
interface Place {
  readonly name: string;
  /** Where its own header begins. */
  readonly begin: number;
  /** Its first byte. */
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
  readonly crc: number;
}

const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;

/** Where an entry's bytes lie: behind its own header, which repeats its name. */
async function placeOf(entry: FileEntry, file: RandomAccess): Promise<Place> {
  const { path, size } = file;
  const { filename: name, compressionMethod, encrypted, uncompressedSize, compressedSize, offset } =
    entry;
  const where = `its entry ${JSON.stringify(name.slice(0, 100))}`;
  if (encrypted) throw zipError(path, `${where} is encrypted`);
  if (compressionMethod !== STORED || uncompressedSize !== compressedSize) {
    throw zipError(path, `${where} is compressed, and torch.save never compresses`);
  }
  if (offset + LOCAL_HEADER_BYTES > size) throw zipError(path, `${where} lies outside the file`);
  const header = new DataView((await file.read(offset, offset + LOCAL_HEADER_BYTES)).buffer);
  const nameEnd = offset + LOCAL_HEADER_BYTES + header.getUint16(26, true);
  const start = nameEnd + header.getUint16(28, true);
  const end = start + uncompressedSize;
  if (end > size) {
    throw zipError(path, `${where} would end at byte ${end}, and the file has ${size}`);
  }
  const ownName = new TextDecoder().decode(await file.read(offset + LOCAL_HEADER_BYTES, nameEnd));
  if (header.getUint32(0, true) !== LOCAL_HEADER_SIGNATURE || ownName !== name) {
    throw zipError(path, `${where} is not where the archive's directory says`);
  }
  return { name, begin: offset, start, end, crc: entry.crc32 ?? 0 };
}

/** Entries by name; each stored, inside the file and apart from all others, so that nothing unfolds into more than is there. */
async function readPlaces(file: RandomAccess): Promise<Map<string, Place>> {
  const places: Place[] = [];
  for (const entry of await readDirectory(file)) places.push(await placeOf(entry, file));
  const byName = new Map<string, Place>();
  let before: Place | undefined;
  for (const place of places.sort((a, b) => a.begin - b.begin)) {
    if (before !== undefined && place.begin < before.end) {
      throw zipError(file.path, `its entries "${before.name}" and "${place.name}" overlap`);
    }
    if (byName.has(place.name)) {
      throw zipError(file.path, `its entry "${place.name}" is there twice`);
    }
    byName.set(place.name, place);
    before = place;
  }
  return byName;
}

async function streamPlace(
  { name, start, end, crc }: Place,
  file: RandomAccess,
  put: (chunk: Uint8Array) => void,
): Promise<void> {
  let sum = 0;
  await file.stream(start, end, (chunk) => {
    sum = crc32(chunk, sum);
    put(chunk);
  });
  if (sum !== crc) {
    throw zipError(
      file.path,
      `its entry "${name}" is damaged: its bytes are not those of its checksum`,
    );
  }
}

async function readSmall(place: Place, file: RandomAccess): Promise<Uint8Array> {
  const bytes = new Uint8Array(Math.min(place.end - place.start, MAX_PICKLE_BYTES));
  if (bytes.length < place.end - place.start) {
    const state = `its entry "${place.name}" has ${
      place.end - place.start
    } bytes, too many for a state dict`;
    throw zipError(file.path, state);
  }
  let at = 0;
  await streamPlace(place, file, (chunk) => {
    bytes.set(chunk, at);
    at += chunk.length;
  });
  return bytes;
}

/** The folder that everything lies in: what stands before `data.pkl`. */
function findRoot(places: ReadonlyMap<string, Place>, path: string): string {
  const roots = [...places.keys()].filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  const [root] = roots;
  if (root === undefined || roots.length > 1) {
    throw zipError(
      path,
      `it is a zip archive with ${roots.length} entries "…/data.pkl", and torch.save writes one`,
    );
  }
  return root.slice(0, -"data.pkl".length);
}

async function checkByteOrder(place: Place | undefined, file: RandomAccess): Promise<void> {
  if (place === undefined) return; // before PyTorch 2.1 it was not written, and always little
  const { path } = file;
  const order = new TextDecoder().decode(await readSmall(place, file));
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
  const places = await readPlaces(file);
  const root = findRoot(places, path);
  await checkByteOrder(places.get(`${root}byteorder`), file);
  const storageOf = (key: string) => places.get(`${root}data/${key}`);
  const found = ({ key, bytes }: TorchStorage) => {
    const place = storageOf(key);
    const shown = JSON.stringify(key.slice(0, 100));
    if (place === undefined) {
      throw zipError(path, `it refers to storage ${shown}, which is not in the archive`);
    }
    const { start, end } = place;
    if (end - start !== bytes) {
      throw zipError(
        path,
        `its storage ${shown} has ${end - start} bytes, and its tensors say ${bytes}`,
      );
    }
  };
  const pickle = places.get(`${root}data.pkl`);
  if (pickle === undefined) throw zipError(path, "it has no data.pkl");
  const { views } = readStateDict(await readSmall(pickle, file), { path, found });
  return {
    path,
    views,
    async stream(storage, put) {
      const place = storageOf(storage);
      if (place !== undefined) await streamPlace(place, file, put);
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
