/** Every environment against episodes of Gymnasium 1.4 (`scripts/fixtures/control.py`). */
import assert from "node:assert/strict";
import {
  acrobot,
  cartPole,
  type Dynamics,
  envFrom,
  mountainCarContinuous,
  pendulum,
  vectorEnvFrom,
} from "ppo/control/mod.ts";
import { numpyGenerator } from "ppo/random/mod.ts";
import { assertClose } from "../helpers/close.ts";
import { float32Observations, recordOf, replay } from "../helpers/gymnasium.ts";

/** The largest difference between an observation of Gymnasium and ours, over a whole episode. */
const TOLERANCE = 1e-6;

function testAgainstGymnasium<Action>(
  id: Parameters<typeof recordOf>[0],
  dynamics: Dynamics<Action>,
): void {
  const record = recordOf(id);

  Deno.test(`${id}: the first observation of a hundred seeds is equal bit for bit`, () => {
    assert.ok(record.episodes.length >= 100);
    record.episodes.forEach(({ seed }, episode) => {
      const state = dynamics.firstState(numpyGenerator(seed));
      assert.deepEqual(state, record.firstStates[episode], `seed ${seed}`);
      assert.deepEqual(envFrom(dynamics).reset({ seed }), record.firstObservations[episode]);
    });
  });

  Deno.test(`${id}: a step from a recorded state gives the same bits`, () => {
    for (const recorded of record.steps) {
      const action = dynamics.actionSpace.actionAt([recorded.action], 0);
      const { state, reward, terminated } = dynamics.next(recorded.state, action);
      const where = `step ${recorded.step} of episode ${recorded.episode}`;
      assert.deepEqual(dynamics.observe(state), recorded.observation, where);
      assert.ok(Math.abs(reward - recorded.reward) <= 1e-9, where);
      assert.equal(terminated, recorded.terminated, where);
    }
  });

  Deno.test(`${id}: whole episodes stay close and end in the same way`, () => {
    record.episodes.forEach((episode, index) => {
      const steps = [...replay(dynamics, episode)];
      const last = steps[steps.length - 1];
      const { terminated, truncated } = last;
      assert.deepEqual({ ...episode, steps: steps.length, terminated, truncated }, episode);
      for (const recorded of record.steps.filter((step) => step.episode === index)) {
        const { action, observation, reward, ...flags } = steps[recorded.step];
        assert.equal(action, recorded.action);
        assertClose(observation, recorded.observation, TOLERANCE);
        assertClose(reward, recorded.reward, TOLERANCE);
        assert.equal(flags.terminated, recorded.terminated);
        assert.equal(flags.truncated, recorded.truncated);
      }
    });
  });

  Deno.test(`${id}: every observation lies in the space`, () => {
    const { low, high } = dynamics.observationSpace;
    for (const { observation } of record.steps) {
      assert.ok(observation.every((x, at) => low[at] <= x && x <= high[at]), `${observation}`);
    }
  });

  Deno.test(`${id}: three environments at once reset themselves when Gymnasium's do`, () => {
    const { count, limit, seed, actions, steps } = record.together;
    const envs = vectorEnvFrom(dynamics, { count, maxEpisodeSteps: limit });
    assert.deepEqual(envs.reset({ seed }), steps[0].observations);
    actions.forEach((action, index) => {
      const { observations, rewards, terminated, truncated, started } = envs.step(action);
      const [before, recorded] = steps.slice(index, index + 2);
      assertClose(observations, recorded.observations, TOLERANCE);
      assertClose(rewards, recorded.rewards, TOLERANCE);
      assert.deepEqual([[...terminated], [...truncated]], [
        recorded.terminated,
        recorded.truncated,
      ]);
      const ended = before.terminated.map((flag, i) => flag || before.truncated[i]);
      assert.deepEqual([...started], ended); // the step after the last one of an episode
      const { size } = dynamics.observationSpace;
      ended.forEach((flag, i) => {
        if (flag === 0) return;
        const first = (all: Float32Array) => all.subarray(i * size, (i + 1) * size);
        assert.deepEqual(first(observations), first(recorded.observations)); // bit for bit
      });
    });
    assert.ok(steps.some(({ terminated, truncated }) => [...terminated, ...truncated].includes(1)));
  });
}

testAgainstGymnasium("CartPole-v1", cartPole);
testAgainstGymnasium("Pendulum-v1", pendulum);
testAgainstGymnasium("MountainCarContinuous-v0", mountainCarContinuous);
testAgainstGymnasium("Acrobot-v1", acrobot);

Deno.test("the recorded episodes contain every kind of end and actions outside the space", () => {
  const ends = (id: Parameters<typeof recordOf>[0]) =>
    new Set(recordOf(id).episodes.map(({ terminated }) => terminated));
  assert.deepEqual(ends("CartPole-v1"), new Set([true, false]));
  assert.deepEqual(ends("MountainCarContinuous-v0"), new Set([false, true]));
  assert.deepEqual(ends("Acrobot-v1"), new Set([false, true]));
  const { steps } = recordOf("Pendulum-v1");
  assert.ok(steps.some(({ action }) => action > 2) && steps.some(({ action }) => action < -2));
});

Deno.test("sines and cosines of a float32 state have NumPy's rounding errors", () => {
  const { states, observations } = float32Observations();
  states.forEach((state, at) => {
    assert.deepEqual(acrobot.observe(state), observations[at]);
    const rounded = acrobot.observe(Float64Array.from(state));
    assert.notDeepEqual(rounded, observations[at]); // which a correctly rounded value has not
  });
  assert.ok(states.length > 0);
});

Deno.test("choices outside are refused, also where Gymnasium takes -1 for the last one", () => {
  for (const dynamics of [cartPole, acrobot]) {
    const { outside } = recordOf(dynamics === cartPole ? "CartPole-v1" : "Acrobot-v1");
    const accepted = outside.filter(({ refused }) => !refused).map(({ action }) => action);
    assert.deepEqual(accepted, dynamics === acrobot ? [-1] : []);
    for (const { action } of outside) {
      const env = envFrom(dynamics);
      env.reset({ seed: 0 });
      const last = dynamics.actionSpace.n - 1;
      const message = `Cannot step ${dynamics.id}: the action is ${action}, ` +
        `but it must be a whole number from 0 to ${last}`;
      assert.throws(() => env.step(action), new RangeError(message));
    }
  }
});
