import assert from "node:assert/strict";
import {
  type AgentOptions,
  agentState,
  createAgent,
  evaluatePolicy,
  loadPolicy,
  presetSettings,
  restoreAgent,
  savedPolicy,
  trainAgent,
} from "ppo/agent/mod.ts";
import { meanOf } from "ppo/rl/mod.ts";
import { openDevice } from "ppo/runtime/mod.ts";

const device = await openDevice("cpu", { threads: 1 });
const zoo = presetSettings("CartPole-v1", "zoo");

Deno.test("CartPole is learned within 12,000 steps, and the same seed learns the same", async () => {
  const options = { env: "CartPole-v1", seed: 1, settings: { ...zoo, total_timesteps: 12_000 } };
  const run = await createAgent(device, options), again = await createAgent(device, options);
  const before = await loadPolicy(device, await savedPolicy(run));
  const rows = await Array.fromAsync(trainAgent(run));
  const first = await trainAgent(again).next();
  assert.deepEqual(rows[0], first.value);
  const after = await loadPolicy(device, await savedPolicy(run));
  const returnOf = async (policy: typeof before) =>
    meanOf((await evaluatePolicy(policy, { episodes: 20, seed: 100 })).returns);
  const [untrained, trained] = [await returnOf(before), await returnOf(after)];
  assert.ok(trained > 100 && trained > 2 * untrained, `${untrained} before, ${trained} after`);
});

/** Short runs of every kind of policy and of every state that must be saved. */
const SHORT: readonly AgentOptions[] = [
  { env: "CartPole-v1", seed: 2, settings: { n_envs: 2, n_steps: 20, total_timesteps: 160 } },
  {
    env: "MountainCarContinuous-v0",
    seed: 3,
    settings: {
      ...presetSettings("MountainCarContinuous-v0", "zoo"),
      n_envs: 2,
      n_steps: 7,
      sde_sample_freq: 3,
      total_timesteps: 56,
    },
  },
  {
    env: "Pendulum-v1",
    seed: 4,
    settings: {
      ...presetSettings("Pendulum-v1", "beginners-optimized"),
      n_steps: 260,
      total_timesteps: 1040,
    },
  },
];

for (const options of SHORT) {
  Deno.test(`a run of ${options.env} that is resumed equals one that was not stopped`, async () => {
    const whole = await createAgent(device, options);
    const rows = trainAgent(whole);
    await rows.next();
    await rows.next();
    const state = JSON.parse(JSON.stringify(await agentState(whole)));
    const rest = await Array.fromAsync(rows);
    const resumed = await createAgent(device, options);
    await restoreAgent(resumed, state);
    assert.equal(rest.length, 2);
    assert.deepEqual(await Array.fromAsync(trainAgent(resumed)), rest);
    assert.deepEqual(await agentState(resumed), await agentState(whole));
  });
}

Deno.test("an update ends when the next step is beyond the target KL divergence", async () => {
  const constant = { lr_schedule: "constant", learning_rate: 0.1 };
  const settings = { ...zoo, ...constant, total_timesteps: 256, target_kl: 0.01 };
  const run = await createAgent(device, { env: "CartPole-v1", settings });
  const { value } = await trainAgent(run).next();
  assert.ok(value !== undefined && value.optimizer_steps < 20, "20 epochs of one minibatch");
  const loose = await createAgent(device, {
    env: "CartPole-v1",
    settings: { ...settings, target_kl: 0 },
  });
  assert.equal((await trainAgent(loose).next()).value?.optimizer_steps, 20);
});

Deno.test("linear schedules bring the learning rate and the clip range to 0", async () => {
  const settings = { ...zoo, n_epochs: 1, total_timesteps: 512 };
  const run = await createAgent(device, { env: "CartPole-v1", settings });
  const rows = await Array.fromAsync(trainAgent(run));
  // 1 - 256 / 512 of 0.001 and 0.2, then nothing
  assert.deepEqual(rows.map((row) => row.learning_rate), [0.0005, 0]);
  assert.deepEqual(rows.map((row) => row.clip_range), [0.1, 0]);
});

Deno.test("a fixed standard deviation is no parameter and never changes", async () => {
  const settings = {
    fixed_std: true,
    log_std_init: Math.log(0.5),
    n_steps: 64,
    total_timesteps: 128,
  };
  const run = await createAgent(device, { env: "Pendulum-v1", settings });
  const rows = await Array.fromAsync(trainAgent(run));
  const entropy = Math.log(0.5) + (1 + Math.log(2 * Math.PI)) / 2;
  for (const row of rows) assert.ok(Math.abs(row.entropy - entropy) < 1e-6);
});

Deno.test("what does not fit together is refused", async () => {
  await assert.rejects(
    createAgent(device, { env: "CartPole-v1", settings: { use_sde: true } }),
    new RangeError(
      "Cannot use use_sde with CartPole-v1: its actions are choices. Omit one of the two",
    ),
  );
  const run = await createAgent(device, { env: "CartPole-v1" });
  const other = await createAgent(device, { env: "Acrobot-v1" });
  await assert.rejects(restoreAgent(other, await agentState(run)), /^RangeError: Cannot restore/);
});
