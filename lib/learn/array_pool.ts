/**
 * The arrays of one model. Those of a small model share one buffer, and arrays that are free wait
 * in a pool until they are used again.
 *
 * The arrays of a small model are contiguous in one buffer, so that element-wise work (Adam, sums)
 * can treat them as one array. This is only possible on the CPU, where an array can be a view.
 * Large models are not packed, because their cost depends on the number of elements and not on the
 * number of calls, and because their memory must be freed array by array. The actor and the critic
 * share one pool, because their gradients are never alive at the same time.
 */
import {
  type Device,
  type DeviceArray,
  elements,
  flatten,
  isFloatArray,
  isSpec,
  zeros,
} from "../runtime/mod.ts";
import { mapRecord, treeOf } from "./records.ts";

/** A pool of float32 arrays on one device. */
export interface ArrayPool {
  /** Takes an array of these dimensions with arbitrary contents. */
  take(dims: readonly number[]): Promise<DeviceArray<"float32">>;
  /** Returns an array to the pool. */
  give(array: DeviceArray<"float32">): void;
  /** Takes arrays for a tree of specs. */
  takeTree<P>(spec: unknown): Promise<P>;
  /** Returns a tree of arrays to the pool. */
  giveTree(tree: unknown): void;
  /** Frees all arrays in the pool. Arrays that are in use are not affected. */
  release(): void;
}

/** Creates an empty pool. */
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
      return treeOf<P>(spec, arrays);
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

/**
 * A pool of trees whose arrays share one buffer. They stay together, so that a tree always gets
 * the same arrays.
 */
function packPool(device: Device) {
  const waiting = new Map<string, Arrays[]>();
  const keyOf = new WeakMap<DeviceArray, string>(); // keyed by a tree's first array
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
    /** Takes the arrays back if they are such a tree, and returns whether they are. */
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

/** The maximum number of elements that are packed, which is 16 MiB. */
const PACKED = 2 ** 22;

/** Whether arrays of these dimensions are packed. */
export function isPacked({ kind }: Device, dims: readonly (readonly number[])[]): boolean {
  return kind === "cpu" && sizeOf(dims) <= PACKED;
}

/** The total number of elements. */
const sizeOf = (dims: readonly (readonly number[])[]): number =>
  dims.reduce((sum, own) => sum + elements(own), 0);

/** An array to create. */
export interface PackedPart {
  /** Sizes of its axes. */
  readonly dims: readonly number[];
  /** Its contents, which are copied (default: zeros). */
  readonly data?: Float32Array;
}

/** Creates arrays by name, in one buffer if they are packed. */
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
    else place.fill(0); // the system commits memory on the first write, which happens here and not during a long run
    arrays.set(name, await device.upload({ dims, data: place }));
    start += own;
  }
  return arrays;
}

/**
 * Copies the arrays into one buffer if they are packed, and otherwise returns the arrays
 * themselves.
 */
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

/**
 * Joins views that are neighbours in memory. Each joined view extends as far as the views of all
 * names stay contiguous.
 */
export function joined<K extends string>(
  sets: readonly Readonly<Record<K, Float32Array<ArrayBuffer>>>[],
): Record<K, Float32Array<ArrayBuffer>>[] {
  const runs: Record<K, Float32Array<ArrayBuffer>>[] = [];
  for (const set of sets) {
    const last = runs.at(-1);
    const goesOn = last !== undefined &&
      Object.values(mapRecord(set, (view, key) => follows(last[key], view))).every(Boolean);
    if (goesOn) runs[runs.length - 1] = mapRecord(set, (view, key) => extended(last[key], view));
    else runs.push({ ...set });
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
