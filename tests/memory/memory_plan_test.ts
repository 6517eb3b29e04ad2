/** The ledger of a run's memory and the settings that fit a budget, by arithmetic on sizes of one's own. */
import assert from "node:assert/strict";
import type { Gpt2Config } from "../../lib/lm/mod.ts";
import {
  deviceLedger,
  heldBytes,
  LEDGER_COLUMNS,
  memoryLedger,
  memoryPlan,
  type ModelShapes,
  peakBytes,
  runWork,
  weightBytes,
  workSeconds,
} from "../../lib/memory/mod.ts";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";

const base: Gpt2Config = {
  vocabSize: 21128,
  positions: 1024,
  embed: 768,
  heads: 12,
  layers: 12,
  layerNormEpsilon: 1e-5,
};
const models: ModelShapes = { policy: base, reward: base };
const GIB = 2 ** 30, MIB = 2 ** 20;

const ledgerOf = (given: Partial<Settings>) => memoryLedger(models, validateSettings(given));
const phase = (given: Partial<Settings>, name: string) => {
  const row = ledgerOf(given).find(({ phase }) => phase === name);
  return row ?? assert.fail(`no row ${name}`);
};
const planOf = (given: Partial<Settings>, gib: number) =>
  memoryPlan(models, validateSettings(given), { budget: gib * GIB, given: Object.keys(given) });

Deno.test("a model's weights are counted to the byte", () => {
  // wte, wpe, and ln_f; a block: 4 + 8 matrices of 768 x 768, biases of 3 + 1 + 4 + 1 and norms of 4 widths
  const block = 12 * 768 ** 2 + (9 + 4) * 768;
  assert.equal(weightBytes(base), 4 * ((21128 + 1024 + 2) * 768 + 12 * block));
  assert.equal(weightBytes(base, { valueHead: true }), weightBytes(base) + 4 * 768);
});

Deno.test("the columns of a row add up to what is held together, and the peak is the largest row", () => {
  const ledger = ledgerOf({});
  for (const row of ledger) {
    assert.equal(LEDGER_COLUMNS.reduce((sum, column) => sum + row[column], 0), row.total);
  }
  assert.equal(peakBytes(ledger), Math.max(...ledger.map(({ total }) => total)));
  assert.deepEqual(ledger.map(({ phase }) => phase), ["generate", "score", "measure", "update"]);
});

Deno.test("caches hold keys and values of every block for the answers that are generated at once", () => {
  // rows x max_len x (keys and values) x width x blocks, in float32
  assert.equal(phase({}, "generate").caches, 16 * 768 * 2 * 768 * 12 * 4);
  assert.equal(phase({ generate_batch_size: 2 }, "generate").caches, 2 * 768 * 2 * 768 * 12 * 4);
  // kept for the next timestep
  assert.equal(phase({}, "update").caches, phase({}, "generate").caches);
  assert.equal(phase({ spare_memory: true }, "update").caches, 0);
});

Deno.test("spare_memory holds no frozen model in an update; Adam's moments are there once in any case", () => {
  const actor = weightBytes(base), critic = weightBytes(base, { valueHead: true });
  const kept = phase({}, "update"), spared = phase({ spare_memory: true }, "update");
  const transposed = 12 * 12 * 768 ** 2 * 4; // for generation, kept for the next timestep
  // The reference and the reward model.
  assert.equal(kept.weights - spared.weights, actor + critic + transposed);
  assert.deepEqual([kept.adam, spared.adam], [2 * (actor + critic), 2 * (actor + critic)]); // m and v, written where they lie
  assert.equal(phase({ spare_memory: true }, "score").weights, 2 * critic + actor); // one frozen model at a time
});

Deno.test("frozen models stored as float16 are half as large, and a part of one is in float32 while it scores", () => {
  const actor = weightBytes(base), critic = weightBytes(base, { valueHead: true });
  const half = { frozen_dtype: "float16" };
  const saved = (given: Partial<Settings>, name: string) =>
    phase(given, name).weights - phase({ ...given, ...half }, name).weights;
  for (const name of ["generate", "score", "update"]) {
    assert.equal(saved({}, name), (actor + critic) / 2);
  }
  assert.equal(saved({ spare_memory: true }, "score"), critic / 2); // one at a time
  assert.equal(saved({ spare_memory: true }, "update"), 0);
  const cast = phase(half, "score").activations - phase({}, "score").activations;
  assert.equal(cast, 4 * (12 * 768 ** 2 + 21128 * 768)); // a block's matrices and the token embedding
  assert.equal(phase(half, "update").activations, phase({}, "update").activations);
  const there = (given: Partial<Settings>) => deviceLedger(models, validateSettings(given));
  const stored = there(half);
  there({}).forEach(({ weights }, row) =>
    assert.equal(weights - stored[row].weights, (actor + critic) / 2)
  );
});

Deno.test("a GPU writes Adam's results into arrays of their own, keeps caches, and has nothing of the process", () => {
  const trained = weightBytes(base) + weightBytes(base, { valueHead: true });
  for (const spare_memory of [false, true]) {
    const there = deviceLedger(models, validateSettings({ spare_memory }));
    const here = ledgerOf({ spare_memory });
    there.forEach((row, index) => {
      assert.deepEqual([row.adam, row.runtime], [5 * trained, 0]);
      assert.deepEqual([row.activations, row.logits], [
        here[index].activations,
        here[index].logits,
      ]);
      assert.equal(LEDGER_COLUMNS.reduce((sum, column) => sum + row[column], 0), row.total);
    });
    const update = there[3], cache = 16 * 768 * 2 * 768 * 12 * 4;
    assert.equal(update.caches, spare_memory ? 0 : cache);
    assert.equal(update.weights, spare_memory ? trained : 2 * trained);
    const held = Math.max(...there.map((row) => row.total - row.activations - row.logits));
    assert.ok(Math.abs(heldBytes(there) - held) < 1);
  }
});

Deno.test("activations of an update grow with the answers of a micro-batch and the blocks of a program", () => {
  const held = (given: Partial<Settings>) => phase(given, "update").activations;
  assert.ok(Math.abs(held({ micro_batch_size: 16 }) / held({ micro_batch_size: 8 }) - 2) < 1e-9);
  assert.ok(
    held({ micro_batch_size: 1, blocks_per_program: 1 }) < held({ micro_batch_size: 1 }) / 5,
  );
});

Deno.test("the tutorial's configuration does not fit 8 GiB, and the plan makes it fit", () => {
  assert.ok(peakBytes(ledgerOf({})) > 20 * GIB);
  const plan = planOf({}, 8);
  assert.ok(plan.peak < 8 * GIB);
  assert.deepEqual(plan.chosen, ["micro_batch_size"]); // four models, two sets of moments, one answer at a time
  assert.equal(plan.settings.blocks_per_program, 0); // no block is computed twice
});

for (const gib of [5, 4]) {
  Deno.test(`${gib} GiB are enough for all of it, and no longer`, () => {
    const plan = planOf({}, gib);
    assert.ok(plan.peak < 0.95 * gib * GIB && plan.peak > 3 * GIB, `${plan.peak / GIB}`);
    assert.equal(plan.settings.spare_memory, true);
    assert.equal(plan.settings.batch_size, 16);
  });
}

Deno.test("where everything fits nothing is chosen", () => {
  const small = { ...base, vocabSize: 1076, positions: 96, embed: 128, heads: 4, layers: 4 };
  const settings = validateSettings({ max_len: 96, query_len: 24 });
  const plan = memoryPlan({ policy: small, reward: small }, settings, { budget: 2 * GIB });
  assert.deepEqual(plan.chosen, []);
  assert.deepEqual(plan.settings, settings);
  assert.ok(plan.peak < 500 * MIB);
});

Deno.test("what a plan chose is needed: without any one of its choices the budget is passed", () => {
  for (const gib of [4, 5, 8, 12]) {
    const plan = planOf({}, gib);
    for (const name of plan.chosen) {
      const without = { ...plan.settings, [name]: validateSettings({})[name] };
      assert.ok(
        peakBytes(memoryLedger(models, without)) > 0.95 * gib * GIB,
        `${name} at ${gib} GiB`,
      );
    }
  }
});

Deno.test("flags that are given win, and a flag that cannot fit is refused with what would", () => {
  assert.equal(
    planOf({ micro_batch_size: 4, blocks_per_program: 2 }, 6).settings.micro_batch_size,
    4,
  );
  assert.throws(() => planOf({ micro_batch_size: 16 }, 6), {
    name: "RangeError",
    message:
      /^Cannot run with these settings: it takes \d+\.\d\d GiB \(to update, with .+\), and 6\.00 GiB may be used; micro_batch_size \d would fit$/,
  });
});

Deno.test("a budget below everything spared is refused with the budget that would do, and it does", () => {
  const refused = assert.throws.bind(assert);
  let enough = 0;
  refused(() => planOf({}, 3), (error: Error) => {
    const found = /; --memory_gib (\d\.\d\d) would be enough$/.exec(error.message);
    enough = Number(found?.[1]);
    return found !== null;
  });
  assert.ok(planOf({}, enough).peak < enough * GIB);
});

Deno.test("shorter texts are proposed where they would fit", () => {
  const wide = { ...base, heads: 96, layers: 2 }; // attention's scores are all there is
  const settings = validateSettings({});
  assert.throws(() => memoryPlan({ policy: wide, reward: wide }, settings, { budget: 1.9 * GIB }), {
    message: /; max_len \d+ would fit, and --memory_gib \d\.\d\d would be enough$/,
  });
});

Deno.test("operations are those of the products, and time follows from two speeds", () => {
  const one: Partial<Settings> = {
    max_len: 5,
    query_len: 1,
    batch_size: 1,
    num_episodes: 1,
    max_timesteps: 1,
    update_timesteps: 1,
    ppo_epoch: 1,
  };
  const tiny = {
    vocabSize: 10,
    positions: 5,
    embed: 2,
    heads: 1,
    layers: 1,
    layerNormEpsilon: 1e-5,
  };
  // a block has 4 x 2^2 + 2 x 2 x 8 = 48 weights; a text of T tokens: 2 x 48 T + 4 x 2 T^2; a token's logits: 2 x 10 x 2 = 40
  const text = (time: number) => 96 * time + 8 * time ** 2;
  const scored = (text(5) + 40) + 2 * text(5),
    learnt = 3 * 2 * text(5) + 3 * 40,
    measured = 2 * (text(5) + 40);
  const work = runWork({ policy: tiny, reward: tiny }, validateSettings(one));
  assert.equal(work.products, text(4) + scored + learnt + measured);
  assert.equal(work.tokens, 96 + 8 * 5 + 40);
  const again = runWork(
    { policy: tiny, reward: tiny },
    validateSettings({ ...one, logits_at_once: 1 }),
  );
  assert.equal(again.products - work.products, 2 * text(5)); // blocks are computed once more for each model
  assert.equal(workSeconds({ products: 6e9, tokens: 0 }, { products: 1e9, tokens: 1 }), 10); // at 0.6 of a product's speed
});
