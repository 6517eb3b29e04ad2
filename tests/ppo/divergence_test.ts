/** A PPO run stops at the first NaN, wherever it comes from, and its models are as before that step. */
import assert from "node:assert/strict";
import { DivergenceError, requireFiniteArrays } from "../../lib/learn/mod.ts";
import type { Weight } from "../../lib/lm/mod.ts";
import type { Metrics, PpoInputs } from "../../lib/ppo/mod.ts";
import type { Settings } from "../../lib/settings/mod.ts";
import { tinyPolicy, tinyPpo, tinyReward } from "../helpers/tiny.ts";

/** Weights of which one has a value replaced. */
const broken = (weights: ReadonlyMap<string, Weight>, name: string, value: number) =>
  new Map([...weights].map(([key, { shape, data }]) => [
    key,
    { shape, data: key === name ? data.with(3, value) : data },
  ]));

/** Trains until the end or an error. */
async function endOf(given: Partial<Settings>, changed: Partial<PpoInputs> = {}) {
  const ppo = await tinyPpo(given, changed);
  const rows: Metrics[] = [];
  try {
    for await (const row of ppo.train()) rows.push(row);
  } catch (error) {
    return { ppo, rows, error };
  }
  return { ppo, rows, error: undefined };
}

for (const learning_rate of [1e4, 1e6, 1e12]) {
  Deno.test(`a learning rate of ${learning_rate} stops the run with every weight and moment finite`, async () => {
    const { ppo, error } = await endOf({ learning_rate, num_episodes: 5 });
    assert.ok(error instanceof DivergenceError, String(error));
    assert.match(error.message, /^Cannot go on training: .*(actor|critic).*learning_rate/);
    const { actor, critic } = await ppo.state();
    requireFiniteArrays(actor.arrays, "the actor");
    requireFiniteArrays(critic.arrays, "the critic");
  });
}

const sources: readonly [string, Partial<PpoInputs>, RegExp][] = [
  [
    "scores of the reward model",
    { reward: { ...tinyReward, weights: broken(tinyReward.weights, "value_fn.weight", NaN) } },
    /the reward model gives the score NaN for answer 1 of 3\. This model is not trained/,
  ],
  [
    "log-probabilities of the policy",
    { policy: { ...tinyPolicy, weights: broken(tinyPolicy.weights, "ln_f.bias", NaN) } },
    /the actor gives the log-probability NaN for answer 1 of 3\./,
  ],
  [
    "infinite scores",
    { reward: { ...tinyReward, weights: broken(tinyReward.weights, "value_fn.weight", Infinity) } },
    /the reward model gives the score -?Infinity|the reward model gives the score NaN/,
  ],
];

for (const [name, changed, message] of sources) {
  Deno.test(`${name} that are not finite stop the run in the rollout, before any step`, async () => {
    const { ppo, rows, error } = await endOf({}, changed);
    assert.ok(error instanceof DivergenceError, String(error));
    assert.match(error.message, message);
    assert.deepEqual([rows.length, (await ppo.state()).actor.step], [0, 0]);
  });
}

for (const deviation of [0, NaN, Infinity]) {
  Deno.test(`scores with a standard deviation of ${deviation} are refused before the run begins`, async () => {
    await assert.rejects(tinyPpo({}, { scoreStatistics: { mean: 1, deviation } }), {
      name: "RangeError",
      message: new RegExp(
        `^Cannot normalise scores: .* standard deviation .* is ${deviation}, so .*; check the reward model$`,
      ),
    });
  });
}
