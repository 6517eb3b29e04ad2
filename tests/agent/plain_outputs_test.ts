import assert from "node:assert/strict";
import { agentConfig, createLearner, designOf, parameterCount } from "ppo/agent/mod.ts";
import { makeEnv } from "ppo/control/mod.ts";
import { normal, randomStream } from "ppo/random/mod.ts";
import { openDevice } from "ppo/runtime/mod.ts";
import type { ControlSettings } from "ppo/settings/mod.ts";

const device = await openDevice("cpu", { threads: 1 });

const CASES: readonly (readonly [env: string, settings: Partial<ControlSettings>])[] = [
  ["CartPole-v1", {}],
  ["Pendulum-v1", { activation_fn: "relu", hidden_size: 16 }],
  ["MountainCarContinuous-v0", { use_sde: true }],
];

for (const [env, settings] of CASES) {
  Deno.test(`${env}: a few observations and many have the same outputs`, async () => {
    const config = agentConfig(settings), design = designOf(makeEnv(env), config);
    const learner = await createLearner(device, design, config);
    const random = randomStream(1), { observationSize } = design;
    const draw = (length: number) => Float32Array.from({ length }, () => normal(random) / 2);
    const size = parameterCount(design), zeros = new Float32Array(size);
    await learner.restore({ step: 0, parameters: draw(size), first: zeros, second: zeros });
    const many = draw(12 * observationSize); // by the program
    const whole = await learner.outputs(many);
    const few = await learner.outputs(many.slice(0, 3 * observationSize)); // in TypeScript
    for (const name of ["outputs", "features"] as const) {
      const [wanted, found] = [whole[name], few[name]];
      assert.equal(found === undefined, wanted === undefined);
      found?.forEach((value, at) => {
        assert.ok(Math.abs(value - (wanted?.[at] ?? NaN)) < 1e-5, `${name}[${at}]`);
      });
    }
    assert.equal(few.outputs.length, 3 * design.outputSize);
  });
}
