/**
 * The arrays of one model: in one memory where the model is small, and in a pool while they wait to be written again.
 *
 * Arrays of a small model lie one after the other in one memory, so that elementwise work (Adam, sums) takes them as one. That is only
 * possible on the CPU, where an array can be a view. Large models are not packed: there the number of elements counts and not the number
 * of calls, and memory must be freed array by array. Actor and critic share one pool, because their gradients are never alive together.
 */
import {
  type Device,
  type DeviceArray,
  elements,
  flatten,
  isFloatArray,
  isSpec,
  mapTree,
  zeros,
} from "../runtime/mod.ts";

/** A pool of float32 arrays on one device. */
export interface ArrayPool {
  /** An array of these dimensions, whatever it holds. */
  take(dims: readonly number[]): Promise<DeviceArray<"float32">>;
  /** Hands one back. */
  give(array: DeviceArray<"float32">): void;
  /** Arrays for a tree of specs. */
  takeTree<P>(spec: unknown): Promise<P>;
  /** Hands a tree of arrays back. */
  giveTree(tree: unknown): void;
  /** Frees all that wait; those that are out stay. */
  release(): void;
}

/** Makes an empty pool. */
export function createArrayPool(device: Device): ArrayPool {
  const waiting = new Map<string, DeviceArray<"float32">[]>();
  const take = async (dims: readonly number[]): Promise<DeviceArray<"float32">> =>
    waiting.get(dims.join())?.pop() ?? await device.upload(zeros(dims));
  const give = (array: DeviceArray<"float32">): void => {
    const key = array.dims.join();
    waiting.set(key, [...waiting.get(key) ?? [], array]);
  };
  const single = async (shapes: Shapes): Promise<Arrays> => {
    const arrays = new Map<string, DeviceArray<"float32">>();
    for (const [name, dims] of shapes) arrays.set(name, await take(dims));
    return arrays;
  };
  const packs = packPool(device);
  return {
    take,
    give,
    async takeTree<P>(spec: unknown): Promise<P> {
      const shapes = new Map(
        [...flatten(spec, isSpec)].map(([name, { shape }]) => [name, Object.values(shape)]),
      );
      const arrays =
        await (isPacked(device, [...shapes.values()]) ? packs.take(shapes) : single(shapes));
      return mapTree(spec, isSpec, (_, name) => arrays.get(name)) as P; // the tree of `spec`, leaf by leaf
    },
    giveTree(tree) {
      const arrays = flatten(tree, isFloatArray);
      if (!packs.give(arrays)) arrays.values().forEach(give);
    },
    release() {
      for (const arrays of waiting.values()) arrays.forEach((array) => device.free(array));
      waiting.clear();
      packs.release();
    },
  };
}

type Shapes = ReadonlyMap<string, readonly number[]>;
type Arrays = ReadonlyMap<string, DeviceArray<"float32">>;

/** Trees of arrays in one memory: they stay together, so that each array is the same one each time. */
function packPool(device: Device) {
  const waiting = new Map<string, Arrays[]>();
  const keyOf = new WeakMap<DeviceArray, string>(); // by a tree's first array
  const firstOf = (arrays: Arrays) => arrays.values().next().value;
  return {
    async take(shapes: Shapes): Promise<Arrays> {
      const key = JSON.stringify([...shapes]);
      const kept = waiting.get(key)?.pop();
      if (kept !== undefined) return kept;
      const parts = new Map([...shapes].map(([name, dims]) => [name, { dims }]));
      const arrays = await packedArrays(device, parts);
      const first = firstOf(arrays);
      if (first !== undefined) keyOf.set(first, key);
      return arrays;
    },
    /** Whether the arrays are such a tree, which is then taken back. */
    give(arrays: Arrays): boolean {
      const first = firstOf(arrays);
      const key = first && keyOf.get(first);
      if (key === undefined) return false;
      waiting.set(key, [...waiting.get(key) ?? [], arrays]);
      return true;
    },
    release: () => waiting.clear(),
  };
}

/** At most so many numbers are packed: 16 MiB. */
const PACKED = 2 ** 22;

/** Whether arrays of these dimensions are packed. */
export function isPacked({ kind }: Device, dims: readonly (readonly number[])[]): boolean {
  return kind === "cpu" && sizeOf(dims) <= PACKED;
}

/** Numbers in all of them. */
const sizeOf = (dims: readonly (readonly number[])[]): number =>
  dims.reduce((sum, own) => sum + elements(own), 0);

/** An array to be made. */
export interface PackedPart {
  /** Sizes of its axes. */
  readonly dims: readonly number[];
  /** What it holds (copied); default: zeros. */
  readonly data?: Float32Array;
}

/** Makes arrays by name, in one memory where that is good. */
export async function packedArrays(
  device: Device,
  parts: ReadonlyMap<string, PackedPart>,
): Promise<Map<string, DeviceArray<"float32">>> {
  const all = [...parts.values()].map(({ dims }) => dims);
  const memory = isPacked(device, all) ? new Float32Array(sizeOf(all)) : undefined;
  const arrays = new Map<string, DeviceArray<"float32">>();
  let start = 0;
  for (const [name, { dims, data }] of parts) {
    const own = elements(dims);
    const place = memory?.subarray(start, start + own) ?? new Float32Array(own);
    if (data !== undefined) place.set(data);
    else place.fill(0); // the system commits memory when it is written: now, and not in the middle of a long run
    arrays.set(name, await device.upload({ dims, data: place }));
    start += own;
  }
  return arrays;
}

/** The same numbers in one memory where that is good; otherwise the arrays themselves. */
export async function packedCopies(
  device: Device,
  arrays: ReadonlyMap<string, DeviceArray<"float32">>,
): Promise<ReadonlyMap<string, DeviceArray<"float32">>> {
  if (!isPacked(device, [...arrays.values()].map(({ dims }) => dims))) return arrays;
  const parts = new Map<string, PackedPart>();
  for (const [name, array] of arrays) {
    parts.set(name, { dims: array.dims, data: await device.read(array) });
  }
  return await packedArrays(device, parts);
}

/** Neighbours in memory as one: each of the views reaches as far as all of them go on side by side. */
export function joined<K extends string>(
  sets: readonly Readonly<Record<K, Float32Array<ArrayBuffer>>>[],
): Record<K, Float32Array<ArrayBuffer>>[] {
  const runs: Record<K, Float32Array<ArrayBuffer>>[] = [];
  for (const set of sets) {
    const last = runs.at(-1);
    const keys = Object.keys(set) as K[]; // its own keys
    if (last === undefined || !keys.every((key) => follows(last[key], set[key]))) {
      runs.push({ ...set });
    } else for (const key of keys) last[key] = extended(last[key], set[key]);
  }
  return runs;
}

const follows = (before: Float32Array, after: Float32Array): boolean =>
  before.buffer === after.buffer && before.byteOffset + before.byteLength === after.byteOffset;

const extended = (
  before: Float32Array<ArrayBuffer>,
  { length }: Float32Array,
): Float32Array<ArrayBuffer> =>
  new Float32Array(before.buffer, before.byteOffset, before.length + length);
