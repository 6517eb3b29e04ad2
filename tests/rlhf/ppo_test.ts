/** The trainer: invariants of a run, what it logs, how it is stopped, and what it refuses. */
import assert from "node:assert/strict";
import {
  downloadParameters,
  gpt2Spec,
  plainSampling,
  type TokenRow,
  uploadParameters,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import {
  type ActorStep,
  createActorUpdate,
  createCriticUpdate,
  type Metrics,
  type MiniBatch,
  minibatchParts,
  poolMetrics,
  type PpoInputs,
  type Progress,
  type Sample,
  type Settings,
  stepMetrics,
} from "../../lib/rlhf/mod.ts";
import { floats, type HostArray } from "../../lib/runtime/mod.ts";
import { relativeError } from "../helpers/fixtures.ts";
import {
  advantagesIgnoreNeighbours,
  firstRatioIsOne,
  klIsZeroAtStart,
  metricsText,
  scoredTogetherAndAlone,
  scoresIgnoreNeighbours,
} from "../helpers/invariants.ts";
import {
  allMetrics,
  device,
  PAD,
  tinyConfig,
  tinyInputs,
  tinyPolicy,
  tinyPpo,
  tinyPrompts,
  tinyReward,
} from "../helpers/tiny.ts";

const samplings: Partial<Settings>[] = [
  {},
  { temperature: 0.7 },
  { top_k: 5 },
  { top_p: 0.8, repetition_penalty: 1.3 },
];

for (const given of samplings) {
  Deno.test(`the first ratio is 1 and the KL 0 before any step, with ${JSON.stringify(given)}`, async () => {
    assert.equal(await firstRatioIsOne(given), true);
    assert.equal(await klIsZeroAtStart(given), true);
  });
}

Deno.test("padding a batch with longer neighbours changes nothing that is scored or logged of the pool", async () => {
  assert.equal(await scoresIgnoreNeighbours(), true);
  assert.equal(await advantagesIgnoreNeighbours(), true);
  const { together, alone } = await scoredTogetherAndAlone();
  const [wanted, found] = [poolMetrics(alone), poolMetrics(together)];
  assertMetrics(found, wanted);
});

/** Each metric equal to 1e-5 of its value; what hangs on rounding alone (a KL of 0) to 1e-6. */
function assertMetrics(found: object, wanted: object, tolerance = 1e-5): void {
  const numbers = new Map<string, number>(Object.entries(found));
  for (const [name, value] of Object.entries(wanted)) {
    if (name.startsWith("seconds_")) continue;
    const difference = Math.abs((numbers.get(name) ?? NaN) - value);
    assert.ok(
      difference <= Math.max(tolerance * Math.abs(value), 1e-6),
      `${name}: ${numbers.get(name)}, ${value}`,
    );
  }
}

const shape = { config: tinyConfig, sampling: plainSampling };
const clip = { clipRange: 0.2, optimizer: { ...adamDefaults, epsilon: 1e-5, maxGradNorm: Infinity } };
const updates = {
  actor: await createActorUpdate(device, shape, clip),
  critic: await createCriticUpdate(device, tinyConfig, clip),
};

/** One step of both models from their starting weights on the given parts: metrics, and the gradients in Adam's first moments. */
async function stepOn(samples: readonly Sample[], parts: readonly MiniBatch[]) {
  const { actor, critic } = updates;
  const policy = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
  const value = await uploadParameters(device, valueModelSpec(tinyConfig), tinyReward.weights);
  const actorStep = await actor.step(await actor.optimizer.start(policy), parts, 1e-3);
  const criticStep = await critic.step(await critic.optimizer.start(value), parts, 1e-3);
  return {
    metrics: stepMetrics(
      [{ samples, actor: firstRows(actorStep, samples.length), critic: criticStep }],
      clip,
    ),
    gradients: new Map([
      ...await downloadParameters(device, { actor: actorStep.state.first }),
      ...await downloadParameters(device, { critic: criticStep.state.first }),
    ]),
  };
}

/** What the actor says of the first rows; behind them stand neighbours that do not count. */
const firstRows = (step: ActorStep, rows: number): ActorStep => ({
  ...step,
  logProbs: step.logProbs.slice(0, rows),
  entropy: step.entropy.slice(0, rows),
});

type Stepped = Awaited<ReturnType<typeof stepOn>>;

function assertSameStep(found: Stepped, wanted: Stepped): void {
  assertMetrics(found.metrics, wanted.metrics);
  assert.equal(found.gradients.size, 2 * (2 + 2 * 12 + 2) + 1); // two models of two layers, and a value head
  for (const [name, { data }] of wanted.gradients) {
    const error = relativeError(found.gradients.get(name)?.data ?? [], data);
    assert.ok(error <= 1e-5, `the gradient of ${name} is off by ${error} of its largest value`);
  }
}

/** Answers scored by the models, their old log-probabilities moved so that some ratios are clipped. */
async function movedSamples(): Promise<Sample[]> {
  const { together } = await scoredTogetherAndAlone();
  const moved = ({ logProbs }: Sample) => logProbs.map((logProb, t) => logProb + 0.4 * Math.sin(3 * t + 1));
  return together.map((sample) => ({ ...sample, logProbs: moved(sample) }));
}

const parts = (samples: readonly Sample[], micro = 0) => {
  const { settings } = tinyInputs({ micro_batch_size: micro });
  return minibatchParts(samples, { settings, shape, padId: PAD, step: 1 });
};

Deno.test("one micro-batch or many: the same loss, gradients and metrics", async () => {
  const samples = await movedSamples();
  const whole = await stepOn(samples, parts(samples));
  assert.ok(whole.metrics.clip_fraction > 0.1, "some tokens are clipped");
  for (const micro of [1, 3]) assertSameStep(await stepOn(samples, parts(samples, micro)), whole);
});

Deno.test("longer neighbours that do not count change no loss, no gradient and no metric", async () => {
  const samples = (await movedSamples()).toSorted((a, b) => lengthOf(a) - lengthOf(b));
  const short = samples.slice(0, 4);
  assert.ok(lengthOf(samples[7]) > lengthOf(short[3]));
  const [padded] = parts(samples);
  const onlyShort = (array: HostArray<"float32">) =>
    floats(array.data.map((value, index) => index < 4 * array.dims[1] ? value : 0), array.dims);
  const masked = { ...padded, mask: onlyShort(padded.mask) };
  assertSameStep(await stepOn(short, [masked]), await stepOn(short, parts(short)));
});

const lengthOf = ({ prompt, answer }: Sample): number => prompt.length + answer.length;

Deno.test("a run with micro-batches logs what a run without them logs", async () => {
  const [plain, micro] = [await allMetrics(), await allMetrics({ micro_batch_size: 2 })];
  plain.forEach((row, index) => assertMetrics(micro[index], row, 1e-4)); // several Adam steps multiply the rounding
});

Deno.test("the same seed gives the same metrics but for the seconds, another seed others", async () => {
  assert.equal(await metricsText(), await metricsText());
  assert.notEqual(await metricsText({ seed: 6 }), await metricsText());
});

Deno.test("a run yields one row an update, numbered from 1, and tells where it stands after each timestep", async () => {
  const ppo = await tinyPpo();
  const told: Progress[] = [], rows: Metrics[] = [];
  for await (const row of ppo.train({ onProgress: (progress) => told.push(progress) })) rows.push(row);
  assert.deepEqual(rows.map(({ update, timestep }) => [update, timestep]), [[1, 2], [2, 4]]);
  const stages = [0, 0, 1, 1].map((update, index) => ({
    timestep: index + 1,
    timesteps: 4,
    update,
    updates: 2,
  }));
  assert.deepEqual(told, stages);
  assert.ok(rows.every((row) => Object.values(row).every(Number.isFinite)));
});

Deno.test("training moves actor and critic and leaves the reference as it was", async () => {
  const ppo = await tinyPpo();
  const before = {
    reference: await downloadParameters(device, ppo.reference),
    critic: await downloadParameters(device, ppo.critic()),
  };
  assert.deepEqual(await downloadParameters(device, ppo.actor()), before.reference);
  await Array.fromAsync(ppo.train());
  assert.deepEqual(await downloadParameters(device, ppo.reference), before.reference);
  assert.notDeepEqual(await downloadParameters(device, ppo.actor()), before.reference);
  assert.notDeepEqual(await downloadParameters(device, ppo.critic()), before.critic);
});

Deno.test("the critic starts with a head of zeros, or with the reward model's where that is asked for", async () => {
  const valuesOf = async (given: Partial<Settings>) =>
    (await (await tinyPpo(given)).experience(1, tinyPrompts)).flatMap(({ values }) => values);
  assert.ok((await valuesOf({})).every((value) => value === 0));
  assert.ok((await valuesOf({ fresh_value_head: false })).every((value) => value !== 0));
});

Deno.test("answers scored again are as they were, whichever of them share the batch", async () => {
  const ppo = await tinyPpo({ fresh_value_head: false });
  const pool = await ppo.experience(1, tinyPrompts);
  const again = [...await ppo.rescore(pool.slice(0, 3)), ...await ppo.rescore(pool.slice(3))];
  for (const key of ["logProbs", "refLogProbs", "values", "rewards", "advantages", "returns"] as const) {
    const flat = (samples: readonly Sample[]) => samples.flatMap((sample) => sample[key]);
    assert.ok(relativeError(flat(again), flat(pool)) < 1e-5, key);
  }
});

Deno.test("the actor's gradient is the same from one micro-batch or many, and computing it moves nothing", async () => {
  const ppo = await tinyPpo();
  const pool = await ppo.experience(1, tinyPrompts);
  const whole = await ppo.actorGradient(pool);
  const apart = await ppo.actorGradient(pool, { microBatchSize: 3 });
  assertMetrics({ loss: apart.loss }, { loss: whole.loss });
  for (const [name, { data }] of whole.gradients) {
    assert.ok(relativeError(apart.gradients.get(name)?.data ?? [], data) < 1e-5, name);
  }
  assert.deepEqual(
    await downloadParameters(device, ppo.actor()),
    await downloadParameters(device, ppo.reference),
  );
});

Deno.test("several answers a prompt stand side by side and differ", async () => {
  const ppo = await tinyPpo({ num_return_sequences: 3 });
  const pool = await ppo.experience(1, tinyPrompts.slice(0, 2));
  assert.deepEqual(pool.map(({ prompt }) => prompt), [0, 0, 0, 1, 1, 1].map((index) => tinyPrompts[index]));
  assert.ok(new Set(pool.slice(0, 3).map(({ answer }) => answer.join())).size > 1);
});

Deno.test("a batch as large as the data uses every prompt once, and mean_reward is their raw scores' mean", async () => {
  const given = { batch_size: 8, max_timesteps: 1, update_timesteps: 1, do_sample: false };
  const [{ mean_reward }] = await allMetrics(given);
  const greedy = await (await tinyPpo(given)).experience(1, tinyPrompts);
  const wanted = greedy.reduce((sum, { rawScore }) => sum + rawScore, 0) / 8;
  assert.ok(Math.abs(mean_reward - wanted) < 1e-5, `${mean_reward}, wanted ${wanted}`);
});

/** Trains until `timestep`, then aborts. */
async function aborted(timestep: number) {
  const ppo = await tinyPpo();
  const controller = new AbortController();
  const reason = new Error("stopped by hand");
  const rows: Metrics[] = [];
  const onProgress = (progress: Progress) => {
    if (progress.timestep === timestep) controller.abort(reason);
  };
  const run = async () => {
    for await (const row of ppo.train({ signal: controller.signal, onProgress })) rows.push(row);
  };
  await assert.rejects(run(), (error) => error === reason);
  return { ppo, rows };
}

for (
  const [timestep, where, rows] of [[1, "between timesteps", 0], [4, "in the second update", 1]] as const
) {
  Deno.test(`an abort ${where} ends the run with its reason and leaves models that can be used`, async () => {
    const { ppo, rows: found } = await aborted(timestep);
    assert.equal(found.length, rows);
    const pool = await ppo.experience(9, tinyPrompts);
    assert.ok(pool.every(({ logProbs }) => logProbs.every(Number.isFinite)));
    assert.ok(
      [...(await downloadParameters(device, ppo.actor())).values()].every(({ data }) =>
        data.every(Number.isFinite)
      ),
    );
    assert.equal((await Array.fromAsync(ppo.train())).length, 2); // and trained on
  });
}

Deno.test("a signal that was aborted before stops the run before it samples", async () => {
  const ppo = await tinyPpo();
  await assert.rejects(Array.fromAsync(ppo.train({ signal: AbortSignal.abort(new Error("too late")) })), {
    message: "too late",
  });
});

const refused: [string, Partial<Settings>, Partial<PpoInputs>, string][] = [
  ["no prompts", {}, { prompts: [] }, "Cannot train: the data set of prompts is empty"],
  [
    "fewer prompts than a batch holds",
    { batch_size: 9 },
    {},
    "Cannot train with batch_size 9: there are only 8 prompts",
  ],
  [
    "sequences longer than the positions",
    { max_len: 41 },
    {},
    "Cannot train with max_len 41: the models have 40 positions",
  ],
  [
    "a prompt that leaves no room for an answer",
    { max_len: 17 },
    {},
    "Cannot train: prompt 3 has 12 tokens, and with query_len 6 that is more than max_len 17",
  ],
  [
    "a reward model of another vocabulary",
    {},
    { reward: { ...tinyReward, config: { ...tinyConfig, vocabSize: 24 } } },
    "Cannot train: the policy has a vocabulary of 23 tokens and the reward model one of 24",
  ],
  [
    "normalisation without statistics",
    {},
    { scoreStatistics: undefined },
    "Cannot normalise scores: the reward model's settings.json has no score_mean and score_deviation; measure them or set normalise_scores false",
  ],
];

for (const [what, given, changed, message] of refused) {
  Deno.test(`${what}: refused with a sentence before anything is compiled`, async () => {
    await assert.rejects(tinyPpo(given, changed), { name: "RangeError", message });
  });
}

Deno.test("without normalisation no statistics are needed", async () => {
  const ppo = await tinyPpo({ normalise_scores: false }, { scoreStatistics: undefined });
  const [{ rawScore, score, ended }] = await ppo.experience(1, tinyPrompts);
  assert.equal(score, Math.min(Math.max(rawScore, -5), 5) - (ended ? 0 : 1));
});

Deno.test("a prompt too long that comes later is refused with both lengths", async () => {
  const long: TokenRow = Array<number>(38).fill(7);
  const ppo = await tinyPpo();
  await assert.rejects(ppo.experience(1, [long]), {
    name: "RangeError",
    message:
      "Cannot generate: prompt 0 has 38 tokens and 6 more are asked for, but the model has 40 positions",
  });
});
