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
  zeros,
} from "../runtime/mod.ts";
import { type Array32, dimsOf, mapRecord, treeOf } from "./records.ts";

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

type Arrays = ReadonlyMap<string, Array32>;

/**
 * Makes an empty pool. Packed trees stay together in it, so that each array is the same one each time.
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
): Promise<Map<string, Array32>> {
  const all = [...parts.values()].map(({ dims }) => dims);
  const memory = isPacked(device, all) ? new Float32Array(sizeOf(all)) : undefined;
  const arrays = new Map<string, Array32>();
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
  arrays: ReadonlyMap<string, Array32>,
): Promise<ReadonlyMap<string, Array32>> {
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
