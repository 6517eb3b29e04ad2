/** The trainer: invariants of a run, what it logs, how it is stopped, and what it refuses. */
import assert from "node:assert/strict";
import { downloadParameters, type TokenRow } from "../../lib/lm/mod.ts";
import {
  type Metrics,
  poolMetrics,
  type PpoInputs,
  type Sample,
  type TimestepReport,
} from "../../lib/ppo/mod.ts";
import { type Settings } from "../../lib/settings/mod.ts";
import { assertMetrics } from "../helpers/assert_metrics.ts";
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
  tinyConfig,
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
  const told: TimestepReport[] = [], rows: Metrics[] = [];
  for await (const row of ppo.train({ onProgress: (progress) => told.push(progress) })) {
    rows.push(row);
  }
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
    critic: await downloadParameters(device, ppo.models.trainedCritic.state.parameters),
  };
  assert.deepEqual(await downloadParameters(device, ppo.actor()), before.reference);
  await Array.fromAsync(ppo.train());
  assert.deepEqual(await downloadParameters(device, ppo.reference), before.reference);
  assert.notDeepEqual(await downloadParameters(device, ppo.actor()), before.reference);
  assert.notDeepEqual(
    await downloadParameters(device, ppo.models.trainedCritic.state.parameters),
    before.critic,
  );
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
  for (
    const key of ["logProbs", "refLogProbs", "values", "rewards", "advantages", "returns"] as const
  ) {
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

Deno.test("with a cut-off every policy uses the sampling mask of the rollout, however far the policies have moved apart", async () => {
  const ppo = await tinyPpo({ top_k: 3, learning_rate: 0.03 });
  await Array.fromAsync(ppo.train());
  const pool = await ppo.experience(9, tinyPrompts);
  const outside = pool.flatMap(({ answer, samplingMask }) =>
    answer.filter((token, t) => samplingMask?.[t][token] !== 1)
  );
  assert.deepEqual(outside, []);
  // A token that its own policy would have cut off would have log-probability -1e9.
  const reference = pool.flatMap(({ refLogProbs }) => refLogProbs);
  assert.ok(reference.every((logProb) => logProb > -100));
  const exact = await ppo.models.exactKl(pool);
  assert.ok(exact > 0.01 && exact < 1000);
  const alone = await ppo.models.exactKl(pool, { maxLogits: 1 }); // one answer at a time
  assert.ok(Math.abs(alone / exact - 1) < 1e-5, `${alone} answer by answer, ${exact} in one batch`);
  const [{ actor }] = await ppo.learn(pool, 2);
  assert.ok(actor.logProbs.flat().every((logProb) => logProb > -100));
});

Deno.test("several answers a prompt stand side by side and differ", async () => {
  const ppo = await tinyPpo({ num_return_sequences: 3 });
  const pool = await ppo.experience(1, tinyPrompts.slice(0, 2));
  assert.deepEqual(
    pool.map(({ prompt }) => prompt),
    [0, 0, 0, 1, 1, 1].map((index) => tinyPrompts[index]),
  );
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
  const onProgress = (progress: TimestepReport) => {
    if (progress.timestep === timestep) controller.abort(reason);
  };
  const run = async () => {
    for await (const row of ppo.train({ signal: controller.signal, onProgress })) rows.push(row);
  };
  await assert.rejects(run(), (error) => error === reason);
  return { ppo, rows };
}

for (
  const [timestep, where, rows] of [[1, "between timesteps", 0], [
    4,
    "in the second update",
    1,
  ]] as const
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
  await assert.rejects(
    Array.fromAsync(ppo.train({ signal: AbortSignal.abort(new Error("too late")) })),
    {
      message: "too late",
    },
  );
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
      "Cannot generate: prompt 0 has 38 tokens and its answer up to 6, but the model has 40 positions. " +
      "Shorten the prompt or lower maxNewTokens.",
  });
});
