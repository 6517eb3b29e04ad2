/**
 * The names that a pickle written by `torch.save` may contain, and what they make: a state dict as
 * views of storages.
 *
 * Source: PyTorch's `torch/_utils.py` (the arguments of each `_rebuild_...`) and
 * `torch/serialization.py` (persistent ids).
 */
import { wrongBytes } from "./cannot_read.ts";
import { describe, isKind, pickleError } from "./pickle.ts";
import type { PickleObject, PickleOptions, PickleValue, TorchStorage } from "./pickle.ts";
import { BYTES, type NumberFormat, type Tensors, type TensorView } from "./tensor.ts";

/** PyTorch's names of each number format: of its class of storages and of its dtype. */
const FORMATS: readonly (readonly [format: NumberFormat, storage: string, dtype: string])[] = [
  ["F64", "Double", "float64"],
  ["F32", "Float", "float32"],
  ["F16", "Half", "float16"],
  ["BF16", "BFloat16", "bfloat16"],
  ["I64", "Long", "int64"],
  ["I32", "Int", "int32"],
  ["I16", "Short", "int16"],
  ["I8", "Char", "int8"],
  ["U8", "Byte", "uint8"],
  ["BOOL", "Bool", "bool"],
];

/** Classes of storages; the numbers of an untyped storage are named by the dtype of its tensors. */
const STORAGES = new Map<string, NumberFormat | undefined>([
  ...FORMATS.map(([format, storage]) => [`torch.${storage}Storage`, format] as const),
  ["torch.storage.UntypedStorage", undefined],
]);
const DTYPES = new Map(FORMATS.map(([format, , dtype]) => [`torch.${dtype}`, format]));

type Call = (args: readonly PickleValue[], path: string) => PickleValue;

const first: Call = ([value = null]) => value;

const CALLS = new Map<string, Call>([
  ["collections.OrderedDict", makeDict],
  ["torch._utils._rebuild_tensor", makeTensor],
  ["torch._utils._rebuild_tensor_v2", makeTensor],
  ["torch._utils._rebuild_tensor_v3", makeTensor],
  ["torch._utils._rebuild_parameter", first],
  ["torch._utils._rebuild_parameter_with_state", first],
  ["torch.Size", first],
]);

/** Makes an `OrderedDict()`; Python 2 passes it a list of pairs. */
function makeDict([pairs = null]: readonly PickleValue[], path: string): PickleValue {
  const wrong = (value: PickleValue) =>
    pickleError(path, `makes a dictionary of ${describe(value)}`);
  if (pairs !== null && !isKind(pairs, "list", "tuple")) throw wrong(pairs);
  const entries = new Map<PickleValue, PickleValue>();
  for (const pair of pairs?.items ?? []) {
    if (!isKind(pair, "list", "tuple") || pair.items.length !== 2) throw wrong(pair);
    entries.set(pair.items[0], pair.items[1]);
  }
  return { kind: "dict", entries };
}

function numbersOf(value: PickleValue, what: string, path: string): number[] {
  const items = isKind(value, "list", "tuple") ? value.items : [null];
  const numbers = items.filter((item) => typeof item === "number");
  if (numbers.length === items.length) return numbers;
  const found = `has ${describe(value)} as a tensor's ${what}`;
  throw pickleError(path, `${found}, and whole numbers are expected`);
}

/** Makes a tensor from (storage, offset, sizes, strides, requires_grad, hooks[, dtype]). */
function makeTensor(args: readonly PickleValue[], path: string): PickleValue {
  const [storage = null, offset = null, sizes = null, strides = null, , , dtype] = args;
  if (!isKind(storage, "storage")) {
    throw pickleError(path, `makes a tensor of ${describe(storage)}, and a storage is expected`);
  }
  const { key, bytes } = storage;
  const format = storage.format ?? (isKind(dtype, "name") ? DTYPES.get(dtype.name) : undefined);
  if (format === undefined) {
    throw pickleError(path, `makes a tensor of storage "${key}" without a number format`);
  }
  if (typeof offset !== "number") {
    throw pickleError(path, `has ${describe(offset)} as a tensor's offset`);
  }
  const shape = numbersOf(sizes, "sizes", path), steps = numbersOf(strides, "strides", path);
  const place = { path, storage: key, storageBytes: bytes, format };
  return { kind: "tensor", view: { ...place, offset, shape, strides: steps } };
}

/** Reads the id of a storage: ("storage", class, key, location, number of elements[, view]). */
function parseStorage(id: PickleValue, path: string): TorchStorage {
  const items = isKind(id, "list", "tuple") ? id.items : [];
  const [tag, type, key, , elements, part = null] = items;
  const known = isKind(type, "name") && STORAGES.has(type.name);
  if (tag !== "storage" || !known || typeof key !== "string" || typeof elements !== "number") {
    throw pickleError(path, `refers to ${describe(id)} outside itself, and a storage is expected`);
  }
  if (part !== null) {
    throw pickleError(path, `refers to a part of storage "${key}", as only PyTorch before 0.4 did`);
  }
  const format = STORAGES.get(type.name);
  const bytes = elements * (format === undefined ? 1 : BYTES[format]);
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw pickleError(path, `claims that storage "${key}" has ${elements} elements`);
  }
  return { kind: "storage", key, format, bytes };
}

/**
 * How to read PyTorch's pickles; `found` receives each storage that is named, and may refuse it by
 * an error.
 */
export const torchPickleOptions = (
  path: string,
  found: (storage: TorchStorage) => void,
): PickleOptions => ({
  path,
  allows: (name) => [STORAGES, DTYPES, CALLS].some((names) => names.has(name)),
  call(name, args) {
    const call = CALLS.get(name);
    if (call === undefined) throw pickleError(path, `calls "${name}", which is no function`);
    return call(args, path);
  },
  persistent(id) {
    const storage = parseStorage(id, path);
    found(storage);
    return storage;
  },
});

/** The tensors of a state dict, and the dictionaries in it that hold some. */
export type StateDict = Pick<Tensors, "views" | "groups">;

/**
 * The tensors of a state dict. In a training checkpoint, which holds dictionaries of tensors beside
 * counters and settings, a tensor has the keys of its dictionaries before its own:
 * `model_state_dict.wte.weight`.
 *
 * @throws {TypeError} if it is no dictionary that holds tensors.
 */
export function stateDictViews(value: PickleValue, path: string): StateDict {
  const wrong = (place: string, state: string, expected: string) =>
    new TypeError(wrongBytes(place, `${state}, and ${expected} is expected`));
  if (!isKind(value, "dict")) {
    throw wrong(path, `it holds ${describe(value)}`, "a dictionary of tensors");
  }
  const views = new Map<string, TensorView>(), groups: string[] = [];
  const seen = new Set<PickleValue>(); // a dictionary may be in several others, or in itself
  const collect = (dict: Extract<PickleObject, { kind: "dict" }>, group: string): void => {
    seen.add(dict);
    for (const [key, item] of dict.entries) {
      if (isKind(key, "dict", "list", "tuple", "name", "tensor", "storage")) {
        throw wrong(path, `it has ${describe(key)} as a key`, "text");
      }
      const name = `${group}${key}`;
      if (isKind(item, "tensor")) views.set(name, item.view);
      if (!isKind(item, "dict") || seen.has(item)) continue;
      groups.push(`${name}.`);
      collect(item, `${name}.`);
    }
  };
  collect(value, "");
  if (views.size > 0) return { views, groups };
  const found = [...value.entries.keys()].slice(0, 3).map((key) => JSON.stringify(String(key)));
  throw wrong(path, `it has no tensors, only ${found.join(", ") || "nothing"}`, "a state dict");
}

/**
 * A longer pickle is no state dict: a tensor takes about 100 bytes of it, and GPT-2's largest has
 * 580 tensors.
 */
export const MAX_PICKLE_BYTES = 1_000_000;
