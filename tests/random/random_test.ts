import assert from "node:assert/strict";
import { meanOf, varianceOf } from "ppo/rl/mod.ts";
import { normal, philox, randomStream, shuffle, uniform, type Words } from "ppo/random/mod.ts";
import { assertClose } from "../helpers/close.ts";

/** Numbers of 40 rollouts x 10 rows x 50 positions. */
const numbers = (seed: number): number[] =>
  Array.from(
    { length: 40 * 10 * 50 },
    (_, n) => uniform(seed, Math.floor(n / 500), Math.floor(n / 50) % 10, n % 50),
  );

/** Correlation of two rows; for n independent pairs its standard deviation is 1 / sqrt(n). */
function correlation(a: number[], b: number[]): number {
  const meanA = meanOf(a), meanB = meanOf(b);
  const covariance = meanOf(a.map((x, index) => (x - meanA) * (b[index] - meanB)));
  return covariance / Math.sqrt(varianceOf(a) * varianceOf(b));
}

/** Chi-squared statistic of counts that should be equal: about `counts.length - 1`. */
const chiSquared = (counts: number[]): number => {
  const expected = meanOf(counts);
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
};

function histogram(row: number[], bins: number): number[] {
  const counts = Array.from({ length: bins }, () => 0);
  for (const x of row) counts[Math.floor(x * bins)]++;
  return counts;
}

Deno.test("philox gives the words that its authors publish", () => {
  const vectors: [Words, [number, number], Words][] = [
    [[0, 0, 0, 0], [0, 0], [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [ // the digits of pi
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ];
  for (const [counter, key, words] of vectors) assert.deepEqual(philox(counter, key), words);
});

Deno.test("a token's number depends on seed, rollout, row and position, and on nothing else", () => {
  const here = uniform(1, 2, 3, 4);
  uniform(9, 9, 9, 9);
  assert.equal(uniform(1, 2, 3, 4), here);
  const others = [
    uniform(2, 2, 3, 4),
    uniform(1, 3, 3, 4),
    uniform(1, 2, 4, 4),
    uniform(1, 2, 3, 5),
  ];
  const swapped = [uniform(1, 3, 2, 4), uniform(1, 2, 4, 3), uniform(2, 1, 3, 4)];
  assert.equal(new Set([here, ...others, ...swapped]).size, 8);
  assert.notEqual(uniform(1, 2, 3, 4), uniform(1 + 2 ** 32, 2, 3, 4)); // all of the seed counts
});

Deno.test("the numbers of a known place never change from one version to the next", () => {
  // 0x6627e8 / 2^24: the upper 24 bits of philox(0, 0, 0, 0; 0)
  assert.equal(uniform(0, 0, 0, 0), 0x6627e8 / 2 ** 24);
});

Deno.test("a token's numbers survive 32-bit floats and stay below 1", () => {
  assert.ok(numbers(5).every((u) => Math.fround(u) === u && 0 <= u && u < 1));
});

Deno.test("token numbers are uniform: mean 1/2, variance 1/12, even histogram", () => {
  const row = numbers(1); // 20,000 numbers
  // standard deviation of the mean sqrt(1/12 / 20000) = 0.002, of the variance sqrt(1/180 / 20000) = 0.00053: 4 of each
  assert.ok(Math.abs(meanOf(row) - 1 / 2) < 0.0082);
  assert.ok(Math.abs(varianceOf(row) - 1 / 12) < 0.0022);
  assert.ok(chiSquared(histogram(row, 64)) < 63 + 4 * Math.sqrt(2 * 63)); // mean 63, standard deviation sqrt(2 63)
});

Deno.test("neighbours in position, row, rollout and seed are not correlated", () => {
  const row = numbers(1), limit = 4 / Math.sqrt(row.length - 500);
  for (const step of [1, 50, 500]) { // next position, next row, next rollout
    assert.ok(Math.abs(correlation(row.slice(step), row.slice(0, -step))) < limit, `step ${step}`);
  }
  assert.ok(Math.abs(correlation(row, numbers(2))) < limit);
});

Deno.test("a stream repeats for its seed, differs for another and can be entered anywhere", () => {
  const take = (random: () => number, length: number) => Array.from({ length }, random);
  const row = take(randomStream(8), 10);
  assert.deepEqual(take(randomStream(8), 10), row);
  assert.notDeepEqual(take(randomStream(9), 10), row);
  assert.deepEqual(take(randomStream(8, { skip: 4 }), 6), row.slice(4));
  assert.notEqual(Math.floor(row[0] * 2 ** 24) / 2 ** 24, uniform(8, 0, 0, 0)); // not the tokens' numbers again
});

Deno.test("a stream is uniform and its neighbours are not correlated", () => {
  const row = Array.from({ length: 20_000 }, randomStream(3));
  assert.ok(Math.abs(meanOf(row) - 1 / 2) < 0.0082);
  assert.ok(Math.abs(varianceOf(row) - 1 / 12) < 0.0022);
  assert.ok(Math.abs(correlation(row.slice(1), row.slice(0, -1))) < 4 / Math.sqrt(19_999));
  assert.ok(row.every((u) => 0 <= u && u < 1));
});

Deno.test("every order of three items is equally likely and the input keeps its own", () => {
  const items = ["a", "b", "c"], random = randomStream(6);
  const counts = new Map<string, number>();
  for (let n = 0; n < 6000; n++) {
    const order = shuffle(items, random).join("");
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  assert.ok(chiSquared([...counts.values()]) < 5 + 4 * Math.sqrt(2 * 5));
  assert.deepEqual(items, ["a", "b", "c"]);
  assert.deepEqual(shuffle([], random), []);
});

Deno.test("normal numbers have mean 0, variance 1, and 68.3 % within one standard deviation", () => {
  const random = randomStream(2);
  const row = Array.from({ length: 20_000 }, () => normal(random));
  assert.ok(Math.abs(meanOf(row)) < 4 / Math.sqrt(20_000));
  assert.ok(Math.abs(varianceOf(row) - 1) < 4 * Math.sqrt(2 / 20_000));
  assert.ok(Math.abs(row.filter((x) => Math.abs(x) < 1).length / 20_000 - 0.6827) < 0.0132);
});

Deno.test("a normal number is sqrt(-2 log(1 - u)) cos(2 pi v)", () => {
  const draws = [1 - Math.exp(-2), 0.5]; // sqrt(-2 (-2)) = 2, cos(pi) = -1
  let drawn = 0;
  assertClose(normal(() => draws[drawn++]), -2);
});

Deno.test("random numbers refuse places that are not whole numbers in range", () => {
  assert.throws(() => uniform(1, 2, -3, 4), {
    name: "RangeError",
    message:
      "Cannot draw a random number: row is -3, but it must be a whole number from 0 to 4294967295",
  });
  assert.throws(
    () => uniform(1.5, 0, 0, 0),
    /seed is 1.5, but it must be a whole number from 0 to 9007199254740991/,
  );
  assert.throws(() => randomStream(-1), /seed is -1/);
  assert.throws(() => randomStream(1, { skip: 0.5 }), /skip is 0.5/);
});
