/**
 * `torch.save`'s format from before PyTorch 1.6: five pickles (a magic number, the protocol, the machine, the state dict, the list of
 * storages), then each storage's bytes with their number of elements before them. It has no checksums; every length is checked.
 *
 * Source: PyTorch's `_legacy_save` and `_legacy_load` in `torch/serialization.py`.
 */
import { describe, isDict, isItems, type PickleValue, readPickle } from "./pickle.ts";
import type { RandomAccess } from "./random_access.ts";
import { BYTES, type TensorFile } from "./tensor.ts";
import {
  MAX_PICKLE_BYTES,
  readStateDict,
  type TorchMade,
  torchPickleOptions,
  type TorchStorage,
} from "./torch_pickle.ts";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;

type Value = PickleValue<TorchMade>;

/** Reads pickles one after the other. */
function pickleSequence(bytes: Uint8Array, path: string) {
  let start = 0;
  const options = torchPickleOptions(path, ({ key }) => {
    throw new Error(`Cannot read ${path}: it refers to storage "${key}" outside its state dict`);
  });
  return {
    next(): Value {
      const { value, end } = readPickle(bytes, { ...options, start });
      start = end;
      return value;
    },
    stateDict(found: (storage: TorchStorage) => void) {
      const { views, end } = readStateDict(bytes, { path, start, found });
      start = end;
      return views;
    },
    end: () => start,
  };
}

function checkMachine(machine: Value, path: string): void {
  const little = isDict(machine) ? machine.entries.get("little_endian") : undefined;
  if (little !== true) {
    const state = little === false
      ? "was written on a big-endian machine"
      : "does not say its byte order";
    throw new Error(`Cannot read ${path}: it ${state}, and only little-endian is supported`);
  }
}

/** The names of the storages, in the order in which their bytes follow. */
function storageNames(list: Value, path: string): string[] {
  const names = isItems(list) ? list.items.filter((name) => typeof name === "string") : [];
  if (
    !isItems(list) || names.length !== list.items.length || new Set(names).size !== names.length
  ) {
    throw new TypeError(
      `Cannot read ${path}: its list of storages is ${
        describe(list)
      }, and a list of names is expected`,
    );
  }
  return names;
}

function recordStorage(
  storages: Map<string, TorchStorage>,
  storage: TorchStorage,
  path: string,
): void {
  const { key, format, bytes } = storages.get(storage.key) ?? storage;
  if (format !== storage.format || bytes !== storage.bytes) {
    throw new Error(`Cannot read ${path}: it describes storage "${key}" in two ways`);
  }
  storages.set(key, storage);
}

/** Where each storage's bytes begin. Every storage must be there, used, as long as the state dict says, and the last ends the file. */
async function storagePlaces(
  file: RandomAccess,
  { names, storages, start }: {
    names: readonly string[];
    storages: Map<string, TorchStorage>;
    start: number;
  },
): Promise<Map<string, number>> {
  const { path, size } = file;
  const places = new Map<string, number>();
  let at = start;
  for (const key of names) {
    const storage = storages.get(key);
    if (storage === undefined) {
      throw new Error(`Cannot read ${path}: no tensor uses its storage "${key}"`);
    }
    const found = new DataView((await file.read(at, at + 8)).buffer).getBigUint64(0, true);
    const wanted = storage.bytes / (storage.format === undefined ? 1 : BYTES[storage.format]);
    if (found !== BigInt(wanted)) {
      throw new RangeError(
        `Cannot read ${path}: storage "${key}" has ${found} elements, and its tensors say ${wanted}`,
      );
    }
    places.set(key, at + 8);
    at += 8 + storage.bytes;
  }
  const missing = [...storages.keys()].find((key) => !places.has(key));
  if (missing !== undefined) {
    throw new Error(`Cannot read ${path}: it refers to storage "${missing}", which is not there`);
  }
  if (at !== size) {
    const cutOff = at > size ? "; it is cut off" : "";
    throw new RangeError(
      `Cannot read ${path}: its storages end at byte ${at}, and the file has ${size}${cutOff}`,
    );
  }
  return places;
}

/** Whether a file begins like this format: a pickle whose first value is a long of ten bytes. */
export const looksLegacy = (beginning: Uint8Array): boolean =>
  beginning[0] === 0x80 && beginning[2] === 0x8a && beginning[3] === 10;

/**
 * Opens a file of this format.
 *
 * @throws {Error} A sentence that names the file.
 */
export async function openTorchLegacy(file: RandomAccess): Promise<TensorFile> {
  const { path } = file;
  const pickles = pickleSequence(await file.read(0, Math.min(file.size, MAX_PICKLE_BYTES)), path);
  const magic = pickles.next(), protocol = pickles.next();
  if (magic !== MAGIC || protocol !== PROTOCOL) {
    throw new Error(`Cannot read ${path}: it does not begin as a file of torch.save does`);
  }
  checkMachine(pickles.next(), path);
  const storages = new Map<string, TorchStorage>();
  const views = pickles.stateDict((storage) => recordStorage(storages, storage, path));
  const names = storageNames(pickles.next(), path);
  const places = await storagePlaces(file, { names, storages, start: pickles.end() });
  return {
    path,
    views,
    async stream(storage, put) {
      const begin = places.get(storage) ?? 0;
      await file.stream(begin, begin + (storages.get(storage)?.bytes ?? 0), put);
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  };
}
