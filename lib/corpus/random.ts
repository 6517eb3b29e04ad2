/** Seeded random numbers for the corpus: mulberry32, and the few draws that the writers need. */

/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/**
 * Mulberry32 (Tommy Ettinger, public domain): the same seed gives the same numbers on every
 * machine.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * assert.equal(seededRandom(1)(), seededRandom(1)());
 * ```
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** A whole number from 0 to `limit - 1`. */
export function below(limit: number, random: Random): number {
  return Math.min(limit - 1, Math.floor(random() * limit));
}

/** One element of a list; throws a RangeError for an empty one. */
export function pick<T>(items: readonly T[], random: Random): T {
  const item = items[below(items.length, random)];
  if (item === undefined) {
    throw new RangeError("Cannot pick from a list: it has 0 elements, 1 is wanted");
  }
  return item;
}

/** The same elements in random order (sorted by a random key); the argument stays as it is. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}
