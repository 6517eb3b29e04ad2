import assert from "node:assert/strict";
import { exponent } from "../../bench/growth.ts";
import { promptLengths, randomPrompts, updateFlops } from "../../bench/ppo_work.ts";
import { validateSettings } from "../../lib/settings/mod.ts";

Deno.test("spread prompts have lengths from 100 to 700 with a mean of 510", () => {
  for (const batch of [8, 16, 64]) {
    const lengths = promptLengths("spread", { batch, longest: 704 });
    const mean = lengths.reduce((sum, length) => sum + length, 0) / batch;
    assert.ok(Math.abs(mean - 510) < 5, `the mean of ${batch} is ${mean}`);
    assert.ok(Math.min(...lengths) >= 100 && Math.max(...lengths) <= 700);
  }
  assert.deepEqual(promptLengths("full", { batch: 2, longest: 704 }), [704, 704]);
});

Deno.test("random prompts have these lengths in some order, and a seed gives the same ones again", () => {
  const prompts = randomPrompts([3, 5, 4], { seed: 7, vocabSize: 9 });
  assert.deepEqual(prompts.map(({ length }) => length).toSorted(), [3, 4, 5]);
  assert.ok(prompts.flat().every((token) => token >= 5 && token < 9));
  assert.deepEqual(prompts, randomPrompts([3, 5, 4], { seed: 7, vocabSize: 9 }));
});

Deno.test("an update's operations are its products', forward, twice backward, and once more where blocks are computed again", () => {
  const config = {
    vocabSize: 11,
    positions: 8,
    embed: 2,
    heads: 1,
    layers: 2,
    layerNormEpsilon: 1e-5,
  };
  // first block, 6 tokens: keys and values 2 x 2 x 4, queries and way back 2 x 2 x 4, network 2 x 2 x 16, and two products with 6 keys
  const first = 6 * (16 + 16 + 64) + 2 * 2 * 6 * 6 * 2;
  // last block, 2 of the 6 tokens but for keys and values
  const last = 6 * 16 + 2 * (16 + 64) + 2 * 2 * 2 * 6 * 2;
  const heads = 2 * 2 * 2 * 11 + 2 * 2 * 2;
  const work = { config, prompts: [4], new: 2, epochs: 1 };
  const kept = validateSettings({ batch_size: 1 }),
    again = validateSettings({ batch_size: 1, blocks_per_program: 1 });
  assert.equal(updateFlops({ ...work, settings: kept }), 3 * (2 * (first + last) + heads));
  assert.equal(updateFlops({ ...work, settings: again }), 4 * 2 * (first + last) + 3 * heads);
  assert.equal(
    updateFlops({ ...work, epochs: 2, settings: kept }),
    2 * 3 * (2 * (first + last) + heads),
  );
});

Deno.test("the exponent of a power is found", () => {
  const points = [1, 2, 4, 8].map((x) => [x, 3 * x ** 1.5] as const);
  assert.ok(Math.abs(exponent(points) - 1.5) < 1e-12);
});
