/** A trainer whose loss or gradient is no longer finite throws before the step, and changes nothing. */
import assert from "node:assert/strict";
import { createOptimizer, DivergenceError, requireFiniteArrays } from "../../lib/learn/mod.ts";
import { createTrainer } from "../../lib/learn/mod.ts";
import {
  downloadParameters,
  type Gpt2Parameters,
  gpt2Spec,
  padRows,
  uploadParameters,
} from "../../lib/lm/mod.ts";
import type { Hidden } from "../../lib/nn/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { type Feeds, float, floats, number } from "../../lib/runtime/mod.ts";
import { mul, sum, type Tensor } from "../../lib/tensor/mod.ts";
import { numbersOn } from "../helpers/fixtures.ts";
import { device, tinyConfig, tinyPolicy } from "../helpers/tiny.ts";

const spec = { weight: float({ n: 3 }) };

for (const inPlace of [true, false]) {
  for (const bad of [NaN, Infinity, -Infinity]) {
    Deno.test(`a gradient with ${bad} is refused before the step (in place: ${inPlace})`, async () => {
      const settings = { ...adamDefaults, maxGradNorm: 1, inPlace, name: "the actor" };
      const optimizer = await createOptimizer<Feeds<typeof spec>>(device, spec, settings);
      const weight = await device.upload(floats([1, 2, 3]));
      const state = await optimizer.start({ weight });
      const gradients = { weight: await device.upload(floats([0.5, bad, 0])) };
      await assert.rejects(optimizer.update(state, gradients, 0.1), (error) => {
        assert.ok(error instanceof DivergenceError);
        assert.match(
          error.message,
          /^Cannot go on training: the gradient norm of the actor is (NaN|Infinity) at optimizer step 1\. .*learning_rate/,
        );
        return true;
      });
      const { parameters, first, second } = state;
      for (
        const [tree, wanted] of [[parameters, [1, 2, 3]], [first, [0, 0, 0]], [second, [
          0,
          0,
          0,
        ]]] as const
      ) {
        assert.deepEqual([...await numbersOn(device, tree.weight)], wanted);
      }
    });
  }
}

/** A trainer whose loss is a sum of hidden states times a number that each batch brings. */
async function scaledTrainer() {
  const definition = {
    config: tinyConfig,
    parameters: gpt2Spec(tinyConfig),
    inputs: { factor: float({}) },
    loss: (_: unknown, hidden: Hidden, { factor }: { factor: Tensor<Record<never, never>> }) => ({
      loss: mul(sum(hidden), factor),
    }),
  };
  const optimizer = { ...adamDefaults, maxGradNorm: 1 };
  type Inputs = { factor: Tensor<Record<never, never>> };
  const trainer = await createTrainer<Gpt2Parameters, Inputs>(device, definition, { optimizer });
  const start = await trainer.start(
    await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights),
  );
  const batch = (factor: number) => [() => ({
    rows: padRows([[1, 2, 5]], { padId: 0 }),
    factor: number(factor),
  })];
  return { trainer, start, batch };
}

Deno.test("a step that is not accepted, or whose loss is NaN, leaves the state; the next step is as if it had not been tried", async () => {
  const { trainer, start, batch } = await scaledTrainer();
  const rejected = await trainer.step(start, batch(1), 0.1, { accepts: () => false });
  assert.equal(rejected.state, start);
  assert.equal(rejected.gradNorm, NaN);
  await assert.rejects(trainer.step(start, batch(NaN), 0.1), {
    name: "DivergenceError",
    message: /the loss of the model is NaN at optimizer step 1\./,
  });
  const before = await downloadParameters(device, start.parameters);
  assert.deepEqual(before, tinyPolicy.weights);
  const { state } = await trainer.step(start, batch(1), 0.1, { accepts: () => true });
  const other = await scaledTrainer();
  const wanted = await other.trainer.step(other.start, batch(1), 0.1);
  assert.deepEqual(
    await downloadParameters(device, state.parameters),
    await downloadParameters(device, wanted.state.parameters),
  );
});

Deno.test("arrays are checked by name, and -0, denormal and the largest numbers are finite", () => {
  const fine = Float32Array.of(-0, 1e-45, 3.4028234e38, -3.4028234e38);
  requireFiniteArrays([["a", { data: fine }]], "the critic");
  for (const bad of [NaN, Infinity, -Infinity]) {
    const data = Float32Array.of(0, 1, bad);
    assert.throws(
      () => requireFiniteArrays([["a", { data: fine }], ["b", { data }]], "the critic"),
      {
        message: new RegExp(`^Cannot go on training: "b" of the critic has the value ${bad}\\. `),
      },
    );
  }
});
