/** Frozen models stored as float16: what changes is what rounding the weights changes, it is told, and it takes half the memory. */
import assert from "node:assert/strict";
import {
  gpt2Spec,
  lastColumns,
  plainSampling,
  storedSpec,
  uploadParameters,
  valueModelSpec,
  type Weight,
} from "../../lib/lm/mod.ts";
import { answerBatch, createPolicyScorer, createValueScorer } from "../../lib/lm/mod.ts";
import {
  createPpo,
  type Metrics,
  type PoolReport,
  type Ppo,
  type Sample,
} from "../../lib/ppo/mod.ts";
import { type Settings } from "../../lib/settings/mod.ts";
import { keptModel } from "../../lib/memory/frozen.ts";
import type { Adapter, Device } from "../../lib/runtime/mod.ts";
import { assertMetrics } from "../helpers/assert_metrics.ts";
import {
  device,
  PAD,
  tinyConfig,
  tinyInputs,
  tinyPolicy,
  tinyPrompts,
  tinyReward,
} from "../helpers/tiny.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

const HALF: Partial<Settings> = { frozen_dtype: "float16" };

const adapter: Adapter = {
  name: "one that reads float16",
  isSoftware: true,
  maxBufferBytes: 2 ** 30,
  maxBindingBytes: 2 ** 30,
  readsFloat16: true,
  memoryBytes: undefined,
};
/** The CPU, which reads float16 as such a GPU does. */
const reading: Device = { ...device, adapter };

const tiny = (given: Partial<Settings>, where: Device = reading): Promise<Ppo> =>
  createPpo(tinyInputs(given, { device: where }));

/** A run's answers and metrics. */
async function run(given: Partial<Settings>, where: Device = reading) {
  const pools: PoolReport[] = [], rows: Metrics[] = [];
  const ppo = await tiny(given, where);
  for await (const row of ppo.train({ onPool: (report) => pools.push(report) })) rows.push(row);
  return { pool: pools.flatMap(({ pool }) => pool), rows };
}

/** The same weights, each the nearest that float16 has, in float32. */
const rounded = (weights: ReadonlyMap<string, Weight>) =>
  new Map(
    [...weights].map(([name, { shape, data }]) => [name, { shape, data: data.map(Math.f16round) }]),
  );

/** log pi of each answer's tokens, and its score, by models in float32. */
async function asked(
  pairs: readonly Pick<Sample, "prompt" | "answer" | "samplingMask">[],
  policyWeights: ReadonlyMap<string, Weight>,
  rewardWeights: ReadonlyMap<string, Weight>,
) {
  const policy = await uploadParameters(device, gpt2Spec(tinyConfig), policyWeights);
  const reward = await uploadParameters(device, valueModelSpec(tinyConfig), rewardWeights);
  const batch = answerBatch(pairs, { padId: PAD });
  const logProbs = await createPolicyScorer(device, {
    config: tinyConfig,
    sampling: plainSampling,
  });
  const values = await createValueScorer(device, tinyConfig);
  const last = { rows: batch.rows, columns: lastColumns(batch, pairs) };
  return {
    logProbs: (await logProbs(policy)(batch, pairs)).map((row, index) =>
      row.slice(0, pairs[index].answer.length)
    ),
    scores: (await values(reward)(last)).flat(),
  };
}

const close = (found: readonly number[], wanted: readonly number[]) => {
  assert.equal(found.length, wanted.length);
  found.forEach((value, index) =>
    assert.ok(Math.abs(value - wanted[index]) < 2e-5, `${value}, ${wanted[index]}`)
  );
};

Deno.test("the reference and the reward model say what their rounded weights say, and the actor what it said", async () => {
  const stored = await (await tiny(HALF)).experience(1, tinyPrompts.slice(0, 3));
  const plain = await (await tiny({})).experience(1, tinyPrompts.slice(0, 3));
  const wanted = await asked(stored, rounded(tinyPolicy.weights), rounded(tinyReward.weights));
  stored.forEach((sample, row) => close(sample.refLogProbs, wanted.logProbs[row]));
  close(stored.map(({ rawScore }) => rawScore), wanted.scores);
  for (const key of ["answer", "logProbs", "values"] as const) {
    assert.deepEqual(stored.map((sample) => sample[key]), plain.map((sample) => sample[key]));
  }
  assert.notDeepEqual(
    stored.map(({ refLogProbs }) => refLogProbs),
    plain.map(({ refLogProbs }) => refLogProbs),
  );
  const [most] = stored.flatMap((sample, row) =>
    sample.refLogProbs.map((value, at) => Math.abs(value - plain[row].refLogProbs[at]))
  ).sort((a, b) => b - a);
  assert.ok(most > 1e-4 && most < 0.1, `${most}`); // float16 has three decimal digits
});

Deno.test("what is told of it is measured on the second halves of the first prompts", async () => {
  const { storageDifference } = await tiny({ ...HALF, score_batch_size: 2 });
  const pairs = tinyPrompts.slice(0, 3).map((row) => { // query_len is 6, and these have 5, 9 and 4 tokens
    const start = row.length - Math.floor(row.length / 2);
    return { prompt: row.slice(0, start), answer: row.slice(start), samplingMask: [] };
  });
  const exact = await asked(pairs, tinyPolicy.weights, tinyReward.weights);
  const near = await asked(pairs, rounded(tinyPolicy.weights), rounded(tinyReward.weights));
  const distances = (a: number[], b: number[]) =>
    a.map((value, index) => Math.abs(value - b[index]));
  const summary = (apart: number[]) => [
    apart.reduce((sum, one) => sum + one, 0) / apart.length,
    Math.max(...apart),
    apart.length,
  ];
  const logProbs = summary(distances(exact.logProbs.flat(), near.logProbs.flat()));
  const scores = summary(distances(exact.scores, near.scores));
  assert.deepEqual([logProbs[2], scores[2]], [2 + 4 + 2, 3]);
  assert.ok(logProbs[0] > 1e-4 && scores[0] > 1e-5);
  close(Object.values(storageDifference?.logProbs ?? {}), logProbs);
  close(Object.values(storageDifference?.scores ?? {}), scores);
  assert.equal((await tiny({})).storageDifference, undefined);
});

Deno.test("a whole run with them, kept or read for each use, differs a little from one without", async () => {
  const [kept, plain] = [await run(HALF), await run({})];
  const copy = (weights: ReadonlyMap<string, Weight>) =>
    new Map([...weights].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]));
  const onFile = (model: typeof tinyPolicy) => ({
    config: model.config,
    weights: copy(model.weights),
    reread: () => Promise.resolve(copy(model.weights)),
  });
  const inputs = tinyInputs({ ...HALF, spare_memory: true }, {
    device: reading,
    policy: onFile(tinyPolicy),
    reward: onFile(tinyReward),
  });
  const reread = await Array.fromAsync((await createPpo(inputs)).train());
  const numbers = (rows: readonly Metrics[]) =>
    rows.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !name.startsWith("seconds")))
    );
  assert.deepEqual(numbers(reread), numbers(kept.rows));
  assert.equal(kept.rows.length, 2);
  assert.notEqual(kept.rows[0].kl, plain.rows[0].kl);
  assert.ok(Math.abs(kept.rows[0].kl - plain.rows[0].kl) < 0.05);
  assert.ok(Math.abs(kept.rows[0].kl_exact - plain.rows[0].kl_exact) < 0.05);
});

Deno.test("the reference is not given away as float16", async () => {
  const ppo = await tiny(HALF);
  assert.throws(() => ppo.reference, {
    message:
      "Cannot give the reference model: it is stored as float16, and programs for others read float32",
  });
});

Deno.test("a scorer that was compiled for float32 alone says so of others", async () => {
  const score = await createPolicyScorer(device, { config: tinyConfig, sampling: plainSampling });
  const stored = await uploadParameters(
    device,
    storedSpec(gpt2Spec(tinyConfig), "float16"),
    tinyPolicy.weights,
  );
  const pair = { prompt: [2], answer: [5], samplingMask: [] };
  await assert.rejects(score(stored)(answerBatch([pair], { padId: PAD }), [pair]), {
    message:
      "Cannot run the program: it was compiled for parameters in float32, but these are in float16",
  });
});

Deno.test("a weight that float16 cannot say is refused with its name", async () => {
  const spec = storedSpec(gpt2Spec(tinyConfig), "float16");
  const bias = tinyPolicy.weights.get("ln_f.bias") ?? assert.fail("no bias");
  const weights = new Map(tinyPolicy.weights);
  weights.set("ln_f.bias", {
    shape: bias.shape,
    data: bias.data.map((value, at) => at === 3 ? -70000 : value),
  });
  await assert.rejects(uploadParameters(device, spec, weights), {
    message:
      'Cannot store the parameter "ln_f.bias" as float16: it has the value -70000, and the largest float16 is 65504',
  });
});

Deno.test("a device that cannot is refused before anything is compiled", async () => {
  await assert.rejects(tiny(HALF, device), {
    name: "RangeError",
    message:
      "Cannot store the frozen models as float16: float16 is for GPUs, and this run computes on the CPU, " +
      "where spare_memory keeps no frozen model at all; keep frozen_dtype float32",
  });
  const old: Device = {
    ...device,
    kind: "webgpu",
    description: "an old GPU through WebGPU",
    adapter: { ...adapter, readsFloat16: false },
    compile: () => assert.fail("something was compiled"),
  };
  await assert.rejects(tiny(HALF, old), {
    name: "RangeError",
    message:
      "Cannot store the frozen models as float16: programs on an old GPU through WebGPU cannot read it " +
      "(the adapter lacks shader-f16); keep frozen_dtype float32",
  });
});

const numbersOf = (weights: ReadonlyMap<string, Weight>) =>
  [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);

await onWebGpu("frozen models in float16", (gpu) => {
  const canRead = gpu.adapter?.readsFloat16 === true;

  Deno.test("a frozen model takes half the bytes on the GPU", async () => {
    const held = async (type: "float32" | "float16") => {
      const before = gpu.usage();
      const { kept } = await keptModel(
        gpu,
        storedSpec(gpt2Spec(tinyConfig), type),
        tinyPolicy.weights,
      );
      const { bytes, toDevice } = gpu.usage();
      assert.equal(kept?.wte.weight.dtype, type);
      return [bytes - before.bytes, toDevice.bytes - before.toDevice.bytes];
    };
    const numbers = numbersOf(tinyPolicy.weights);
    assert.deepEqual(await held("float32"), [4 * numbers, 4 * numbers]);
    assert.deepEqual(await held("float16"), [2 * numbers, 2 * numbers]);
  });

  Deno.test({
    name: "a GPU without shader-f16 is refused",
    ignore: canRead,
    fn: () =>
      assert.rejects(tiny(HALF, gpu), {
        message: /^Cannot store the frozen models as float16: programs on /,
      }),
  });

  Deno.test({
    name:
      "a run with them is the CPU's on the GPU, and holds two bytes less for each of their weights",
    ignore: !canRead,
    async fn() {
      const [there, here] = [await run(HALF, gpu), await run(HALF)];
      assert.deepEqual(
        there.pool.map(({ answer }) => answer),
        here.pool.map(({ answer }) => answer),
      );
      there.rows.forEach((row, index) => assertMetrics(row, here.rows[index], 1e-3));
      const held = async (given: Partial<Settings>) => {
        const before = gpu.usage().bytes;
        const ppo = await tiny(given, gpu);
        const started = gpu.usage().bytes - before;
        await ppo.learn(await ppo.experience(1, tinyPrompts.slice(0, 3)), 0);
        return [started, gpu.usage().bytes - before];
      };
      const [plain, stored] = [await held({}), await held(HALF)];
      const saved = 2 * (numbersOf(tinyPolicy.weights) + numbersOf(tinyReward.weights));
      assert.deepEqual(plain.map((bytes, index) => bytes - stored[index]), [saved, saved]);
    },
  });
});
