/** One optimizer step of actor and critic: the same however its answers are cut into parts or padded. */
import assert from "node:assert/strict";
import {
  downloadParameters,
  gpt2Spec,
  plainSampling,
  uploadParameters,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import {
  type ActorStep,
  createActorUpdate,
  createCriticUpdate,
  type MiniBatch,
  minibatchParts,
  type Sample,
  stepMetrics,
  type UpdateOptions,
} from "../../lib/ppo/mod.ts";
import { floats, type HostArray } from "../../lib/runtime/mod.ts";
import { assertMetrics } from "../helpers/assert_metrics.ts";
import { relativeError } from "../helpers/fixtures.ts";
import { scoredTogetherAndAlone } from "../helpers/invariants.ts";
import { device, PAD, tinyConfig, tinyInputs, tinyPolicy, tinyReward } from "../helpers/tiny.ts";

const shape = { config: tinyConfig, sampling: plainSampling };
const clip = {
  clipRange: 0.2,
  optimizer: { ...adamDefaults, epsilon: 1e-5, maxGradNorm: Infinity },
};
/** Both updates, cut up in some way. */
const updatesCut = async (
  cut: Pick<UpdateOptions, "blocksPerProgram" | "logitsAtOnce"> = {},
  inPlace = false,
) => {
  const options = { ...clip, ...cut, optimizer: { ...clip.optimizer, inPlace } };
  return {
    actor: await createActorUpdate(device, shape, options),
    critic: await createCriticUpdate(device, tinyConfig, options),
  };
};
const whole = await updatesCut();

/** One step of both models from their starting weights on the given parts: metrics, and the gradients in Adam's first moments. */
async function stepOn(
  samples: readonly Sample[],
  parts: readonly MiniBatch[],
  { actor, critic } = whole,
) {
  const policy = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
  const value = await uploadParameters(device, valueModelSpec(tinyConfig), tinyReward.weights);
  const actorStep = await actor.step(await actor.optimizer.start(policy), parts, 1e-3);
  const criticStep = await critic.step(await critic.optimizer.start(value), parts, 1e-3);
  return {
    metrics: stepMetrics(
      [{ samples, actor: firstRows(actorStep, samples.length), critic: criticStep }],
      clip,
    ),
    gradients: new Map([
      ...await downloadParameters(device, { actor: actorStep.state.first }),
      ...await downloadParameters(device, { critic: criticStep.state.first }),
    ]),
  };
}

/** What the actor says of the first rows; behind them stand neighbours that do not count. */
const firstRows = (step: ActorStep, rows: number): ActorStep => ({
  ...step,
  logProbs: step.logProbs.slice(0, rows),
  entropy: step.entropy.slice(0, rows),
});

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

const parts = (samples: readonly Sample[], micro = 0) => {
  const { settings } = tinyInputs({ micro_batch_size: micro });
  return minibatchParts(samples, { settings, shape, padId: PAD, step: 1 });
};

Deno.test("one micro-batch or many: the same loss, gradients and metrics", async () => {
  const samples = await movedSamples();
  const atOnce = await stepOn(samples, parts(samples));
  assert.ok(atOnce.metrics.clip_fraction > 0.1, "some tokens are clipped");
  for (const micro of [1, 3]) assertSameStep(await stepOn(samples, parts(samples, micro)), atOnce);
});

for (
  const cut of [{ blocksPerProgram: 1 }, { logitsAtOnce: 5 }, {
    blocksPerProgram: 1,
    logitsAtOnce: 5,
  }]
) {
  Deno.test(`sixteen answers in micro-batches of 1, 4 and 16, with ${JSON.stringify(cut)} and Adam in place: the same step`, async () => {
    const eight = await movedSamples();
    const samples = [...eight, ...eight];
    const atOnce = await stepOn(samples, parts(samples));
    const updates = await updatesCut(cut, true);
    for (const micro of [1, 4, 16]) {
      const pieces = parts(samples, micro);
      assert.equal(pieces.length, 16 / micro);
      assertSameStep(await stepOn(samples, pieces, updates), atOnce);
    }
  });
}

Deno.test("longer neighbours that do not count change no loss, no gradient and no metric", async () => {
  const samples = (await movedSamples()).toSorted((a, b) => lengthOf(a) - lengthOf(b));
  const short = samples.slice(0, 4);
  assert.ok(lengthOf(samples[7]) > lengthOf(short[3]));
  const [padded] = parts(samples);
  const onlyShort = (array: HostArray<"float32">) =>
    floats(array.data.map((value, index) => index < 4 * array.dims[1] ? value : 0), array.dims);
  const masked = { ...padded, mask: onlyShort(padded.mask) };
  assertSameStep(await stepOn(short, [masked]), await stepOn(short, parts(short)));
});

const lengthOf = ({ prompt, answer }: Sample): number => prompt.length + answer.length;
