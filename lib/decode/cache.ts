/**
 * Key-value caches: allocated once, enlarged only for a larger batch or a longer text, and
 * compacted as answers end.
 */
import {
  type Device,
  type DeviceArray,
  type HostArray,
  type JoinedArrays,
  joinedZeros,
} from "../runtime/mod.ts";
import { type Gpt2Config, type RowGroupOptions, rowGroups, type TokenRow } from "../lm/mod.ts";

/** One layer's arrays: [batch, heads, slot, headDim] each. */
export interface CacheArrays {
  readonly keys: DeviceArray<"float32">;
  readonly values: DeviceArray<"float32">;
}

/** The rows of a batch in the order in which the caches hold them. */
export interface CachedRows {
  readonly rows: readonly number[];
  readonly cache: readonly CacheArrays[];
}

/** Owns the caches of one generator. */
export function createCaches(device: Device, { layers, heads, embed }: Gpt2Config) {
  let joined: JoinedArrays | undefined;
  let caches: readonly CacheArrays[] = [];
  let size = { batch: 0, slots: 0 };
  const release = (): void => {
    joined?.free();
    joined = undefined;
    size = { batch: 0, slots: 0 };
  };
  return {
    /** Caches for `batch` rows of up to `slots` tokens; their contents are undefined. */
    async sized(batch: number, slots: number): Promise<readonly CacheArrays[]> {
      if (batch === size.batch && slots <= size.slots) return caches;
      release();
      size = { batch, slots };
      const dims = [batch, heads, slots, embed / heads];
      joined = await joinedZeros(device, Array.from({ length: 2 * layers }, () => dims));
      const { arrays } = joined;
      caches = Array.from(
        { length: layers },
        (_, layer) => ({ keys: arrays[2 * layer], values: arrays[2 * layer + 1] }),
      );
      return caches;
    },
    release,
  };
}

/** The caches of `count` rows from `start` on, in the same memory (CPU only). */
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
  return await Promise.all(
    cache.map(async ({ keys, values }) => ({ keys: await part(keys), values: await part(values) })),
  );
}

/**
 * Copies the caches of some rows over those of others, one after the other, in the same memory
 * (CPU only).
 */
export async function copyRows(
  device: Device,
  cache: readonly CacheArrays[],
  copies: readonly { from: number; to: number }[],
): Promise<void> {
  for (const array of cache.flatMap(({ keys, values }) => [keys, values])) {
    const data = await device.read(array);
    const width = data.length / array.dims[0];
    for (const { from, to } of copies) {
      data.copyWithin(to * width, from * width, (from + 1) * width);
    }
  }
}

/**
 * The rows that stay in a batch: those from its end take the places of those that leave, in the
 * same memory (CPU only).
 */
export async function keepRows(
  device: Device,
  { rows, cache }: CachedRows,
  stays: (row: number) => boolean,
): Promise<CachedRows> {
  const count = rows.filter(stays).length;
  if (count === rows.length) return { rows, cache };
  const places = [...rows.keys()];
  const gaps = places.filter((place) => place < count && !stays(rows[place]));
  const movers = places.filter((place) => place >= count && stays(rows[place]));
  await copyRows(device, cache, gaps.map((to, index) => ({ from: movers[index], to })));
  const remaining = rows.slice(0, count);
  gaps.forEach((to, index) => remaining[to] = rows[movers[index]]);
  return { rows: remaining, cache: await cacheOfRows(device, cache, { start: 0, count }) };
}

/**
 * How to read a batch's prompts. The caches hold the rows in this order: the groups, then the
 * repeated rows.
 */
export type PromptPlan = ReturnType<typeof promptPlan>;

/** Plans the groups that take the least time. */
export function promptPlan(prompts: readonly TokenRow[], options: RowGroupOptions) {
  const rowsOf = Map.groupBy(prompts.keys(), (row) => prompts[row].join());
  const distinct = [...rowsOf.values()]; // the rows of each different prompt
  const lengths = distinct.map(([first]) => prompts[first].length);
  const order = rowGroups(lengths, options);
  const groups = order.map((group) => group.map((index) => distinct[index][0]));
  const copiesOf = order.flat().flatMap((index, from) =>
    distinct[index].slice(1).map((row) => ({ row, from }))
  ).toSorted((a, b) => a.row - b.row);
  return {
    /** The numbers of the prompts to read, in groups of one call each. */
    groups,
    /** The numbers of the prompts that equal one of those. */
    repeated: copiesOf.map(({ row }) => row),
    /** The rows of the caches to copy for them. */
    copies: copiesOf.map(({ from }, index) => ({ from, to: distinct.length + index })),
  };
}
