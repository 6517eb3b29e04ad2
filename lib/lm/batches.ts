/** Items in pieces: of a fixed number, or of as many as fit in memory. */

/** Pieces of `size` in order, the last one with what is left. */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, index) => items.slice(index * size, (index + 1) * size),
  );
}

/** How much a batch may hold that is only measured or answered, not learned from. */
export interface RoomOptions<T> {
  /** Length of an item in tokens. */
  readonly lengthOf: (item: T) => number;
  /** Most items of a batch (default 64). */
  readonly size?: number;
  /** Most tokens of a batch, pads included (default 6144: 64 of the embedded model's longest rows, 8 of the tutorial's). */
  readonly tokens?: number;
}

/**
 * Pieces in order that fit in memory: a batch is as wide as its longest item. An item that does not fit alone is alone.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const pieces = batchesWithin([1, 1, 2, 4, 9], { lengthOf: (length) => length, size: 3, tokens: 8 });
 * deepEqual(pieces, [[1, 1, 2], [4], [9]]); // 4 and 9 together would be 18 tokens
 * ```
 */
export function batchesWithin<T>(
  items: readonly T[],
  { lengthOf, size = 64, tokens = 64 * 96 }: RoomOptions<T>,
): T[][] {
  const batches: T[][] = [];
  let longest = 0;
  for (const item of items) {
    const batch = batches.at(-1);
    longest = Math.max(longest, lengthOf(item));
    if (batch !== undefined && batch.length < size && (batch.length + 1) * longest <= tokens) {
      batch.push(item);
    } else {
      batches.push([item]);
      longest = lengthOf(item);
    }
  }
  return batches;
}
