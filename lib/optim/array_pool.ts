/**
 * Arrays that wait to be written, by their dimensions: made once, used again by whoever needs some of that form next.
 *
 * Actor and critic share one pool: the gradient of one is never alive with the other's.
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
  return {
    take,
    give,
    async takeTree<P>(spec: unknown): Promise<P> {
      const arrays = new Map<string, DeviceArray<"float32">>();
      for (const [name, { shape }] of flatten(spec, isSpec)) {
        arrays.set(name, await take(Object.values(shape)));
      }
      return mapTree(spec, isSpec, (_, name) => arrays.get(name)) as P; // the tree of `spec`, leaf by leaf
    },
    giveTree(tree) {
      for (const array of flatten(tree, isFloatArray).values()) give(array);
    },
    release() {
      for (const arrays of waiting.values()) arrays.forEach((array) => device.free(array));
      waiting.clear();
    },
  };
}
