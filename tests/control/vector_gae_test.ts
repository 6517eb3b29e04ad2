import assert from "node:assert/strict";
import { makeVectorEnv, vectorGae, type VectorStep } from "ppo/control/mod.ts";
import { randomStream } from "ppo/random/mod.ts";
import { assertClose } from "../helpers/close.ts";

type Flags = Omit<VectorStep, "observations">;

/** The steps of one environment: T terminated, C truncated (cut), R reset, "-" none of these. */
const stepsOf = (kinds: string, rewards: readonly number[]): Flags[] =>
  [...kinds].map((kind, t) => ({
    rewards: Float64Array.of(rewards[t]),
    terminated: Uint8Array.of(Number(kind === "T")),
    truncated: Uint8Array.of(Number(kind === "C")),
    started: Uint8Array.of(Number(kind === "R")),
  }));

Deno.test("a terminated row is followed by 0, a truncated and an unfinished one by V", () => {
  const steps = stepsOf("-TR-CR-", [1, 2, 0, 3, 4, 0, 5]);
  const values = [10, 20, 30, 40, 50, 60, 70, 80].map((value) => [value]);
  const { advantages, returns, mask } = vectorGae({ steps, values, gamma: 0.5, lambda: 0 });
  assert.deepEqual(advantages.flat(), [
    1 + 0.5 * 20 - 10,
    2 + 0.5 * 0 - 20, // terminated: the last observation's 30 does not count
    0,
    3 + 0.5 * 50 - 40,
    4 + 0.5 * 60 - 50, // truncated: the last observation's 60 counts
    0,
    5 + 0.5 * 80 - 70, // the rollout ends within an episode
  ]);
  assert.deepEqual(mask.flat(), [1, 1, 0, 1, 1, 0, 1]);
  // with lambda 0, A + V = r + gamma V
  assert.deepEqual(returns.flat(), [11, 2, 0, 28, 34, 0, 45]);
});

Deno.test("nothing flows from one episode into the one before", () => {
  const values = [1, 2, 3, 4, 5, 6].map((value) => [value]);
  const rewards = [1, 1, 0, 1, 1];
  const before = (later: number) =>
    vectorGae({
      steps: stepsOf("-CR--", [...rewards.slice(0, 3), later, later]),
      values,
      gamma: 0.9,
      lambda: 0.95,
    }).advantages.slice(0, 2);
  assert.deepEqual(before(1), before(1000));
});

Deno.test("a step that is both terminated and truncated counts as terminated", () => {
  const [step] = stepsOf("T", [1]);
  const steps = [{ ...step, truncated: Uint8Array.of(1) }];
  const { advantages } = vectorGae({ steps, values: [[2], [100]], gamma: 1, lambda: 1 });
  assert.deepEqual(advantages, [[1 - 2]]);
});

Deno.test("rows of real environments give the recursion with flags of other programs", () => {
  const envs = makeVectorEnv("CartPole-v1", { count: 3, maxEpisodeSteps: 15 });
  const random = randomStream(2), gamma = 0.97, lambda = 0.9, time = 120;
  envs.reset({ seed: 1 });
  const steps = Array.from(
    { length: time },
    () => envs.step(Array.from({ length: 3 }, () => Math.round(random()))),
  );
  const values = Array.from({ length: time + 1 }, () => [random(), random(), random()]);
  const found = vectorGae({ steps, values, gamma, lambda });
  for (const env of [0, 1, 2]) {
    let following = 0;
    for (let t = time - 1; t >= 0; t--) {
      const { rewards, terminated, truncated, started } = steps[t];
      const nextValue = (1 - terminated[env]) * values[t + 1][env];
      const delta = rewards[env] + gamma * nextValue - values[t][env];
      const isOngoing = (1 - terminated[env]) * (1 - truncated[env]);
      following = (delta + gamma * lambda * isOngoing * following) * (1 - started[env]);
      assertClose(found.advantages[t][env], following);
      assert.equal(found.mask[t][env], 1 - started[env]);
    }
  }
  const ends = steps.map(({ terminated, truncated }) => [...terminated, ...truncated]);
  assert.ok(ends.some((end) => end.slice(0, 3).includes(1)), "an episode was terminated");
  assert.ok(ends.some((end) => end.slice(3).includes(1)), "an episode was truncated");
});

Deno.test("values without those of the last observations are refused", () => {
  const message = "Cannot estimate advantages: 1 steps have 1 rows of values, " +
    "but there must be one more, for the observations after the last step";
  const inputs = { steps: stepsOf("-", [1]), values: [[1]], gamma: 1, lambda: 1 };
  assert.throws(() => vectorGae(inputs), new RangeError(message));
});
