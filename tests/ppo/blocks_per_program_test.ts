/** One program for the whole model or one for each stretch of blocks: the same step of actor and critic. */
import assert from "node:assert/strict";
import { createAnswerTrainer } from "../../lib/learn/mod.ts";
import {
  answerLayout,
  downloadParameters,
  gpt2Spec,
  initialWeights,
  plainSampling,
  type TokenRow,
  uploadParameters,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { actorLoss, criticLoss } from "../../lib/ppo/mod.ts";
import { normal, randomStream } from "../../lib/random/mod.ts";
import { floats } from "../../lib/runtime/mod.ts";
import { relativeError } from "../helpers/fixtures.ts";
import { sampleOf } from "../helpers/samples_of_answers.ts";
import { device, PAD, tinyConfig, tinyPrompt } from "../helpers/tiny.ts";

const config = { ...tinyConfig, layers: 3 };
const shape = { config, sampling: plainSampling };

/** Answers whose numbers are all different. */
const samples = (() => {
  const random = randomStream(5);
  const noise = (scale: number, { length }: TokenRow) =>
    Array.from({ length }, () => scale * normal(random));
  return [[7, 4], [10, 6], [5, 3]].map(([length, answerLength], seed) => {
    const answer = tinyPrompt(answerLength, 10 + seed);
    return sampleOf(answer, {
      prompt: tinyPrompt(length, seed),
      logProbs: noise(1, answer),
      values: noise(0.1, answer),
      advantages: noise(1, answer),
      returns: noise(1, answer),
    });
  });
})();

/** Losses and gradients (Adam's first moments after one step are a tenth of them) with some blocks a program. */
async function step(blocksPerSegment: number) {
  const options = {
    layout: answerLayout({ padId: PAD, shape: config }),
    optimizer: { ...adamDefaults, maxGradNorm: Infinity },
    blocksPerSegment,
  };
  const actor = await createAnswerTrainer(device, actorLoss(shape, { clipRange: 0.2 }), options);
  const critic = await createAnswerTrainer(device, criticLoss(config, { clipRange: 0.2 }), options);
  const weights = (spec: unknown) => {
    const random = randomStream(3);
    return initialWeights(spec, { normal: () => 10 * normal(random), layers: config.layers });
  };
  const policy = await uploadParameters(device, gpt2Spec(config), weights(gpt2Spec(config)));
  const value = await uploadParameters(
    device,
    valueModelSpec(config),
    weights(valueModelSpec(config)),
  );
  const actorStep = await actor.step(await actor.start(policy), samples, 1e-3);
  const criticStep = await critic.step(await critic.start(value), samples, 1e-3);
  const gradients = { actor: actorStep.state.first, critic: criticStep.state.first };
  return {
    losses: [actorStep.loss, criticStep.loss],
    gradients: await downloadParameters(device, gradients),
  };
}

const whole = await step(0);

for (const blocksPerSegment of [1, 2]) {
  Deno.test(`${blocksPerSegment} of 3 blocks in a segment: losses and gradients as with all in one`, async () => {
    const parts = await step(blocksPerSegment);
    parts.losses.forEach((loss, index) =>
      assert.ok(Math.abs(loss - whole.losses[index]) < 1e-5 * Math.abs(whole.losses[index]))
    );
    assert.deepEqual([...parts.gradients.keys()], [...whole.gradients.keys()]);
    for (const [name, { data }] of whole.gradients) {
      assert.ok(data.some((value) => value !== 0), `${name} has a gradient`);
      const error = relativeError(parts.gradients.get(name)?.data ?? [], data);
      assert.ok(error < 1e-5, `${name}: ${error}`);
    }
  });
}

Deno.test("dropout in parts is refused with a sentence", async () => {
  const dropout = { rate: 0.1, keys: () => floats([], [0, 0]) };
  const options = {
    layout: answerLayout({ padId: PAD, shape: config }),
    optimizer: { ...adamDefaults, maxGradNorm: 1 },
    blocksPerSegment: 1,
    dropout,
  };
  const loss = actorLoss(shape, { clipRange: 0.2, dropout });
  await assert.rejects(async () => await createAnswerTrainer(device, loss, options), {
    message:
      "Cannot apply dropout when the gradient is computed in parts: set blocks_per_program 0",
  });
});
