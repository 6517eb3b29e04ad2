/**
 * Philox4x32-10: a random number generator without state.
 *
 *     (hi0, lo0) = M0 c0      (hi1, lo1) = M1 c2
 *     c = (hi1 ^ c1 ^ k0, lo1, hi0 ^ c3 ^ k1, lo0)        ten rounds
 *     k = (k0 + W0, k1 + W1)                              between rounds
 *
 * Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3". It maps a counter of four
 * 32-bit words to four random words, under a key of two words; different counters never give the
 * same words. PyTorch and TensorFlow use it on the GPU. It is not suitable for cryptography.
 */

import { lowerProduct, upperProduct } from "./words.ts";

/** Four unsigned 32-bit words. */
export type Words = readonly [number, number, number, number];

const M0 = 0xd2511f53, M1 = 0xcd9e8d57; // the paper's multipliers
const W0 = 0x9e3779b9, W1 = 0xbb67ae85; // the golden ratio and sqrt(3) - 1, as fractions of 2^32
const ROUNDS = 10;

/**
 * Computes four random words from a counter and a key.
 *
 * @example
 * ```ts
 * import { philox } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const words = philox([0, 0, 0, 0], [0, 0]);
 * // the authors' own test value
 * assert.deepEqual(words, [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
 * ```
 */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const hi0 = upperProduct(M0, c0), lo0 = lowerProduct(M0, c0);
    const hi1 = upperProduct(M1, c2), lo1 = lowerProduct(M1, c2);
    [c0, c1, c2, c3] = [(hi1 ^ c1 ^ k0) >>> 0, lo1, (hi0 ^ c3 ^ k1) >>> 0, lo0];
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}
