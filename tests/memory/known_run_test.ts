/** What the ledger makes of the prompts and the process of a run, by arithmetic on small sizes. */
import assert from "node:assert/strict";
import { type KnownRun, memoryLedger, memoryPlan, weightBytes } from "../../lib/memory/mod.ts";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";

const small = {
  vocabSize: 1000,
  positions: 256,
  embed: 128,
  heads: 4,
  layers: 4,
  layerNormEpsilon: 1e-5,
};
const base = { ...small, vocabSize: 21128, positions: 1024, embed: 768, heads: 12, layers: 12 };
const LENGTHS = { max_len: 256, query_len: 32, batch_size: 16 };
const MIB = 2 ** 20;

const rowOf = (run: KnownRun, given: Partial<Settings>, name = "update") => {
  const ledger = memoryLedger(run, validateSettings({ ...LENGTHS, ...given }));
  return ledger.find(({ phase }) => phase === name) ?? assert.fail(`no row ${name}`);
};
const ofSmall = (known: Partial<KnownRun>): KnownRun => ({
  policy: small,
  reward: small,
  ...known,
});
const totalWeights = weightBytes(small) + weightBytes(small, { valueHead: true });

Deno.test("caches and activations are those of the longest prompt, where it is known", () => {
  const short = ofSmall({ promptLengths: Array(100).fill(68) }); // 68 + 32 = 100 tokens
  const caches = rowOf(short, {}).caches;
  // float32, rows, tokens, keys and values, width, blocks
  assert.equal(caches, 4 * 16 * 100 * 2 * 128 * 4);
  assert.equal(rowOf(ofSmall({}), {}).caches, 4 * 16 * 256 * 2 * 128 * 4); // they may fill max_len
  // 20 states of [16, 100, 128] and 1.2 scores of [16, 4, 100, 100] per block; 2.6 scores at work
  const states = 4 * 16 * 100 * 128, scores = 4 * 16 * 4 * 100 ** 2;
  assert.ok(
    Math.abs(rowOf(short, {}).activations - 4 * (20 * states + 1.2 * scores) - 2.6 * scores) < 1,
  );
});

Deno.test("prompts fill max_len at most", () => {
  const long = ofSmall({ promptLengths: [250] });
  assert.equal(rowOf(long, {}).caches, rowOf(ofSmall({}), {}).caches);
});

Deno.test("the measured process is counted, and each prompt token takes ten bytes", () => {
  const runtime = (known: Partial<KnownRun>) => rowOf(ofSmall(known), {}).runtime;
  assert.equal(
    runtime({ processBytes: 150 * MIB }) - runtime({ processBytes: 100 * MIB }),
    50 * MIB,
  );
  assert.equal(runtime({ promptLengths: Array(1000).fill(60) }) - runtime({}), 10 * 60_000);
});

Deno.test("a small actor and critic have separate gradients, three of each with micro-batches", () => {
  const embeddings = 4 * 1000 * 128; // the head's gradient for the token embedding
  assert.equal(rowOf(ofSmall({}), {}).gradients, totalWeights + embeddings);
  const inParts = { micro_batch_size: 4 };
  assert.equal(rowOf(ofSmall({}), inParts).gradients, 3 * totalWeights + embeddings);
});

Deno.test("a large actor and its critic share their gradients", () => {
  const large = { policy: base, reward: base };
  const critic = weightBytes(base, { valueHead: true }), embeddings = 4 * 21128 * 768;
  assert.equal(rowOf(large, {}).gradients, critic + embeddings);
  assert.equal(rowOf(large, { micro_batch_size: 4 }).gradients, 3 * critic + embeddings);
});

Deno.test("prompts of unlike lengths go through in groups, whose gradients are added up", () => {
  const policy = { ...base, layers: 2 };
  const run = { policy, reward: policy };
  const alike = rowOf(run, { max_len: 632 }); // 600 + 32
  const unlike = rowOf({ ...run, promptLengths: [40, 600] }, { max_len: 632 });
  assert.ok(unlike.activations < 0.85 * alike.activations);
  const critic = weightBytes(policy, { valueHead: true });
  assert.equal(unlike.gradients - alike.gradients, 2 * critic); // a group's, and the next sum
});

Deno.test("the budget that a refusal names is enough, and a hundredth of a GiB less is not", () => {
  const settings = validateSettings(LENGTHS);
  const plan = (gib: number) => memoryPlan(ofSmall({}), settings, { budget: gib * 1024 * MIB });
  assert.throws(() => plan(0.1), (error: Error) => {
    const enough = Number(/--memory_gib (\d\.\d\d) would be enough$/.exec(error.message)?.[1]);
    assert.ok(plan(enough).peak <= 0.95 * enough * 1024 * MIB);
    assert.throws(() => plan(enough - 0.01), /^RangeError: Cannot run with these settings/);
    return true;
  });
});
