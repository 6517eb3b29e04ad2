/** One program for the whole model or one for each stretch of blocks: the same step of actor and critic. */
import assert from "node:assert/strict";
import {
  downloadParameters,
  gpt2Spec,
  initialWeights,
  plainSampling,
  uploadParameters,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { normal, randomStream } from "../../lib/random/mod.ts";
import { answerArray, answerBatch, answerMask, contextArrays } from "../../lib/lm/mod.ts";
import { createActorUpdate, createCriticUpdate, type MiniBatch } from "../../lib/ppo/mod.ts";
import { relativeError } from "../helpers/fixtures.ts";
import { device, PAD, tinyConfig, tinyPrompt } from "../helpers/tiny.ts";

const config = { ...tinyConfig, layers: 3 };
const shape = { config, sampling: plainSampling };
const pairs = [[7, 4], [10, 6], [5, 3]].map(([prompt, answer], seed) => ({
  prompt: tinyPrompt(prompt, seed),
  answer: tinyPrompt(answer, 10 + seed),
  samplingMask: [],
}));

/** A minibatch whose numbers are all different. */
function miniBatch(): MiniBatch {
  const random = randomStream(5);
  const batch = answerBatch(pairs, { padId: PAD });
  const noise = (scale: number) =>
    answerArray(pairs.map(({ answer }) => answer.map(() => scale * normal(random))), batch.width);
  const numbers = {
    oldLogProbs: noise(1),
    oldValues: noise(0.1),
    advantages: noise(1),
    returns: noise(1),
  };
  const context = contextArrays(pairs, { ...shape, width: batch.width });
  const rows = [...pairs.keys()];
  return { rows, batch, context, ...numbers, mask: answerMask(pairs, batch.width) };
}

/** Losses and gradients (Adam's first moments after one step are a tenth of them) with some blocks a program. */
async function step(blocksPerProgram: number) {
  const options = {
    clipRange: 0.2,
    optimizer: { ...adamDefaults, maxGradNorm: Infinity },
    blocksPerProgram,
  };
  const actor = await createActorUpdate(device, shape, options);
  const critic = await createCriticUpdate(device, config, options);
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
  const actorStep = await actor.step(await actor.optimizer.start(policy), [miniBatch()], 1e-3);
  const criticStep = await critic.step(await critic.optimizer.start(value), [miniBatch()], 1e-3);
  const gradients = { actor: actorStep.state.first, critic: criticStep.state.first };
  return {
    losses: [actorStep.loss, criticStep.loss],
    gradients: await downloadParameters(device, gradients),
  };
}

const whole = await step(0);

for (const blocksPerProgram of [1, 2]) {
  Deno.test(`${blocksPerProgram} of 3 blocks a program: losses and gradients as with all in one`, async () => {
    const parts = await step(blocksPerProgram);
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
  const options = {
    clipRange: 0.2,
    optimizer: { ...adamDefaults, maxGradNorm: 1 },
    blocksPerProgram: 1,
    dropout: 0.1,
  };
  await assert.rejects(async () => await createActorUpdate(device, shape, options), {
    message:
      "Cannot apply dropout where programs hold some of the blocks: set blocks_per_program 0",
  });
});
