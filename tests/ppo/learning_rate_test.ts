/** The learning rate of each optimizer step of a run. */
import assert from "node:assert/strict";
import { tinyPpo } from "../helpers/tiny.ts";
import { withSchedule } from "../../lib/ppo/learning_rate.ts";
import { update } from "../../lib/ppo/update.ts";
import { sampleOf } from "../helpers/samples_of_answers.ts";

/** The learning rates with which `update` steps the actor and the critic. */
async function ratesOf(updatesDone: number, stepsDone = 0): Promise<number[][]> {
  const schedule = { schedule: "linear", warmupProportion: 0.25, updates: 2, stepsPerUpdate: 4 };
  const rates: [number[], number[]] = [[], []];
  const found = { loss: 0, gradNorm: 0, logProbs: [], entropy: [] };
  const models = {
    actor: { step: (_: unknown, rate: number) => (rates[0].push(rate), Promise.resolve(found)) },
    critic: { step: (_: unknown, rate: number) => (rates[1].push(rate), Promise.resolve(found)) },
  };
  const pool = [sampleOf([5]), sampleOf([6])];
  const options = {
    epochs: 2,
    minibatchSize: 1,
    learningRate: 8,
    whitenAdvantages: false,
    seed: 1,
  };
  const steps = withSchedule(update, schedule)(models, pool, {
    ...options,
    updatesDone,
    stepsDone,
  });
  await Array.fromAsync(steps);
  return rates;
}

Deno.test("actor and critic follow the schedule over all updates, from the step where an update goes on", async () => {
  // 8 steps: 2 of warm-up, then 6, 5, .. 1 sixths of 8
  const wanted = [4, 8, 8, 8 * 5 / 6, 8 * 4 / 6, 8 * 3 / 6, 8 * 2 / 6, 8 / 6];
  const near = (found: number[], part: number[]) => {
    assert.equal(found.length, part.length);
    found.forEach((rate, index) => assert.ok(Math.abs(rate - part[index]) < 1e-12, `${found}`));
  };
  for (const model of [0, 1]) {
    near((await ratesOf(0))[model], wanted.slice(0, 4));
    near((await ratesOf(1))[model], wanted.slice(4));
    near((await ratesOf(1, 3))[model], wanted.slice(7));
  }
});

Deno.test("a run with a linear schedule begins as one with a constant rate, and then takes smaller steps", async () => {
  const losses = async (lr_schedule: string) => {
    const ppo = await tinyPpo({ lr_schedule });
    const found: number[] = [];
    const onStep = ({ metrics }: { metrics: { actor_loss: number } }) =>
      found.push(metrics.actor_loss);
    await Array.fromAsync(ppo.train({ onStep }));
    return found;
  };
  const [constant, linear] = [await losses("constant"), await losses("linear")];
  assert.deepEqual(linear.slice(0, 2), constant.slice(0, 2)); // the first step has the full rate
  assert.ok(linear.slice(2).every((loss, index) => loss !== constant[index + 2]));
});
