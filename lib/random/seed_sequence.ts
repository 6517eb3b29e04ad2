/**
 * NumPy's `SeedSequence`: mixes a seed into words that are unrelated even for neighbouring seeds.
 *
 *     pool_i = hash(word_i of the seed)                    i = 0 ... 3
 *     pool_j = mix(pool_j, hash(pool_i))                   for every i and every j other than i
 *     word_n = hash'(pool_(n mod 4))                       n = 0, 1, ...
 *
 * The multiplier of each hash changes with every call. O'Neill 2015, "Developing a seed_seq
 * alternative" (pcg-random.org), as implemented in NumPy 2.4. Only seeds below 2^53 are supported,
 * whereas NumPy accepts integers of any size.
 */
import { lowerProduct, WORD } from "./words.ts";

const POOL_SIZE = 4;

/** A hash whose constant is multiplied by `factor` at every call. */
function changingHash(start: number, factor: number): (word: number) => number {
  let constant = start;
  return (word) => {
    const mixed = (word ^ constant) >>> 0;
    constant = lowerProduct(constant, factor);
    const product = lowerProduct(mixed, constant);
    return (product ^ (product >>> 16)) >>> 0;
  };
}

function mix(x: number, y: number): number {
  const difference = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) >>> 0;
  return (difference ^ (difference >>> 16)) >>> 0;
}

function poolOf(seed: number): number[] {
  const hash = changingHash(0x43b0d7e5, 0x931e8875);
  const pool = [seed % WORD, Math.floor(seed / WORD), 0, 0].map(hash);
  for (let i = 0; i < POOL_SIZE; i++) {
    for (let j = 0; j < POOL_SIZE; j++) {
      if (i !== j) pool[j] = mix(pool[j], hash(pool[i]));
    }
  }
  return pool;
}

/**
 * Returns the first `count` unsigned 32-bit words of a seed, equal to NumPy's
 * `SeedSequence(seed).generate_state(count)`.
 *
 * @throws RangeError unless the seed is a whole number from 0 to 2^53 - 1.
 * @example
 * ```ts
 * import { seedWords } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(seedWords(0, 2), [2968811710, 3677149159]);
 * ```
 */
export function seedWords(seed: number, count: number): number[] {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    const found = `seed is ${seed}, but it must be a whole number from 0 to 2^53 - 1`;
    throw new RangeError(`Cannot seed a random number generator: ${found}`);
  }
  const pool = poolOf(seed);
  const hash = changingHash(0x8b51f9dd, 0x58f38ded);
  return Array.from({ length: count }, (_, n) => hash(pool[n % POOL_SIZE]));
}
