/**
 * Arrays that wait to be written, by their dimensions: made once, used again by whoever needs some of that form next.
 *
 * Actor and critic share one pool: the gradient of one is never alive with the other's. Trees of small arrays are packed.
 */
import {
  type Device,
  type DeviceArray,
  flatten,
  isFloatArray,
  isSpec,
  mapTree,
  zeros,
} from "../runtime/mod.ts";
import { isPacked, packedArrays } from "./packed.ts";

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
