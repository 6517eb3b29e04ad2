/** Key-value caches that are made once and grow only when a larger batch or a longer text comes. */
import { type Device, type DeviceArray, zeros } from "../runtime/mod.ts";
import type { Gpt2Config } from "./config.ts";

/** One layer's arrays: [batch, heads, slot, headDim] each. */
export interface CacheArrays {
  readonly keys: DeviceArray<"float32">;
  readonly values: DeviceArray<"float32">;
}

/** Keeps the caches of one generator. */
export function cacheKeeper(device: Device, { layers, heads, embed }: Gpt2Config) {
  let kept: readonly CacheArrays[] = [];
  let size = { batch: 0, slots: 0 };
  const release = (): void => {
    for (const { keys, values } of kept) [keys, values].forEach((array) => device.free(array));
    kept = [];
  };
  return {
    /** Caches for `batch` rows of up to `slots` tokens; what they hold does not matter. */
    async sized(batch: number, slots: number): Promise<readonly CacheArrays[]> {
      if (batch === size.batch && slots <= size.slots) return kept;
      release();
      size = { batch, slots };
      const make = () => device.upload(zeros([batch, heads, slots, embed / heads]));
      kept = await Promise.all(
        Array.from({ length: layers }, async () => ({ keys: await make(), values: await make() })),
      );
      return kept;
    },
    release,
  };
}
