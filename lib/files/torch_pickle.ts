/**
 * What a pickle written by `torch.save` may name, and what becomes of it: a state dict as views of storages.
 *
 * Source: PyTorch's `torch/_utils.py` (the arguments of each `_rebuild_...`) and `torch/serialization.py` (persistent ids).
 */
import {
  describe,
  isDict,
  isItems,
  isName,
  pickleError,
  type PickleOptions,
  type PickleValue,
  readPickle,
} from "./pickle.ts";
import { BYTES, type NumberFormat, type TensorView } from "./tensor.ts";

/** A storage that a pickle names: `format` is undefined for one that is counted in bytes. */
export interface TorchStorage {
  /** What it is. */
  readonly kind: "storage";
  /** Its name in the file. */
  readonly key: string;
  /** Its numbers. */
  readonly format: NumberFormat | undefined;
  /** Its length in bytes. */
  readonly bytes: number;
}

interface TorchTensor {
  readonly kind: "tensor";
  readonly view: TensorView;
}

/** What PyTorch's names make. */
export type TorchMade = TorchStorage | TorchTensor;
type Value = PickleValue<TorchMade>;

const STORAGES: { readonly [name: string]: NumberFormat } = {
  "torch.DoubleStorage": "F64",
  "torch.FloatStorage": "F32",
  "torch.HalfStorage": "F16",
  "torch.BFloat16Storage": "BF16",
  "torch.LongStorage": "I64",
  "torch.IntStorage": "I32",
  "torch.ShortStorage": "I16",
  "torch.CharStorage": "I8",
  "torch.ByteStorage": "U8",
  "torch.BoolStorage": "BOOL",
};
const UNTYPED = "torch.storage.UntypedStorage";

/** dtypes, which name the numbers of an untyped storage. */
const DTYPES: { readonly [name: string]: NumberFormat } = {
  "torch.float64": "F64",
  "torch.float32": "F32",
  "torch.float16": "F16",
  "torch.bfloat16": "BF16",
  "torch.int64": "I64",
  "torch.int32": "I32",
  "torch.int16": "I16",
  "torch.int8": "I8",
  "torch.uint8": "U8",
  "torch.bool": "BOOL",
};

type Call = (args: readonly Value[], path: string) => Value;

const CALLS: { readonly [name: string]: Call } = {
  "collections.OrderedDict": makeDict,
  "torch._utils._rebuild_tensor": makeTensor,
  "torch._utils._rebuild_tensor_v2": makeTensor,
  "torch._utils._rebuild_tensor_v3": makeTensor,
  "torch._utils._rebuild_parameter": ([data = null]) => data,
  "torch._utils._rebuild_parameter_with_state": ([data = null]) => data,
  "torch.Size": ([sizes = null]) => sizes,
};

const TABLES = [STORAGES, DTYPES, CALLS];

/** Whether a state dict may name this. */
export const allowsTorchName = (name: string): boolean =>
  name === UNTYPED || TABLES.some((table) => Object.hasOwn(table, name));

/** A table's entry, never one of `Object.prototype`. */
const own = <T>(table: { readonly [name: string]: T }, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

/** `OrderedDict()`; Python 2 gives it a list of pairs. */
function makeDict([pairs = null]: readonly Value[], path: string): Value {
  const entries = new Map<Value, Value>();
  if (pairs !== null && !isItems(pairs)) {
    throw pickleError(path, `makes a dictionary of ${describe(pairs)}`);
  }
  for (const pair of pairs?.items ?? []) {
    if (!isItems(pair) || pair.items.length !== 2) {
      throw pickleError(path, `makes a dictionary of ${describe(pair)}`);
    }
    entries.set(pair.items[0] ?? null, pair.items[1] ?? null);
  }
  return { kind: "dict", entries };
}

const isStorage = (value: Value): value is TorchStorage =>
  typeof value === "object" && value !== null && value.kind === "storage";
const isTensor = (value: Value): value is TorchTensor =>
  typeof value === "object" && value !== null && value.kind === "tensor";

function numbersOf(value: Value, what: string, path: string): number[] {
  const items = isItems(value) ? value.items : [];
  const numbers = items.filter((item) => typeof item === "number");
  if (!isItems(value) || numbers.length !== items.length) {
    throw pickleError(
      path,
      `has ${describe(value)} as a tensor's ${what}, and whole numbers are expected`,
    );
  }
  return numbers;
}

/** (storage, offset, sizes, strides, requires_grad, hooks[, dtype]) */
function makeTensor(args: readonly Value[], path: string): Value {
  const [storage = null, offset = null, sizes = null, strides = null, , , dtype = null] = args;
  if (!isStorage(storage)) {
    throw pickleError(path, `makes a tensor of ${describe(storage)}, and a storage is expected`);
  }
  const format = storage.format ?? (isName(dtype) ? own(DTYPES, dtype.name) : undefined);
  if (format === undefined) {
    throw pickleError(path, `makes a tensor of storage "${storage.key}" without a number format`);
  }
  if (typeof offset !== "number") {
    throw pickleError(path, `has ${describe(offset)} as a tensor's offset`);
  }
  const view: TensorView = {
    path,
    storage: storage.key,
    storageBytes: storage.bytes,
    format,
    offset,
    shape: numbersOf(sizes, "sizes", path),
    strides: numbersOf(strides, "strides", path),
  };
  return { kind: "tensor", view };
}

/** ("storage", class, key, location, number of elements[, view]) */
function parseStorage(id: Value, path: string): TorchStorage {
  const [tag, type = null, key, , elements, part = null] = isItems(id) ? id.items : [];
  const known = isName(type) && (type.name === UNTYPED || Object.hasOwn(STORAGES, type.name));
  if (tag !== "storage" || !known || typeof key !== "string" || typeof elements !== "number") {
    throw pickleError(path, `refers to ${describe(id)} outside itself, and a storage is expected`);
  }
  if (part !== null) {
    throw pickleError(path, `refers to a part of storage "${key}", as only PyTorch before 0.4 did`);
  }
  const format = own(STORAGES, type.name);
  const bytes = elements * (format === undefined ? 1 : BYTES[format]);
  if (!Number.isSafeInteger(bytes) || bytes < 0) {
    throw pickleError(path, `says that storage "${key}" has ${elements} elements`);
  }
  return { kind: "storage", key, format, bytes };
}

/** How to read PyTorch's pickles; `found` is told of each storage that is named, and may refuse it. */
export function torchPickleOptions(
  path: string,
  found: (storage: TorchStorage) => void = () => {},
): PickleOptions<TorchMade> {
  return {
    path,
    allows: allowsTorchName,
    call(name, args) {
      const call = own(CALLS, name);
      if (call === undefined) throw pickleError(path, `calls "${name}", which is no function`);
      return call(args, path);
    },
    persistent(id) {
      const storage = parseStorage(id, path);
      found(storage);
      return storage;
    },
  };
}

/**
 * The tensors of a state dict.
 *
 * @throws {TypeError} If it is no dictionary of tensors by name.
 */
export function stateDictViews(value: Value, path: string): Map<string, TensorView> {
  if (!isDict(value)) {
    throw new TypeError(
      `Cannot read ${path}: it holds ${describe(value)}, and a dictionary of tensors is expected`,
    );
  }
  const views = new Map<string, TensorView>();
  for (const [key, tensor] of value.entries) {
    if (typeof key !== "string") {
      throw new TypeError(
        `Cannot read ${path}: it has ${describe(key)} as a key, and text is expected`,
      );
    }
    if (!isTensor(tensor)) {
      throw new TypeError(
        `Cannot read "${key}" of ${path}: it is ${describe(tensor)}, and a tensor is expected`,
      );
    }
    views.set(key, tensor.view);
  }
  return views;
}

/** Reads one state dict; `found` is told of each storage that it names. */
export function readStateDict(
  bytes: Uint8Array,
  { path, start = 0, found }: {
    path: string;
    start?: number;
    found: (storage: TorchStorage) => void;
  },
): { views: Map<string, TensorView>; end: number } {
  const { value, end } = readPickle(bytes, { ...torchPickleOptions(path, found), start });
  return { views: stateDictViews(value, path), end };
}

/** A pickle longer than this is no state dict: a tensor takes about 100 bytes of it, and GPT-2's largest has 580 tensors. */
export const MAX_PICKLE_BYTES = 1_000_000;
