/**
 * Random numbers with a seed: one for each token that does not depend on batching or order, and streams for everything else.
 *
 *     uniform(seed, rollout, row, position) = word / 2^24        word: 24 bits of philox(position, row, rollout, 0; seed)
 *     randomStream(seed)'s n-th number      = words / 2^53       words: 53 bits of philox(n, 0, 1; seed)
 *
 * All state of a stream is its seed and how many numbers were drawn: to resume, `skip` those.
 */
import { philox } from "./philox.ts";

const WORD = 2 ** 32;
const TOKENS = 0, STREAM = 1; // last counter word: keeps the two uses of one seed apart

/** A function that gives the next number in [0, 1). */
export type Random = () => number;

function requireWhole(name: string, value: number, limit: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > limit) {
    throw new RangeError(
      `Cannot draw a random number: ${name} is ${value}, wanted a whole number from 0 to ${limit}`,
    );
  }
}

/** A whole number below 2^53 as two words. */
function twoWords(name: string, value: number): [number, number] {
  requireWhole(name, value, Number.MAX_SAFE_INTEGER);
  return [value % WORD, Math.floor(value / WORD)];
}

/**
 * The random number of one token, in [0, 1): the same whatever else is in its batch.
 *
 * It is a multiple of 2^-24, so that 32-bit floats hold it exactly and none rounds up to 1, which would fall off the end of an
 * inverse cumulative distribution.
 *
 * @throws RangeError unless all are whole numbers from 0 on, the seed below 2^53 and the others below 2^32.
 * @example
 * ```ts
 * import { uniform } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const number = uniform(7, 0, 3, 12); // seed 7, rollout 0, row 3, position 12
 * assert.ok(0 <= number && number < 1);
 * assert.equal(number, uniform(7, 0, 3, 12));
 * assert.notEqual(number, uniform(7, 0, 3, 13));
 * ```
 */
export function uniform(seed: number, rollout: number, row: number, position: number): number {
  for (const [name, value] of Object.entries({ rollout, row, position })) {
    requireWhole(name, value, WORD - 1);
  }
  const [word] = philox([position, row, rollout, TOKENS], twoWords("seed", seed));
  return (word >>> 8) / 2 ** 24;
}

/**
 * A stream of random numbers in [0, 1), the same for the same seed; `skip` starts it after that many numbers.
 *
 * @throws RangeError unless seed and skip are whole numbers from 0 to 2^53 - 1.
 * @example
 * ```ts
 * import { randomStream } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * const random = randomStream(7);
 * const [, second] = [random(), random()];
 * assert.equal(randomStream(7, { skip: 1 })(), second);
 * ```
 */
export function randomStream(seed: number, { skip = 0 }: { skip?: number } = {}): Random {
  const key = twoWords("seed", seed);
  requireWhole("skip", skip, Number.MAX_SAFE_INTEGER);
  let drawn = skip;
  return () => {
    const [first, second] = philox([...twoWords("count", drawn++), 0, STREAM], key);
    return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53; // 27 + 26 bits: all that a double holds
  };
}

/**
 * The items in random order, every order equally likely; the input keeps its own. Fisher & Yates; Knuth 1969, algorithm P.
 *
 * @example
 * ```ts
 * import { randomStream, shuffle } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * assert.deepEqual(shuffle(["a", "b", "c"], randomStream(7)).toSorted(), ["a", "b", "c"]);
 * ```
 */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const shuffled = [...items];
  for (let last = shuffled.length - 1; last > 0; last--) {
    const chosen = Math.floor(random() * (last + 1)); // 0 ... last
    [shuffled[last], shuffled[chosen]] = [shuffled[chosen], shuffled[last]];
  }
  return shuffled;
}

/**
 * A number from the normal distribution with mean 0 and deviation 1; draws two from the stream. Box & Muller 1958.
 *
 * @example
 * ```ts
 * import { normal, randomStream } from "ppo/random/mod.ts";
 * import assert from "node:assert/strict";
 * assert.ok(Number.isFinite(normal(randomStream(7))));
 * assert.ok(Number.isFinite(normal(() => 0)));
 * ```
 */
export function normal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random())); // 1 - u is never 0
  return radius * Math.cos(2 * Math.PI * random());
}
