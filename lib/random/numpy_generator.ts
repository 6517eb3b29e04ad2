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
import { firstState, pcg64 } from "./pcg64.ts";
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
  /** Returns the state, from which `resumeGenerator` continues. */
  state(): GeneratorState;
}

/** The state of a generator as plain data that JSON can hold. */
export interface GeneratorState {
  /** The state of PCG64, a hexadecimal number of 128 bits. */
  readonly state: string;
  /** The increment of PCG64, a hexadecimal number of 128 bits. */
  readonly increment: string;
  /** The upper half of the last output, if only its lower half has been used; else null. */
  readonly kept: number | null;
}

/** Splits outputs into words of 32 bits, the lower half first. */
function halvesOf(next: () => bigint, initial: number | null) {
  let kept = initial;
  return {
    kept: () => kept,
    next() {
      if (kept !== null) {
        const upper = kept;
        kept = null;
        return upper;
      }
      const output = next();
      kept = Number(output >> 32n);
      return Number(BigInt.asUintN(32, output));
    },
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
  const seeds = { start: pair(0) << 64n | pair(2), stream: pair(4) << 64n | pair(6) };
  const { state, increment } = firstState(seeds);
  return resumeGenerator({ state: hex(state), increment: hex(increment), kept: null });
}

const hex = (number: bigint): string => `0x${number.toString(16)}`;

/**
 * Continues a generator from a state that it had.
 *
 * @throws SyntaxError if the state is not one that a generator returned.
 * @example
 * ```ts
 * import { numpyGenerator, resumeGenerator } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const generator = numpyGenerator(42);
 * const state = generator.state();
 * const number = generator.random();
 * assert.equal(resumeGenerator(state).random(), number);
 * ```
 */
export function resumeGenerator({ state, increment, kept }: GeneratorState): NumpyGenerator {
  const outputs = pcg64({ state: BigInt(state), increment: BigInt(increment) });
  const words = halvesOf(outputs.next, kept);
  const random = () => Number(outputs.next() >> 11n) / 2 ** 53;
  return {
    random,
    uniform: (low, high) => low + (high - low) * random(),
    integers: (n) => below(n, words.next),
    state() {
      const { state, increment } = outputs.state();
      return { state: hex(state), increment: hex(increment), kept: words.kept() };
    },
  };
}
