/** Generation on a GPU: what the CPU draws, without a copy that waits for logits. */
import assert from "node:assert/strict";
import { createGenerator } from "../../lib/decode/mod.ts";
import {
  distributionOfRow,
  drawFromRow,
  gpt2Spec,
  plainSampling,
  type SamplingSettings,
  uploadParameters,
} from "../../lib/lm/mod.ts";
import { drawFrom, drawSpec } from "../../lib/decode/step_programs.ts";
import { normal, randomStream, uniform } from "../../lib/random/mod.ts";
import {
  bools,
  type Device,
  float,
  floats,
  jit,
  number,
  openDevice,
} from "../../lib/runtime/mod.ts";
import { PAD, SEP, tinyConfig, tinyPolicy, tinyPrompts } from "../helpers/tiny.ts";
import { onWebGpu } from "../helpers/webgpu.ts";

const cpu = await openDevice("cpu", { threads: 1 });
const MAX_NEW = 20;

/** Answers of all prompts, and what crossed while they were drawn. */
async function generated(
  device: Device,
  { minNewTokens = 0, ...sampling }: Partial<SamplingSettings> & { minNewTokens?: number },
) {
  const options = {
    sampling: { ...plainSampling, ...sampling },
    special: { padId: PAD, endId: SEP },
    minNewTokens,
  };
  const generator = await createGenerator(device, tinyConfig, options);
  const parameters = await uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
  const run = () =>
    generator.generate(parameters, tinyPrompts, {
      maxNewTokens: MAX_NEW,
      uniform: (row, position) => uniform(5, 1, row, position),
    });
  const answers = await run();
  const before = device.usage();
  assert.deepEqual(await run(), answers); // the second time everything is compiled and the caches are there
  const after = device.usage();
  await generator.release();
  return { answers, before, after };
}

const ROWS = 64, VOCAB = 200;
const random = randomStream(8);
const logits = Array.from(
  { length: ROWS },
  () => Array.from({ length: VOCAB }, () => 2.5 * normal(random)),
);
const seen = logits.map((row) => row.map(() => random() < 0.2));
const uniforms = Float32Array.from(logits, () => random());

/** The token drawn on a device from each row of logits, all rows in one call. */
async function drawnOn(device: Device, sampling: SamplingSettings): Promise<number[]> {
  const draw = { sampling, special: { padId: PAD, endId: SEP } };
  const spec = {
    logits: float({ batch: -1, vocab: VOCAB }),
    ...drawSpec({ ...tinyConfig, vocabSize: VOCAB }),
  };
  const program = await jit(device, spec, ({ logits, ...inputs }) => ({
    tokens: drawFrom(logits, inputs, draw).tokens,
  }), { toHost: ["tokens"] });
  const { tokens } = await program({
    logits: floats(logits.flat(), [ROWS, VOCAB]),
    seen: bools(seen.flat().map(Number), [ROWS, VOCAB]),
    uniforms: floats(uniforms),
    position: number(0),
  });
  return [...await device.read(tokens)];
}

await onWebGpu("generation", (gpu) => {
  Deno.test("the GPU draws what the host draws from the same logits and uniform numbers, row by row", async () => {
    const sampling = { temperature: 0.8, topK: 20, topP: 0.9, repetitionPenalty: 1.3 };
    const wanted = logits.map((row, index) =>
      drawFromRow(
        distributionOfRow(row, { ...sampling, seen: seen[index] }).logProbs,
        uniforms[index],
      )
    );
    assert.deepEqual(await drawnOn(gpu, sampling), wanted);
    assert.ok(new Set(wanted).size > 20);
  });

  Deno.test("answers, sampling masks and ends are the CPU's, with a penalty and a least length", async () => {
    const given = { repetitionPenalty: 1.4, topK: 8, minNewTokens: 3 };
    const [there, here] = [
      (await generated(gpu, given)).answers,
      (await generated(cpu, given)).answers,
    ];
    there.forEach(({ logProbs, ...answer }, row) => {
      const { logProbs: wanted, ...same } = here[row];
      assert.deepEqual(answer, same);
      logProbs.forEach((logProb, at) => assert.ok(Math.abs(logProb - wanted[at]) < 1e-4));
    });
    assert.ok(here.some(({ ended, tokens }) => ended && tokens.length < MAX_NEW)); // some end early,
    assert.ok(here.every(({ tokens }) => tokens.length > 2)); // but none before its least length
  });

  Deno.test("a step takes a few numbers a row and gives nothing back; tokens come at two looks", async () => {
    const { answers, before, after } = await generated(gpu, {});
    assert.deepEqual(
      answers,
      (await generated(cpu, {})).answers.map((answer, row) => ({
        ...answer,
        logProbs: answers[row].logProbs,
      })),
    );
    assert.equal(after.arrays, before.arrays);
    const rows = tinyPrompts.length,
      looks = answers.every(({ tokens }) => tokens.length <= 16) ? 1 : 2;
    // tokens at each look and log-probabilities at the end, [rows, MAX_NEW] of 4 bytes each
    assert.equal(after.toHost.bytes - before.toHost.bytes, (looks + 1) * rows * MAX_NEW * 4);
    const steps = looks === 1 ? 16 : MAX_NEW;
    const prompt = 3 * rows * 12 * 4 - 2 * rows * 4; // ids, positions, slots of the longest prompt, not of one token
    const states = 2 * rows * (2 * MAX_NEW + 1) * 4; // the zeros that both sets of states start as
    const step = rows * 5 * 4 + (2 + MAX_NEW) * 4; // position, slot, column, length, uniform a row; total, position, places
    const crossed = after.toDevice.bytes - before.toDevice.bytes;
    assert.equal(crossed, steps * step + prompt + states);
  });
});
