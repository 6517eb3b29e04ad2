import assert from "node:assert/strict";
import {
  box,
  cartPole,
  discrete,
  type Dynamics,
  ENV_IDS,
  envFrom,
  makeEnv,
  makeVectorEnv,
} from "ppo/control/mod.ts";
import { numpyGenerator } from "ppo/random/mod.ts";

/** Counts its steps and terminates after the third one; every action is the reward. */
const counter: Dynamics<ArrayLike<number>> = {
  id: "Counter-v0",
  observationSpace: box([0], [3]),
  actionSpace: box([-1, -1], [1, 1]),
  maxEpisodeSteps: 3,
  firstState: (random) => Float64Array.of(0, random.random()),
  observe: (state) => Float32Array.of(state[0]),
  next: ([count, salt], action) => ({
    state: Float64Array.of(count + 1, salt),
    reward: action[0] + 10 * action[1],
    terminated: count + 1 >= 3,
  }),
};

Deno.test("an episode may be terminated and truncated at the same step", () => {
  const env = envFrom(counter);
  env.reset({ seed: 0 });
  const flags = [1, 2, 3].map(() => {
    const { terminated, truncated } = env.step([0, 0]);
    return [terminated, truncated];
  });
  assert.deepEqual(flags, [[false, false], [false, false], [true, true]]);
});

Deno.test("a step before the first reset and one after the end are refused", () => {
  const env = makeEnv("CartPole-v1", { maxEpisodeSteps: 1 });
  const before = new Error("Cannot step CartPole-v1: it has not been reset. Call reset first");
  assert.throws(() => env.step(0), before);
  assert.equal(env.state, undefined);
  env.reset({ seed: 0 });
  env.step(0);
  const after = "Cannot step CartPole-v1: the episode has ended. Call reset to start another one";
  assert.throws(() => env.step(0), new Error(after));
});

Deno.test("a refused action changes nothing", () => {
  const env = makeEnv("CartPole-v1");
  env.reset({ seed: 0 });
  const before = env.state;
  assert.throws(() => env.step(2), RangeError);
  assert.equal(env.state, before);
});

Deno.test("a vector of another length and NaN are refused, and infinity is clipped", () => {
  const env = makeEnv("Pendulum-v1"), other = makeEnv("Pendulum-v1");
  for (const each of [env, other]) each.reset({ seed: 3 });
  for (const [action, shown] of [[[], ""], [[1, 2], "1,2"], [[NaN], "NaN"]] as const) {
    const message =
      `Cannot step Pendulum-v1: the action is ${shown}, but it must be a list of 1 number`;
    assert.throws(() => env.step(action), new RangeError(message));
  }
  assert.deepEqual(env.step([Infinity]), other.step([2]));
});

Deno.test("the first reset needs a seed, and later ones continue its stream", () => {
  const env = makeEnv("Acrobot-v1");
  const message = "Cannot reset Acrobot-v1: the first reset needs a seed, such as { seed: 0 }";
  assert.throws(() => env.reset(), new RangeError(message));
  const first = env.reset({ seed: 5 }), second = env.reset();
  assert.notDeepEqual(second, first);
  assert.deepEqual([env.reset({ seed: 5 }), env.reset()], [first, second]);
});

Deno.test("an unknown environment is answered with the nearest name and all of them", () => {
  const known =
    "The environments are CartPole-v1, Pendulum-v1, MountainCarContinuous-v0, Acrobot-v1.";
  for (
    const [name, hint] of [
      ["CartPole-v0", " Did you mean CartPole-v1?"],
      ["cartpole", " Did you mean CartPole-v1?"],
      ["Pendelum-v1", " Did you mean Pendulum-v1?"],
      ["MountainCar-v0", " Did you mean MountainCarContinuous-v0?"],
      ["LunarLander-v3", ""],
      ["", ""],
    ]
  ) {
    const message = `Cannot create the environment "${name}": there is none.${hint} ${known}`;
    assert.throws(() => makeEnv(name), new RangeError(message));
    assert.throws(() => makeVectorEnv(name, { count: 1 }), new RangeError(message));
  }
  assert.deepEqual(ENV_IDS.map((id) => makeEnv(id).id), ENV_IDS);
});

Deno.test("time limits and numbers of environments are positive whole numbers", () => {
  for (const limit of [0, -1, 2.5, NaN]) {
    const message = `Cannot create CartPole-v1: maxEpisodeSteps is ${limit}, ` +
      "but it must be a positive whole number";
    assert.throws(() => envFrom(cartPole, { maxEpisodeSteps: limit }), new RangeError(message));
    const several = `Cannot create several CartPole-v1: count is ${limit}, ` +
      "but it must be a positive whole number";
    assert.throws(() => makeVectorEnv("CartPole-v1", { count: limit }), new RangeError(several));
  }
});

Deno.test("several environments take as many numbers as their actions have together", () => {
  const envs = makeVectorEnv("Pendulum-v1", { count: 3 });
  envs.reset({ seed: 0 });
  const message = "Cannot step Pendulum-v1: the actions are 2 numbers, but there must be 3";
  assert.throws(() => envs.step([0, 0]), new RangeError(message));
});

Deno.test("the action of each environment is read from its place", () => {
  assert.deepEqual(counter.actionSpace.actionAt([1, 2, 3, 4], 1), Float32Array.of(3, 4));
  assert.equal(discrete(3).actionAt([2, 0, 1], 2), 1);
});

Deno.test("spaces without choices, reversed bounds and samples without bounds are refused", () => {
  const empty = "Cannot create a discrete space: n is 0, but it must be a positive whole number";
  assert.throws(() => discrete(0), new RangeError(empty));
  const hint = "each lower bound must be below the upper one";
  for (
    const [low, high, shown] of [[[1], [0], "[1] to [0]"], [[0, 0], [1], "[0,0] to [1]"]] as const
  ) {
    assert.throws(
      () => box(low, high),
      new RangeError(`Cannot create a box from ${shown}: ${hint}`),
    );
  }
  const unbounded = "Cannot sample from 0 to Infinity: both must be finite";
  assert.throws(() => box([0], [Infinity]).sample(numpyGenerator(0)), new RangeError(unbounded));
});

Deno.test("an environment restored from a snapshot continues as the one that was saved", () => {
  for (const id of ENV_IDS) {
    const envs = makeVectorEnv(id, { count: 3, maxEpisodeSteps: 7 }); // many ends and resets
    const other = makeVectorEnv(id, { count: 3, maxEpisodeSteps: 7 });
    const actions = Float32Array.from({ length: 3 * envs.actionSpace.size }, (_, at) => at % 2);
    envs.reset({ seed: 5 });
    for (let t = 0; t < 7; t++) envs.step(actions);
    other.restore(JSON.parse(JSON.stringify(envs.snapshot())));
    for (let t = 0; t < 20; t++) assert.deepEqual(other.step(actions), envs.step(actions), id);
  }
});

Deno.test("snapshots that do not fit are refused", () => {
  const envs = makeVectorEnv("CartPole-v1", { count: 2 });
  const unstarted = "Cannot save CartPole-v1: it has not been reset. Call reset first";
  assert.throws(() => envs.snapshot(), new Error(unstarted));
  envs.reset({ seed: 0 });
  const few = "Cannot restore 2 CartPole-v1: there must be as many snapshots, but the list has 1";
  assert.throws(() => envs.restore(envs.snapshot().slice(1)), new RangeError(few));
});
