/** NumPy's generator against numbers of NumPy 2.4 (`scripts/fixtures/control.py`). */
import assert from "node:assert/strict";
import { numpyGenerator, seedWords } from "ppo/random/mod.ts";
import fixture from "../fixtures/control.json" with { type: "json" };

Deno.test("the words of a seed equal those of NumPy's SeedSequence", () => {
  assert.ok(fixture.numpy.length > 100);
  for (const { seed, words } of fixture.numpy) assert.deepEqual(seedWords(seed, 5), words);
});

Deno.test("uniform and whole numbers from one stream equal NumPy's", () => {
  for (const { seed, random, integers, uniform } of fixture.numpy) {
    const generator = numpyGenerator(seed);
    assert.deepEqual(random.map(() => generator.random()), random, `seed ${seed}`);
    // of the 2^31 + 1 choices among them, almost half of all words are rejected
    for (const [n, wanted] of integers) assert.equal(generator.integers(n), wanted);
    assert.deepEqual(uniform.map(() => generator.uniform(-0.05, 0.05)), uniform);
  }
});

Deno.test("a seed or a count that NumPy has no numbers for is refused", () => {
  for (const seed of [-1, 0.5, NaN, 2 ** 53]) {
    const message = "Cannot seed a random number generator: " +
      `seed is ${seed}, but it must be a whole number from 0 to 2^53 - 1`;
    assert.throws(() => numpyGenerator(seed), new RangeError(message));
  }
  for (const n of [0, 1.5, -3, 2 ** 32]) {
    const message =
      `Cannot draw a whole number: n is ${n}, but it must be a whole number from 1 to 2^32 - 1`;
    assert.throws(() => numpyGenerator(0).integers(n), new RangeError(message));
  }
});
