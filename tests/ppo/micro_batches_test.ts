/** One optimizer step of actor and critic: the same however its answers are cut into parts or padded. */
import assert from "node:assert/strict";
import { createAnswerTrainer, type TrainerOptions } from "../../lib/learn/mod.ts";
import {
  type AnswerLayout,
  answerLayout,
  downloadParameters,
  gpt2Spec,
  plainSampling,
  uploadParameters,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import { actorLoss, criticLoss, type Sample, stepMetrics } from "../../lib/ppo/mod.ts";
import { assertMetrics } from "../helpers/assert_metrics.ts";
import { relativeError } from "../helpers/fixtures.ts";
import { scoredTogetherAndAlone } from "../helpers/invariants.ts";
import { device, PAD, tinyConfig, tinyPolicy, tinyReward } from "../helpers/tiny.ts";

const shape = { config: tinyConfig, sampling: plainSampling };
const clip = { clipRange: 0.2 };
const adam = { ...adamDefaults, epsilon: 1e-5, maxGradNorm: Infinity };

/** At most so many answers at once (0: all). */
const layoutOf = (micro = 0): AnswerLayout =>
  answerLayout({ padId: PAD, shape: tinyConfig, ...(micro > 0 ? { maxRows: micro } : {}) });

/** Both trainers, cut up in some way. */
const trainersOf = async (layout: AnswerLayout, cut: Partial<TrainerOptions> = {}) => {
  const options = { optimizer: adam, ...cut, layout };
  const forCritic = { ...options, logitsAtOnce: 0 };
  return {
    actor: await createAnswerTrainer(device, actorLoss(shape, clip), options),
    critic: await createAnswerTrainer(device, criticLoss(tinyConfig, clip), forCritic),
  };
};
const whole = await trainersOf(layoutOf());

/** One step of both models from their starting weights: metrics, and the gradients in Adam's first moments. */
async function stepOn(samples: readonly Sample[], { actor, critic } = whole) {
  const policy = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
  const value = await uploadParameters(device, valueModelSpec(tinyConfig), tinyReward.weights);
  const actorStep = await actor.step(await actor.start(policy), samples, 1e-3);
  const criticStep = await critic.step(await critic.start(value), samples, 1e-3);
  const { rows: { logProbs, entropy } } = actorStep;
  return {
    metrics: stepMetrics({
      samples,
      actor: { ...actorStep, logProbs, entropy },
      critic: criticStep,
    }, clip),
    gradients: new Map([
      ...await downloadParameters(device, { actor: actorStep.state.first }),
      ...await downloadParameters(device, { critic: criticStep.state.first }),
    ]),
  };
}

type Stepped = Awaited<ReturnType<typeof stepOn>>;

function assertSameStep(found: Stepped, wanted: Stepped): void {
  assertMetrics(found.metrics, wanted.metrics);
  assert.equal(found.gradients.size, 2 * (2 + 2 * 12 + 2) + 1); // two models of two layers, and a value head
  for (const [name, { data }] of wanted.gradients) {
    const error = relativeError(found.gradients.get(name)?.data ?? [], data);
    assert.ok(error <= 1e-5, `the gradient of ${name} is off by ${error} of its largest value`);
  }
}

/** Answers scored by the models, their old log-probabilities moved so that some ratios are clipped. */
async function movedSamples(): Promise<Sample[]> {
  const { together } = await scoredTogetherAndAlone();
  const moved = ({ logProbs }: Sample) =>
    logProbs.map((logProb, t) => logProb + 0.4 * Math.sin(3 * t + 1));
  return together.map((sample) => ({ ...sample, logProbs: moved(sample) }));
}

Deno.test("one micro-batch or many: the same loss, gradients and metrics", async () => {
  const samples = await movedSamples();
  const atOnce = await stepOn(samples);
  assert.ok(atOnce.metrics.clip_fraction > 0.1, "some tokens are clipped");
  for (const micro of [1, 3]) {
    assertSameStep(await stepOn(samples, await trainersOf(layoutOf(micro))), atOnce);
  }
});

for (
  const cut of [{ blocksPerSegment: 1 }, { logitsAtOnce: 5 }, {
    blocksPerSegment: 1,
    logitsAtOnce: 5,
  }]
) {
  Deno.test(
    `sixteen answers in micro-batches of 1, 4 and 16, with ${
      JSON.stringify(cut)
    } and Adam in place: the same step`,
    async () => {
      const eight = await movedSamples();
      const samples = [...eight, ...eight];
      const atOnce = await stepOn(samples);
      for (const micro of [1, 4, 16]) {
        const layout = layoutOf(micro);
        assert.equal(layout.groups(samples).length, 16 / micro);
        const inPlace = { ...cut, optimizer: { ...adam, inPlace: true } };
        assertSameStep(await stepOn(samples, await trainersOf(layout, inPlace)), atOnce);
      }
    },
  );
}

Deno.test("longer neighbours in a micro-batch change no loss, no gradient and no metric", async () => {
  const samples = await movedSamples();
  const lengths = samples.map(({ prompt, answer }) => prompt.length + answer.length);
  assert.ok(new Set(lengths).size > 4, "the rows differ in length");
  const inOrder: AnswerLayout = {
    ...layoutOf(),
    groups: (answers) => [...answers.keys()].map((row) => [row]), // no padding at all
  };
  assertSameStep(await stepOn(samples, await trainersOf(inOrder)), await stepOn(samples));
});
