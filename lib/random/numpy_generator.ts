/**
 * NumPy's default generator, for results that must equal those of a Python program bit for bit.
 *
 *     random     = (output >> 11) 2^-53               output: 64 bits of PCG64
 *     uniform    = low + (high - low) random
 *     integers n = (word n) >> 32                     word: half an output
 *
 * PCG64 (`pcg64.ts`) is seeded as by NumPy 2.4's `Generator(PCG64(SeedSequence(seed)))`. Whole
 * numbers are drawn as in Lemire 2019, "Fast random integer generation in an interval", algorithm
 * 5, which draws again where the product would be biased. Whatever need not agree with Python uses
 * Philox (`random.ts`), which has no state.
 */
import { pcg64 } from "./pcg64.ts";
import { seedWords } from "./seed_sequence.ts";
import { lowerProduct, upperProduct, WORD } from "./words.ts";

/** A stream of random numbers, equal to that of NumPy's `Generator`. */
export interface NumpyGenerator {
  /** Draws from [0, 1): a multiple of 2^-53. */
  random(): number;
  /** Draws from [low, high). */
  uniform(low: number, high: number): number;
  /**
   * Draws a whole number from 0 to n - 1.
   *
   * @throws RangeError unless n is a whole number from 1 to 2^32 - 1.
   */
  integers(n: number): number;
}

/** Splits outputs into words of 32 bits, the lower half first. */
function halvesOf(next: () => bigint): () => number {
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const upper = kept;
      kept = undefined;
      return upper;
    }
    const output = next();
    kept = Number(output >> 32n);
    return Number(BigInt.asUintN(32, output));
  };
}

function below(n: number, nextWord: () => number): number {
  if (!Number.isInteger(n) || n < 1 || n >= WORD) {
    const found = `n is ${n}, but it must be a whole number from 1 to 2^32 - 1`;
    throw new RangeError(`Cannot draw a whole number: ${found}`);
  }
  if (n === 1) return 0; // without a draw, as in NumPy
  const biased = WORD % n;
  let word: number;
  do word = nextWord(); while (lowerProduct(word, n) < biased);
  return upperProduct(word, n);
}

/**
 * Creates NumPy's default generator from a seed: the numbers of `numpy.random.default_rng(seed)`.
 *
 * @throws RangeError unless the seed is a whole number from 0 to 2^53 - 1.
 * @example
 * ```ts
 * import { numpyGenerator } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const generator = numpyGenerator(42);
 * assert.equal(generator.random(), 0.7739560485559633); // default_rng(42).random()
 * assert.equal(generator.uniform(-1, 1), -0.12224312049589536);
 * ```
 */
export function numpyGenerator(seed: number): NumpyGenerator {
  const words = seedWords(seed, 8).map(BigInt);
  const pair = (at: number) => words[at] | words[at + 1] << 32n; // 64 bits
  const next = pcg64({ start: pair(0) << 64n | pair(2), stream: pair(4) << 64n | pair(6) });
  const nextWord = halvesOf(next);
  const random = () => Number(next() >> 11n) / 2 ** 53;
  return {
    random,
    uniform: (low, high) => low + (high - low) * random(),
    integers: (n) => below(n, nextWord),
  };
}
