/** Generation: its log-probabilities are those of a scoring pass, and no row depends on another. */
import assert from "node:assert/strict";
import { type Answer, createGenerator, transposeParameters } from "../../lib/decode/mod.ts";
import {
  gpt2Spec,
  plainSampling,
  type SamplingSettings,
  type TokenRow,
  uploadParameters,
} from "../../lib/lm/mod.ts";
import { uniform } from "../../lib/random/mod.ts";
import { answerBatch, createPolicyScorer } from "../../lib/lm/mod.ts";
import { countingDevice } from "../helpers/counting_device.ts";
import { assertNear } from "../helpers/fixtures.ts";
import { device, PAD, SEP, tinyConfig, tinyPolicy, tinyPrompts } from "../helpers/tiny.ts";

const special = { padId: PAD, endId: SEP };
const parameters = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
const generatorOf = (given: Partial<SamplingSettings> = {}, greedy = false) =>
  createGenerator(device, tinyConfig, {
    sampling: { ...plainSampling, ...given },
    special,
    greedy,
  });

const seeded = (seed: number) => ({
  maxNewTokens: 12,
  uniform: (row: number, position: number) => uniform(seed, 0, row, position),
});

/** log pi of every answer token, computed anew from the whole sequence. */
async function recomputed(answers: readonly Answer[], given: Partial<SamplingSettings>) {
  const shape = { config: tinyConfig, sampling: { ...plainSampling, ...given } };
  const score = await createPolicyScorer(device, shape);
  const pairs = answers.map(({ tokens, samplingMask }, row) => ({
    prompt: tinyPrompts[row],
    answer: tokens,
    samplingMask,
  }));
  const rows = await score(parameters)(answerBatch(pairs, { padId: PAD }), pairs);
  return rows.flatMap((row, index) => row.slice(0, answers[index].tokens.length));
}

for (
  const given of [
    {},
    { temperature: 0.6 },
    { topK: 4 },
    { topP: 0.7 },
    { repetitionPenalty: 1.4 },
    { temperature: 1.3, topK: 9, topP: 0.9, repetitionPenalty: 1.2 },
  ]
) {
  Deno.test(`log-probabilities out of generation equal the recomputed ones for ${JSON.stringify(given)}`, async () => {
    const answers = await (await generatorOf(given)).generate(parameters, tinyPrompts, seeded(1));
    const found = answers.flatMap(({ logProbs }) => logProbs);
    const wanted = await recomputed(answers, given);
    assert.ok(found.length > 40, "enough tokens to mean something");
    found.forEach((logProb, index) => {
      assert.ok(
        Math.abs(logProb - wanted[index]) < 1e-5,
        `token ${index}: ${logProb}, again ${wanted[index]}`,
      );
    });
  });
}

Deno.test("with a cut-off every token comes with a sampling mask that allows it and as many tokens as top-k asks for", async () => {
  const answers = await (await generatorOf({ topK: 4 })).generate(
    parameters,
    tinyPrompts,
    seeded(1),
  );
  for (const { tokens, samplingMask } of answers) {
    assert.equal(samplingMask.length, tokens.length);
    tokens.forEach((token, position) => assert.equal(samplingMask[position][token], 1));
    for (const set of samplingMask) assert.equal(set.reduce((sum, one) => sum + one, 0), 4);
  }
  const plain = await (await generatorOf()).generate(parameters, tinyPrompts, seeded(1));
  assert.ok(plain.every(({ samplingMask }) => samplingMask.length === 0));
});

Deno.test("prompts read a few at a time, like lengths together, give the answers of one call in the prompts' order", async () => {
  for (
    const sampling of [{ ...plainSampling, temperature: 0.8 }, {
      ...plainSampling,
      topK: 4,
      repetitionPenalty: 1.2,
    }]
  ) {
    const generate = async (promptsAtOnce: number) => {
      const generator = await createGenerator(device, tinyConfig, {
        sampling,
        special,
        promptsAtOnce,
      });
      return generator.generate(parameters, tinyPrompts, seeded(3));
    };
    const whole = await generate(tinyPrompts.length);
    for (const size of [1, 3]) {
      const parts = await generate(size);
      assert.deepEqual(parts.map(({ tokens }) => tokens), whole.map(({ tokens }) => tokens));
      assert.deepEqual(
        parts.map(({ samplingMask }) => samplingMask),
        whole.map(({ samplingMask }) => samplingMask),
      );
      const numbers = (answers: readonly Answer[]) => answers.flatMap(({ logProbs }) => logProbs);
      assertNear(numbers(parts), numbers(whole), {
        name: `log-probabilities, ${size} prompts at a time`,
      });
    }
  }
});

Deno.test("a prompt that stands in the batch several times is read once, and each of its rows has the answer it has alone", async () => {
  const order = [3, 0, 3, 5, 0, 3, 0];
  const prompts = order.map((row) => [...tinyPrompts[row]]);
  for (const given of [{ temperature: 0.8 }, { topP: 0.8, repetitionPenalty: 1.2 }]) {
    const sampling = { ...plainSampling, ...given };
    const counting = countingDevice(
      device,
      ({ feeds }) => feeds.get("inputIds")?.dims.join(" x ") ?? "none",
    );
    const generator = await createGenerator(counting.device, tinyConfig, { sampling, special });
    const together = await generator.generate(parameters, prompts, seeded(4));
    assert.equal(
      counting.counts().get("3 x 12"),
      1,
      "three different prompts, 12 tokens the longest",
    );
    assert.ok(
      together.flatMap(({ tokens }) => tokens).length > 3 * order.length,
      "answers go on after the first token",
    );
    for (const [row, prompt] of prompts.entries()) {
      const own = { maxNewTokens: 12, uniform: (_: number, at: number) => uniform(4, 0, row, at) };
      const [alone] = await generator.generate(parameters, [prompt], own);
      const { tokens, logProbs, ended, samplingMask } = together[row];
      assert.deepEqual([tokens, ended, samplingMask], [
        alone.tokens,
        alone.ended,
        alone.samplingMask,
      ]);
      assertNear(logProbs, alone.logProbs, { name: `log-probabilities of row ${row}` });
    }
  }
});

Deno.test("the same seed gives the same answers, another seed others", async () => {
  const generator = await generatorOf();
  const first = await generator.generate(parameters, tinyPrompts, seeded(1));
  assert.deepEqual(await generator.generate(parameters, tinyPrompts, seeded(1)), first);
  assert.notDeepEqual(await generator.generate(parameters, tinyPrompts, seeded(2)), first);
});

Deno.test("an answer does not depend on which rows share its batch, nor on their order", async () => {
  const generator = await generatorOf({ temperature: 0.8 });
  const together = await generator.generate(parameters, tinyPrompts, seeded(3));
  const orders = [[7, 6, 5, 4, 3, 2, 1, 0], [3, 0], ...tinyPrompts.map((_, row) => [row])];
  for (const order of orders) {
    const prompts = order.map((row) => tinyPrompts[row]);
    const own = {
      maxNewTokens: 12,
      uniform: (row: number, at: number) => uniform(3, 0, order[row], at),
    };
    (await generator.generate(parameters, prompts, own)).forEach(
      ({ tokens, logProbs, ended }, index) => {
        const wanted = together[order[index]];
        assert.deepEqual([tokens, ended], [wanted.tokens, wanted.ended]);
        assertNear(logProbs, wanted.logProbs, { name: "log-probabilities" });
      },
    );
  }
});

Deno.test("an answer has one end token, at its end, or all the tokens that were asked for", async () => {
  const answers = await (await generatorOf()).generate(parameters, tinyPrompts, seeded(1));
  for (const { tokens, logProbs, ended } of answers) {
    assert.equal(logProbs.length, tokens.length);
    assert.equal(tokens.indexOf(SEP), ended ? tokens.length - 1 : -1);
    if (!ended) assert.equal(tokens.length, 12);
  }
  assert.deepEqual([true, false].map((end) => answers.some(({ ended }) => ended === end)), [
    true,
    true,
  ]);
});

Deno.test("with a least length no answer ends before it, and the first tokens' probabilities say so", async () => {
  const sampling = { ...plainSampling, topP: 0.9 };
  const plain = await createGenerator(device, tinyConfig, { sampling, special });
  const short = await plain.generate(parameters, tinyPrompts, seeded(1));
  assert.ok(short.some(({ tokens }) => tokens.length <= 4), "some answers would end early");
  const generator = await createGenerator(device, tinyConfig, {
    sampling,
    special,
    minNewTokens: 4,
  });
  const answers = await generator.generate(parameters, tinyPrompts, seeded(1));
  for (const { tokens, samplingMask } of answers) {
    assert.ok(tokens.slice(0, 4).every((token) => token !== SEP));
    assert.ok(samplingMask.slice(0, 4).every((set) => set[SEP] === 0));
  }
  assert.ok(
    answers.some(({ tokens, ended }) => ended && tokens.length === 5),
    "the fifth may be the end",
  );
  const wanted = await recomputed(answers, { topP: 0.9 });
  assertNear(answers.flatMap(({ logProbs }) => logProbs), wanted, { name: "log-probabilities" });
});

Deno.test("greedy answers take the likeliest token whatever the uniform numbers say", async () => {
  const generator = await generatorOf({}, true);
  const answers = await generator.generate(parameters, tinyPrompts, {
    maxNewTokens: 6,
    uniform: () => 0.99,
  });
  assert.deepEqual(
    await generator.generate(parameters, tinyPrompts, { maxNewTokens: 6, uniform: () => 0 }),
    answers,
  );
  // Top-k 1 leaves one token to draw: the same one, with log-probability 0.
  const only = await (await generatorOf({ topK: 1 })).generate(parameters, tinyPrompts, {
    maxNewTokens: 6,
    uniform: () => 0.5,
  });
  assert.deepEqual(only.map(({ tokens }) => tokens), answers.map(({ tokens }) => tokens));
  assert.ok(only.every(({ logProbs }) => logProbs.every((logProb) => Math.abs(logProb) < 1e-6)));
});

Deno.test("caches that were made for other batches change nothing", async () => {
  const used = await generatorOf();
  const calls: [readonly TokenRow[], number][] = [
    [tinyPrompts, 12],
    [tinyPrompts.slice(0, 2), 3],
    [tinyPrompts, 5],
    [tinyPrompts.toReversed(), 20],
    [tinyPrompts, 12],
  ];
  for (const [prompts, maxNewTokens] of calls) {
    const options = { ...seeded(4), maxNewTokens };
    const fresh = await generatorOf();
    const wanted = await fresh.generate(parameters, prompts, options);
    await fresh.release();
    assert.deepEqual(await used.generate(parameters, prompts, options), wanted);
  }
});

Deno.test("transposed parameters give the answers of the original ones, for one row and for several", async () => {
  const generator = await generatorOf();
  const transposed = await transposeParameters(device, tinyConfig, parameters);
  for (const prompts of [tinyPrompts.slice(0, 1), tinyPrompts]) {
    const wanted = await generator.generate(parameters, prompts, seeded(5));
    (await generator.generate(transposed, prompts, seeded(5))).forEach(
      ({ tokens, logProbs }, row) => {
        assert.deepEqual(tokens, wanted[row].tokens);
        assertNear(logProbs, wanted[row].logProbs, { name: "log-probabilities" });
      },
    );
  }
});

for (const given of [{}, { topK: 5, repetitionPenalty: 1.3 }]) {
  const sampling = { ...plainSampling, ...given };
  Deno.test(`the steps of the GPU give the answers of the CPU for ${JSON.stringify(given)}`, async () => {
    const options = { sampling, special, minNewTokens: 2 };
    const onHost = await createGenerator(device, tinyConfig, options);
    const gpu = { ...device, kind: "webgpu" as const }; // takes the path of a GPU on the CPU
    const onDevice = await createGenerator(gpu, tinyConfig, options);
    const draw = { ...seeded(6), maxNewTokens: 20 }; // more than the steps between two reads of the tokens
    const wanted = await onHost.generate(parameters, tinyPrompts, draw);
    (await onDevice.generate(parameters, tinyPrompts, draw)).forEach((answer, row) => {
      const { logProbs, ...same } = wanted[row];
      assert.deepEqual({ ...answer, logProbs }, { ...same, logProbs });
      assertNear(answer.logProbs, logProbs, { name: "log-probabilities" });
    });
  });
}

Deno.test("a prompt may use every position that its answer leaves", async () => {
  const generator = await generatorOf();
  const prompt = Array<number>(tinyConfig.positions - 2).fill(7);
  const [{ tokens }] = await generator.generate(parameters, [prompt], {
    maxNewTokens: 2,
    uniform: () => 0.5,
  });
  assert.ok(tokens.length >= 1);
});

Deno.test("prompts that cannot be answered are refused with the row and the lengths", async () => {
  const generator = await generatorOf();
  const long = Array<number>(30).fill(7);
  await assert.rejects(generator.generate(parameters, [tinyPrompts[0], long], seeded(1)), {
    name: "RangeError",
    message:
      "Cannot generate: prompt 1 has 30 tokens and its answer up to 12, but the model has 40 positions. Shorten the prompt or lower maxNewTokens.",
  });
  await assert.rejects(generator.generate(parameters, [], seeded(1)), {
    message: "Cannot generate: there are no prompts",
  });
  await assert.rejects(generator.generate(parameters, [tinyPrompts[0], []], seeded(1)), {
    message: "Cannot generate: prompt 1 is empty",
  });
});
