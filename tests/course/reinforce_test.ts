/** REINFORCE by hand against arithmetic, and with the library on the embedded model. */
import assert from "node:assert/strict";
import {
  loadEmbedded,
  measuredSlope,
  openPolicy,
  openReinforce,
  policyGradient,
  reinforceByHand,
  runSettings,
  softmaxOf,
  trainReinforce,
} from "../../lib/course/mod.ts";

const close = (found: readonly number[], wanted: readonly number[], within = 1e-9) => {
  assert.equal(found.length, wanted.length);
  found.forEach((one, j) =>
    assert.ok(Math.abs(one - wanted[j]) < within, `${j}: ${one}, wanted ${wanted[j]}`)
  );
};

const theta = [Math.log(5), Math.log(3), Math.log(2)]; // pi = 0.5, 0.3, 0.2

Deno.test("softmax is as computed by hand", () => {
  close(softmaxOf(theta), [0.5, 0.3, 0.2]);
});

Deno.test("the policy gradient is pi (R - J), and the measured slope agrees with it", () => {
  const rewards = [0, 1, -2];
  const j = 0.3 - 0.4;
  const wanted = [0.5 * (0 - j), 0.3 * (1 - j), 0.2 * (-2 - j)];
  close(policyGradient(theta, rewards), wanted);
  close(measuredSlope(theta, rewards), wanted, 1e-6);
});

Deno.test("one step by hand moves the logits by alpha R (onehot - pi) of the token that was drawn", () => {
  const settings = { rewards: [2, 2, 2], learningRate: 0.5, steps: 1, seed: 1 };
  const [before, after] = reinforceByHand(theta, settings);
  close(before, [0.5, 0.3, 0.2]);
  const candidates = theta.map((_, a) =>
    softmaxOf(theta.map((value, j) => value + 0.5 * 2 * ((a === j ? 1 : 0) - before[j])))
  );
  const drawn = candidates.filter((candidate) =>
    candidate.every((pi, j) => Math.abs(pi - after[j]) < 1e-9)
  );
  assert.equal(drawn.length, 1);
});

Deno.test("the token with a reward becomes likelier; without any reward nothing moves", () => {
  const rewarded = reinforceByHand(theta, {
    rewards: [0, 0, 1],
    learningRate: 0.5,
    steps: 200,
    seed: 1,
  });
  assert.equal(rewarded.length, 201);
  assert.ok((rewarded.at(-1)?.[2] ?? 0) > 0.9);
  const unrewarded = reinforceByHand(theta, {
    rewards: [0, 0, 0],
    learningRate: 0.5,
    steps: 20,
    seed: 1,
  });
  close(unrewarded.at(-1) ?? [], [0.5, 0.3, 0.2]);
});

const embedded = await loadEmbedded({ heldOutCount: 1 });
const model = await openPolicy(embedded);
const prompt = model.promptOf("钱塘江流入东海。它的源头在安徽。钱塘江流经亚洲。");
const settings = runSettings(embedded.policy, {
  batch_size: 16,
  learning_rate: 5e-5,
  max_timesteps: 8,
  seed: 1,
});

Deno.test("the whole model learns to ask what has a reward", async () => {
  const run = await openReinforce(model, {
    prompt,
    rewardOf: (question) => question.includes("多") ? 1 : 0,
    settings,
  });
  const asking = { count: 32, seed: 9 };
  const share = async () =>
    (await run.ask(asking)).filter((question) => question.includes("多")).length / 32;
  const before = await share();
  await trainReinforce(run);
  const after = await share();
  assert.deepEqual(run.rows.map(({ step }) => step), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.ok(before < 0.5 && after > before + 0.3, `${before} to ${after}`);
  assert.ok(run.rows.every(({ mean_reward }) => mean_reward >= 0 && mean_reward <= 1));
});

Deno.test("without a reward the policy stays as it is, and the model that was shown is never changed", async () => {
  const run = await openReinforce(model, {
    prompt,
    rewardOf: () => 0,
    settings: { ...settings, max_timesteps: 2 },
  });
  const before = await run.ask({ count: 8, seed: 9 });
  await trainReinforce(run);
  assert.deepEqual(await run.ask({ count: 8, seed: 9 }), before);
  assert.deepEqual(run.rows.map(({ mean_reward }) => mean_reward), [0, 0]);
});

Deno.test("an aborted signal stops the training before its next step, and the steps so far stay", async () => {
  const run = await openReinforce(model, { prompt, rewardOf: () => 1, settings });
  await run.step();
  const stopped = AbortSignal.abort(new DOMException("Interrupted by user", "AbortError"));
  await assert.rejects(trainReinforce(run, stopped), { name: "AbortError" });
  assert.equal(run.rows.length, 1);
});
