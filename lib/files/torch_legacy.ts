/**
 * `torch.save`'s format from before PyTorch 1.6: five pickles (a magic number, the protocol, the
 * machine, the state dict, the list of storages), then each storage's bytes after its number of
 * elements. There are no checksums; every length is checked.
 *
 * Source: PyTorch's `_legacy_save` and `_legacy_load` in `torch/serialization.py`.
 */
import { wrongBytes } from "./cannot_read.ts";
import { describe, isKind, type PickleValue, type TorchStorage } from "./pickle.ts";
import type { RandomAccess } from "./random_access.ts";
import { pickleReader } from "./read_pickle.ts";
import { BYTES, type Tensors } from "./tensor.ts";
import { MAX_PICKLE_BYTES, stateDictViews, torchPickleOptions } from "./torch_pickle.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

function checkMachine(machine: PickleValue, path: string): void {
  const little = isKind(machine, "dict") ? machine.entries.get("little_endian") : undefined;
  if (little === true) return;
  const found = little === false
    ? "was written on a big-endian machine"
    : "does not state its byte order";
  throw new Error(wrongBytes(path, `it ${found}, and only little-endian is supported`));
}

/** The names of the storages, in the order in which their bytes follow. */
function storageNames(list: PickleValue, path: string): string[] {
  const items = isKind(list, "list", "tuple") ? list.items : [null];
  const names = items.filter((name) => typeof name === "string");
  if (new Set(names).size === items.length) return names;
  const found = `its list of storages is ${describe(list)}`;
  throw new TypeError(wrongBytes(path, `${found}, and a list of names is expected`));
}

/**
 * Where each storage's bytes begin. Every storage must be used and as long as its tensors need;
 * the last must end the file.
 */
async function storagePlaces(
  file: RandomAccess,
  names: readonly string[],
  { storages, start }: { storages: ReadonlyMap<string, TorchStorage>; start: number },
): Promise<Map<string, number>> {
  const wrong = (state: string) => new RangeError(wrongBytes(file.path, state));
  const places = new Map<string, number>();
  let at = start;
  for (const key of names) {
    const storage = storages.get(key);
    if (storage === undefined) throw wrong(`no tensor uses its storage "${key}"`);
    const found = new DataView((await file.read(at, at + 8)).buffer).getBigUint64(0, true);
    const wanted = storage.bytes / (storage.format === undefined ? 1 : BYTES[storage.format]);
    if (found !== BigInt(wanted)) {
      throw wrong(`storage "${key}" has ${found} elements, and its tensors need ${wanted}`);
    }
    places.set(key, at + 8);
    at += 8 + storage.bytes;
  }
  for (const key of storages.keys()) {
    if (!places.has(key)) throw wrong(`it refers to storage "${key}", which is not there`);
  }
  if (at !== file.size) {
    const cutOff = at > file.size ? "; it is cut off, download it again" : "";
    throw wrong(`its storages end at byte ${at}, and the file has ${file.size}${cutOff}`);
  }
  return places;
}

/** Whether a file begins like this format: a pickle whose first value is a long of ten bytes. */
export const looksLegacy = (beginning: Uint8Array): boolean =>
  beginning[0] === 0x80 && beginning[2] === 0x8a && beginning[3] === 10;

/**
 * Reads the tensors' places in a file of this format.
 *
 * @throws {Error} if the file is damaged. The message names it.
 */
export async function openTorchLegacy(file: RandomAccess): Promise<Tensors> {
  const { path } = file;
  const storages = new Map<string, TorchStorage>();
  const options = torchPickleOptions(path, (storage) => {
    const { key, format, bytes } = storages.get(storage.key) ?? storage;
    if (format !== storage.format || bytes !== storage.bytes) {
      throw new Error(wrongBytes(path, `it describes storage "${key}" in two ways`));
    }
    storages.set(key, storage);
  });
  const pickles = pickleReader(await file.read(0, Math.min(file.size, MAX_PICKLE_BYTES)), options);
  const magic = pickles.next(), protocol = pickles.next();
  if (magic !== MAGIC || protocol !== PROTOCOL) {
    throw new Error(wrongBytes(path, `it does not begin as a file of torch.save does`));
  }
  checkMachine(pickles.next(), path);
  const dict = stateDictViews(pickles.next(), path);
  const names = storageNames(pickles.next(), path);
  const places = await storagePlaces(file, names, { storages, start: pickles.end() });
  return {
    ...dict,
    async stream(storage, put) {
      const begin = places.get(storage) ?? 0;
      await file.stream(begin, begin + (storages.get(storage)?.bytes ?? 0), put);
    },
  };
}
