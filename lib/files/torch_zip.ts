/**
 * `torch.save`'s format since PyTorch 1.6: a zip archive of stored (uncompressed) entries,
 * `data.pkl` and one entry for each storage.
 *
 * `@zip.js/zip.js` reads the archive's directory. The bytes of an entry are read here, because
 * they lie in the file as they are: the library would copy them into a stream of new chunks, which
 * took twice the time and 40 MB until they were collected. Each entry's CRC is checked while its
 * bytes pass.
 */
import { wrongBytes } from "./cannot_read.ts";
import { crc32 } from "node:zlib";
import { type FileEntry, Reader, ZipReader } from "@zip.js/zip.js";
import type { TorchStorage } from "./pickle.ts";
import type { RandomAccess } from "./random_access.ts";
import { pickleReader } from "./read_pickle.ts";
import type { Tensors } from "./tensor.ts";
import { MAX_PICKLE_BYTES, stateDictViews, torchPickleOptions } from "./torch_pickle.ts";

/** The archive's bytes for the library. */
class ArchiveReader extends Reader<RandomAccess> {
  constructor(readonly file: RandomAccess) {
    super(file);
    this.size = file.size;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.file.read(index, Math.min(index + length, this.size));
  }
}

const zipError = (path: string, state: string, cause?: unknown): Error =>
  new Error(wrongBytes(path, state), { cause });

/** The library's messages for a file that is cut off. */
const CUT_OFF = /^(End of central directory not found|File format is not recognized)$/;

async function readDirectory(file: RandomAccess): Promise<FileEntry[]> {
  // "strict" would refuse what PyTorch itself writes after the directory
  const reader = new ZipReader(new ArchiveReader(file), { strictness: "balanced" });
  try {
    return (await reader.getEntries()).filter((entry) => !entry.directory);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const state = CUT_OFF.test(message)
      ? "it is a zip archive that is cut off (it has no directory at its end); download it again"
      : `it is a damaged zip archive (${message}); download it again`;
    throw zipError(file.path, state, cause);
  }
}

/**
 * The position of an entry in the file. Its own header begins at `begin`, and its bytes lie from
 * `start` up to `end`.
 */
type Place = Awaited<ReturnType<typeof placeOf>>;

const STORED = 0; // the zip format's number for "not compressed"
const LOCAL_HEADER_BYTES = 30;
const LOCAL_HEADER_SIGNATURE = 0x04034b50;

async function placeOf(entry: FileEntry, file: RandomAccess) {
  const { filename: name, uncompressedSize, offset: begin } = entry;
  const wrong = (state: string) =>
    zipError(file.path, `its entry ${JSON.stringify(name.slice(0, 100))} ${state}`);
  if (entry.encrypted) throw wrong("is encrypted");
  if (entry.compressionMethod !== STORED || uncompressedSize !== entry.compressedSize) {
    throw wrong("is compressed, and torch.save never compresses");
  }
  const headerEnd = begin + LOCAL_HEADER_BYTES;
  if (headerEnd > file.size) throw wrong("lies outside the file");
  const header = new DataView((await file.read(begin, headerEnd)).buffer);
  const nameEnd = headerEnd + header.getUint16(26, true);
  const start = nameEnd + header.getUint16(28, true);
  const end = start + uncompressedSize;
  if (end > file.size) throw wrong(`would end at byte ${end}, and the file has ${file.size}`);
  const ownName = new TextDecoder().decode(await file.read(headerEnd, nameEnd));
  if (header.getUint32(0, true) !== LOCAL_HEADER_SIGNATURE || ownName !== name) {
    throw wrong("does not begin where the archive's directory places it");
  }
  return { name, begin, start, end, crc: entry.crc32 ?? 0 };
}

/**
 * Entries by name. Each is stored, inside the file and apart from all others, so that no content
 * is larger than the file.
 */
async function readPlaces(file: RandomAccess): Promise<Map<string, Place>> {
  const entries = await readDirectory(file);
  const places = await Array.fromAsync(entries, (entry) => placeOf(entry, file));
  places.sort((a, b) => a.begin - b.begin);
  const byName = new Map<string, Place>();
  places.forEach((place, index) => {
    const before: Place | undefined = places[index - 1];
    if (before !== undefined && place.begin < before.end) {
      throw zipError(file.path, `its entries "${before.name}" and "${place.name}" overlap`);
    }
    if (byName.has(place.name)) throw zipError(file.path, `it has two entries "${place.name}"`);
    byName.set(place.name, place);
  });
  return byName;
}

async function streamPlace(
  place: Place,
  file: RandomAccess,
  put: (chunk: Uint8Array) => void,
): Promise<void> {
  let sum = 0;
  await file.stream(place.start, place.end, (chunk) => {
    sum = crc32(chunk, sum);
    put(chunk);
  });
  checkSum(sum, place, file);
}

function checkSum(sum: number, { name, crc }: Place, { path }: RandomAccess): void {
  if (sum === crc) return;
  const state = `its entry "${name}" is damaged: its bytes do not match its checksum`;
  throw zipError(path, `${state}; download it again`);
}

async function readSmall(place: Place, file: RandomAccess): Promise<Uint8Array> {
  const size = place.end - place.start;
  if (size > MAX_PICKLE_BYTES) {
    const state = `its entry "${place.name}" has ${size} bytes, too many for a state dict`;
    throw zipError(file.path, state);
  }
  const bytes = await file.read(place.start, place.end);
  checkSum(crc32(bytes), place, file);
  return bytes;
}

/** The entry `data.pkl`, and the folder that contains everything. */
function findPickle(places: ReadonlyMap<string, Place>, path: string) {
  const pickles = [...places.values()].filter(({ name }) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    const state = `it is a zip archive with ${pickles.length} entries "…/data.pkl"`;
    throw zipError(path, `${state}, and torch.save writes one`);
  }
  return { pickle: pickles[0], root: pickles[0].name.slice(0, -"data.pkl".length) };
}

async function checkByteOrder(place: Place | undefined, file: RandomAccess): Promise<void> {
  if (place === undefined) return; // before PyTorch 2.1 it was not written, and always little
  const order = new TextDecoder().decode(await readSmall(place, file));
  if (order === "little") return;
  const found = `its byte order is ${JSON.stringify(order.slice(0, 20))}`;
  throw zipError(file.path, `${found}, and only "little" is supported`);
}

/** Whether a file begins like a zip archive. */
export const looksZip = (beginning: Uint8Array): boolean =>
  new TextDecoder().decode(beginning) === "PK\x03\x04";

/**
 * Reads the tensors' places in a file of this format.
 *
 * @throws {Error} if the file is damaged. The message names it.
 */
export async function openTorchZip(file: RandomAccess): Promise<Tensors> {
  const { path } = file;
  const places = await readPlaces(file);
  const { pickle, root } = findPickle(places, path);
  await checkByteOrder(places.get(`${root}byteorder`), file);
  const placeOfStorage = (key: string): Place => {
    const place = places.get(`${root}data/${key}`);
    if (place !== undefined) return place;
    const shown = JSON.stringify(key.slice(0, 100));
    throw zipError(path, `it refers to storage ${shown}, which is not in the archive`);
  };
  const check = ({ key, bytes }: TorchStorage) => {
    const { start, end } = placeOfStorage(key);
    if (end - start === bytes) return;
    const found = `its storage ${JSON.stringify(key.slice(0, 100))} has ${end - start} bytes`;
    throw zipError(path, `${found}, and its tensors need ${bytes}`);
  };
  const options = torchPickleOptions(path, check);
  const value = pickleReader(await readSmall(pickle, file), options).next();
  return {
    ...stateDictViews(value, path),
    stream: (storage, put) => streamPlace(placeOfStorage(storage), file, put),
  };
}
