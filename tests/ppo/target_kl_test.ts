/**
 * `target_kl` by Stable-Baselines3's rule (`PPO.train` in stable_baselines3/ppo/ppo.py): before each
 * optimizer step, the minibatch's mean of (ratio - 1) - log ratio is compared with 1.5 times the
 * target, and if it is larger, neither this step nor any further one of the update is taken.
 */
import assert from "node:assert/strict";
import { meanStepMetrics } from "../../lib/ppo/mod.ts";
import { tinyPpo } from "../helpers/tiny.ts";

/** The KL before each step of each update. */
async function klsOf(given: Parameters<typeof tinyPpo>[0]): Promise<number[][]> {
  const ppo = await tinyPpo(given);
  const updates: number[][] = [];
  const training = ppo.train({
    onPool: () => updates.push([]),
    onStep: ({ metrics }) => updates.at(-1)?.push(metrics.approx_kl),
  });
  for await (const { optimizer_steps } of training) {
    assert.equal(optimizer_steps, updates.at(-1)?.length);
  }
  return updates;
}

const run = { ppo_epoch: 4, learning_rate: 3e-3 };
const free = await klsOf(run); // 8 steps each in 2 updates

Deno.test("an update ends before the first step that is more than 1.5 target_kl away", async () => {
  for (const beyond of [2, 3, 5]) { // the step that must not be taken
    const limit = (Math.max(...free[0].slice(0, beyond)) + free[0][beyond]) / 2;
    const [first] = await klsOf({ ...run, target_kl: limit / 1.5 });
    const end = free[0].findIndex((kl) => kl > limit);
    assert.ok(end > 0 && end <= beyond);
    assert.deepEqual(first, free[0].slice(0, end)); // the same numbers to the bit, but fewer
  }
});

Deno.test("a target that is never reached, and 0, change no number", async () => {
  assert.deepEqual(await klsOf({ ...run, target_kl: 1e6 }), free);
  assert.deepEqual(await klsOf({ ...run, target_kl: 0 }), free);
});

Deno.test("the critic stops with the actor, and the next update starts afresh", async () => {
  const ppo = await tinyPpo({ ...run, target_kl: 1e-9 });
  const steps: number[] = [];
  for await (const row of ppo.train()) steps.push(row.optimizer_steps, row.update);
  assert.deepEqual(steps, [1, 1, 1, 2]); // the first step starts from a KL of 0
  const { actor, critic } = await ppo.state();
  assert.deepEqual([actor.step, critic.step], [2, 2]);
});

Deno.test("an update without a single step is an error that names target_kl", () => {
  assert.throws(() => meanStepMetrics([]), { message: /before its first step.*raise target_kl$/ });
});
