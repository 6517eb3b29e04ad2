/** Files of `torch.save` made by hand: pickles instruction by instruction, and archives around them. */
import {
  TextReader,
  Uint8ArrayReader,
  Uint8ArrayWriter,
  ZipReader,
  ZipWriter,
} from "@zip.js/zip.js";

const encoder = new TextEncoder();

/** Bytes one after the other. */
export function concat(...parts: (Uint8Array | readonly number[])[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A number as little-endian bytes. */
export function little(value: number | bigint, bytes: number): Uint8Array {
  return Uint8Array.from(
    { length: bytes },
    (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn),
  );
}

/** Pickle instructions; each gives its bytes. */
export const op = {
  protocol: [0x80, 2],
  mark: [0x28],
  stop: [0x2e],
  none: [0x4e],
  false: [0x89],
  true: [0x88],
  dict: [0x7d],
  list: [0x5d],
  emptyTuple: [0x29],
  tuple: [0x74],
  reduce: [0x52],
  build: [0x62],
  setItem: [0x73],
  append: [0x61],
  persistent: [0x51],
  int: (value: number): Uint8Array => concat([0x4a], little(value, 4)),
  long: (value: bigint, bytes: number): Uint8Array => concat([0x8a, bytes], little(value, bytes)),
  text(value: string): Uint8Array {
    const bytes = encoder.encode(value);
    return concat([0x58], little(bytes.length, 4), bytes);
  },
  name: (module: string, name: string): Uint8Array => encoder.encode(`c${module}\n${name}\n`),
};

/** What a tensor's pickle says; a test changes one of these. */
export interface TensorParts {
  readonly storage?: string;
  readonly kind?: string;
  readonly elements?: number;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
}

const tupleOf = (...parts: (Uint8Array | readonly number[])[]) =>
  concat(op.mark, ...parts, op.tuple);

/** A tensor as `torch.save` pickles one: by default 2 x 3 float32 in row-major order, in storage "0". */
export function tensor(
  {
    storage = "0",
    kind = "FloatStorage",
    elements = 6,
    offset = 0,
    shape = [2, 3],
    strides = [3, 1],
  }: TensorParts = {},
  { legacy = false }: { legacy?: boolean } = {},
): Uint8Array {
  const id = [
    op.text("storage"),
    op.name("torch", kind),
    op.text(storage),
    op.text("cpu"),
    op.int(elements),
  ];
  const hooks = concat(op.name("collections", "OrderedDict"), op.emptyTuple, op.reduce);
  return concat(
    op.name("torch._utils", "_rebuild_tensor_v2"),
    tupleOf(
      concat(tupleOf(...id, ...(legacy ? [op.none] : [])), op.persistent),
      op.int(offset),
      tupleOf(...shape.map(op.int)),
      tupleOf(...strides.map(op.int)),
      op.false,
      hooks,
    ),
    op.reduce,
  );
}

/** A state dict of one entry "a". */
export const stateDict = (value: Uint8Array | readonly number[]): Uint8Array<ArrayBuffer> =>
  concat(op.protocol, op.dict, op.text("a"), value, op.setItem, op.stop);

/** Six float32 values: 0 to 5. */
export const SIX: Uint8Array<ArrayBuffer> = new Uint8Array(
  Float32Array.of(0, 1, 2, 3, 4, 5).buffer,
);

/** A stored archive of these entries. */
export async function zip(
  entries: Readonly<Record<string, Uint8Array | string>>,
  { level = 0, password }: { level?: number; password?: string } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = new ZipWriter(new Uint8ArrayWriter(), {
    level,
    ...(password === undefined ? {} : { password }),
    useWebWorkers: false,
    dataDescriptor: false,
    extendedTimestamp: false,
    keepOrder: true,
  });
  for (const [name, content] of Object.entries(entries)) {
    await writer.add(
      name,
      typeof content === "string" ? new TextReader(content) : new Uint8ArrayReader(content),
    );
  }
  return new Uint8Array(await writer.close());
}

/** The entries of an archive. */
export async function unzip(bytes: Uint8Array<ArrayBuffer>): Promise<Record<string, Uint8Array>> {
  const entries: Record<string, Uint8Array> = {};
  for (const entry of await new ZipReader(new Uint8ArrayReader(bytes)).getEntries()) {
    if (!entry.directory) {
      entries[entry.filename] = await entry.getData(new Uint8ArrayWriter(), {
        useWebWorkers: false,
      });
    }
  }
  return entries;
}

/** A zip file of `torch.save` with this pickle, and six values as storage "0". */
export const torchZip = (
  pickle: Uint8Array,
  more: Readonly<Record<string, Uint8Array | string>> = {},
) =>
  zip({
    "m/data.pkl": pickle,
    "m/byteorder": "little",
    "m/data/0": SIX,
    "m/version": "3\n",
    ...more,
  });

/** What the older format has around its state dict; a test changes one of these. */
export interface LegacyParts {
  readonly magic?: bigint;
  readonly little?: boolean;
  readonly names?: readonly string[];
  readonly elements?: number | bigint;
  readonly data?: Uint8Array;
}

/** A file of `torch.save`'s older format. */
export function torchLegacy(
  pickle: Uint8Array = stateDict(tensor({}, { legacy: true })),
  {
    magic = 0x1950a86a20f9469cfc6cn,
    little: isLittle = true,
    names = ["0"],
    elements = 6,
    data = SIX,
  }: LegacyParts = {},
): Uint8Array<ArrayBuffer> {
  const list = concat(op.list, ...names.map((name) => concat(op.text(name), op.append)));
  return concat(
    [...op.protocol, ...op.long(magic, 10), ...op.stop],
    [...op.protocol, ...op.int(1001), ...op.stop],
    concat(
      op.protocol,
      op.dict,
      op.text("little_endian"),
      isLittle ? op.true : op.false,
      op.setItem,
      op.stop,
    ),
    pickle,
    concat(op.protocol, list, op.stop),
    little(elements, 8),
    data,
  );
}

/** What `torch.save` is given: tensors, numbers, and dictionaries of them. */
export type Saved = number | { shape: number[]; data: Float32Array | Int32Array } | {
  [key: string]: Saved;
};

const isTensor = (value: Saved): value is { shape: number[]; data: Float32Array } =>
  typeof value === "object" && value.data instanceof Float32Array;

/** A file of `torch.save` with these values. */
export function torchFile(value: Saved): Promise<Uint8Array<ArrayBuffer>> {
  const storages: Record<string, Uint8Array> = {};
  const pickled = (part: Saved): Uint8Array => {
    if (typeof part === "number") return op.int(part);
    if (isTensor(part)) {
      const { shape, data } = part, storage = String(Object.keys(storages).length);
      storages[`m/data/${storage}`] = new Uint8Array(data.slice().buffer);
      const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
      return tensor({ storage, elements: data.length, shape, strides });
    }
    const items = Object.entries(part as { [key: string]: Saved })
      .map(([key, item]) => concat(op.text(key), pickled(item), op.setItem));
    return concat(op.dict, ...items);
  };
  const pickle = concat(op.protocol, pickled(value), op.stop);
  return zip({ "m/data.pkl": pickle, "m/byteorder": "little", ...storages });
}
