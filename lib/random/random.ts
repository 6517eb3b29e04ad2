/**
 * Seeded random numbers: one for each token, independent of batching and order, and streams for
 * everything else.
 *
 *     uniform(seed, rollout, row, position) = word / 2^24
 *     randomStream(seed)'s n-th number      = words / 2^53
 *     word  = 24 bits of philox(position, row, rollout, 0; seed)
 *     words = 53 bits of philox(n, 0, 1; seed)
 *
 * The state of a stream is its seed and the count of numbers drawn. To resume a stream, `skip`
 * that many.
 */
import { philox } from "./philox.ts";
import { WORD } from "./words.ts";

const TOKENS = 0, STREAM = 1; // the last counter word, which separates the two uses of one seed

/** A function that returns the next number in [0, 1). */
export type Random = () => number;

function requireWhole(name: string, value: number, limit: number): void {
  if (!Number.isSafeInteger(value) || value < 0 || value > limit) {
    const found = `${name} is ${value}, but it must be a whole number from 0 to ${limit}`;
    throw new RangeError(`Cannot draw a random number: ${found}`);
  }
}

/** A whole number below 2^53 as two words. */
function twoWords(name: string, value: number): [number, number] {
  requireWhole(name, value, Number.MAX_SAFE_INTEGER);
  return [value % WORD, Math.floor(value / WORD)];
}

/**
 * Returns the random number of one token, in [0, 1), which does not depend on the rest of its
 * batch.
 *
 * It is a multiple of 2^-24, so float32 represents it exactly. It never rounds up to 1, where an
 * inverse cumulative distribution function has no token.
 *
 * @throws RangeError unless all are whole numbers from 0 on, the seed below 2^53 and the others
 *   below 2^32.
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
 * Creates a stream of random numbers in [0, 1), determined by the seed; `skip` starts it after
 * that many numbers.
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
    // 27 + 26 bits, the precision of a double
    return ((first >>> 5) * 2 ** 26 + (second >>> 6)) / 2 ** 53;
  };
}

/**
 * Returns the items in random order, with every order equally likely. The input does not change.
 * Fisher & Yates; Knuth 1969, algorithm P.
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
 * Draws from the normal distribution with mean 0 and standard deviation 1, using two numbers of
 * the stream. Box & Muller 1958.
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
