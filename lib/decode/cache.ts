/** Key-value caches that are made once and grow only when a larger batch or a longer text comes. */
import {
  type Device,
  type DeviceArray,
  type HostArray,
  type JoinedArrays,
  joinedZeros,
} from "../runtime/mod.ts";
import type { Gpt2Config } from "../lm/mod.ts";
import type { KeptRows } from "./decoding_state.ts";

/** One layer's arrays: [batch, heads, slot, headDim] each. */
export interface CacheArrays {
  readonly keys: DeviceArray<"float32">;
  readonly values: DeviceArray<"float32">;
}

/** Keeps the caches of one generator. */
export function cacheKeeper(device: Device, { layers, heads, embed }: Gpt2Config) {
  let kept: readonly CacheArrays[] = [];
  let joined: JoinedArrays | undefined;
  let size = { batch: 0, slots: 0 };
  const release = (): void => {
    joined?.free();
    joined = undefined;
    kept = [];
    size = { batch: 0, slots: 0 };
  };
  return {
    /** Caches for `batch` rows of up to `slots` tokens; what they hold does not matter. */
    async sized(batch: number, slots: number): Promise<readonly CacheArrays[]> {
      if (batch === size.batch && slots <= size.slots) return kept;
      release();
      size = { batch, slots };
      const dims = [batch, heads, slots, embed / heads];
      joined = await joinedZeros(device, Array.from({ length: 2 * layers }, () => dims));
      const { arrays } = joined;
      kept = Array.from(
        { length: layers },
        (_, layer) => ({ keys: arrays[2 * layer], values: arrays[2 * layer + 1] }),
      );
      return kept;
    },
    release,
  };
}

/** The caches of `count` rows from `start` on: in the same memory, so only for the CPU. */
export async function cacheOfRows(
  device: Device,
  cache: readonly CacheArrays[],
  { start, count }: { start: number; count: number },
): Promise<readonly CacheArrays[]> {
  if (cache[0].keys.dims[0] === count) return cache;
  const part = async (array: DeviceArray<"float32">) => {
    const [batch, ...rest] = array.dims;
    const data = await device.read(array);
    const width = data.length / batch;
    const view: HostArray<"float32"> = {
      dims: [count, ...rest],
      data: data.subarray(start * width, (start + count) * width),
    };
    return await device.upload(view);
  };
  const layers = cache.map(async ({ keys, values }) => ({
    keys: await part(keys),
    values: await part(values),
  }));
  return await Promise.all(layers);
}

/** The caches of the rows that stay, first ones first: in the same memory, so only for the CPU. */
export async function keptRows(
  device: Device,
  cache: readonly CacheArrays[],
  { count, moves }: KeptRows,
): Promise<readonly CacheArrays[]> {
  if (cache[0].keys.dims[0] === count) return cache;
  await copyRows(device, cache, moves);
  return await cacheOfRows(device, cache, { start: 0, count });
}

/** Copies the caches of rows over those of others, one after the other: in the same memory, so only for the CPU. */
export async function copyRows(
  device: Device,
  cache: readonly CacheArrays[],
  copies: KeptRows["moves"],
): Promise<void> {
  for (const array of cache.flatMap(({ keys, values }) => [keys, values])) {
    const data = await device.read(array);
    const width = data.length / array.dims[0];
    for (const { from, to } of copies) {
      data.copyWithin(to * width, from * width, (from + 1) * width);
    }
  }
}
