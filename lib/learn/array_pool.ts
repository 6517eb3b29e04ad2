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
  zeros,
} from "../runtime/mod.ts";
import { type Array32, dimsOf, mapRecord, treeOf } from "./records.ts";

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

type Arrays = ReadonlyMap<string, Array32>;

/**
 * Creates an empty pool. Packed trees stay together in it, so that each array is the same one each
 * time.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createArrayPool } from "ppo/learn/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const pool = createArrayPool(await openDevice("cpu"));
 * const array = await pool.take([2, 3]);
 * pool.give(array);
 * deepEqual(await pool.take([2, 3]) === array, true);
 * ```
 */
export function createArrayPool(device: Device): ArrayPool {
  const singles = new Map<string, Array32[]>(), packs = new Map<string, Arrays[]>();
  const packKey = new WeakMap<DeviceArray, string>(); // by a packed tree's first array
  const take = async (dims: readonly number[]): Promise<Array32> =>
    singles.get(dims.join())?.pop() ?? await device.upload(zeros(dims));
  const give = (array: Array32): void => add(singles, array.dims.join(), array);
  const takePack = async (shapes: ReadonlyMap<string, number[]>): Promise<Arrays> => {
    const key = JSON.stringify([...shapes]);
    const waiting = packs.get(key)?.pop();
    if (waiting !== undefined) return waiting;
    const parts = new Map([...shapes].map(([name, dims]) => [name, { dims }]));
    const arrays = await packedArrays(device, parts);
    for (const first of arrays.values().take(1)) packKey.set(first, key);
    return arrays;
  };
  return {
    take,
    give,
    async takeTree<P>(spec: unknown): Promise<P> {
      const shapes = dimsOf(spec);
      if (isPacked(device, [...shapes.values()])) return treeOf<P>(spec, await takePack(shapes));
      const arrays = new Map<string, Array32>();
      for (const [name, dims] of shapes) arrays.set(name, await take(dims));
      return treeOf<P>(spec, arrays);
    },
    giveTree(tree) {
      const arrays = flatten(tree, isFloatArray);
      const [key] = arrays.values().take(1).map((first) => packKey.get(first));
      if (key === undefined) arrays.values().forEach(give);
      else add(packs, key, arrays);
    },
    release() {
      for (const arrays of singles.values()) arrays.forEach((array) => device.free(array));
      singles.clear();
      packs.clear();
    },
  };
}

const add = <T>(lists: Map<string, T[]>, key: string, item: T): void => {
  lists.set(key, [...lists.get(key) ?? [], item]);
};

/** The maximum number of elements that are packed, which is 16 MiB. */
const PACKED = 2 ** 22;

/**
 * Whether arrays of these dimensions are packed.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { isPacked } from "ppo/learn/mod.ts";
 * equal(isPacked({ kind: "cpu" }, [[1000, 128], [128, 128]]), true);
 * equal(isPacked({ kind: "cpu" }, [[21128, 768]]), false); // 62 MiB
 * ```
 */
export function isPacked(
  { kind }: Pick<Device, "kind">,
  dims: readonly (readonly number[])[],
): boolean {
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
export async function packedArrays(device: Device, parts: ReadonlyMap<string, PackedPart>) {
  const all = [...parts.values()].map(({ dims }) => dims);
  const memory = isPacked(device, all) ? new Float32Array(sizeOf(all)) : undefined;
  const arrays = new Map<string, Array32>();
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
  arrays: ReadonlyMap<string, Array32>,
): Promise<ReadonlyMap<string, Array32>> {
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

const extended = (before: Float32Array<ArrayBuffer>, { length }: Float32Array) =>
  new Float32Array(before.buffer, before.byteOffset, before.length + length);
