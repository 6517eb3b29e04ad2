/** The order of batches, the schedule, and the run of the SFT and reward stages. */
import { DivergenceError } from "../../lib/learn/mod.ts";
import assert from "node:assert/strict";
import { randomStream } from "../../lib/random/mod.ts";
import { batchesByLength } from "../../lib/lm/mod.ts";
import { decaysWeight, plannedSteps, trainStage } from "../../lib/stages/mod.ts";
import {
  EMBEDDED_PPO,
  EMBEDDED_SFT,
  parseFlags,
  SFT_SETTINGS,
  type SftSettings,
  stageValues,
  validateSettings,
} from "../../lib/settings/mod.ts";

const items = Array.from({ length: 10 }, (_, index) => index);
const options = { batchSize: 4, lengthOf: (item: number) => item };
/** The batches of one epoch. */
const batchesOf = (given: typeof options): number[][] => {
  const schedule = { ...given, epochs: 1, learningRate: 1, warmupProportion: 0 };
  return [...plannedSteps(items, schedule, randomStream(1))].map(({ batch }) => [...batch]);
};
const stage = { ...options, epochs: 2, learningRate: 1, warmupProportion: 0.5 };

Deno.test("an epoch has every item once, in batches of similar length", () => {
  const batches = batchesOf(options);
  assert.deepEqual(batches.map(({ length }) => length).toSorted(), [2, 4, 4]);
  assert.deepEqual(batches.flat().toSorted((a, b) => a - b), items);
  assert.ok(batches.every((batch) => Math.max(...batch) - Math.min(...batch) === batch.length - 1));
});

Deno.test("batches that are only measured hold 64 of the embedded model's longest rows and 8 of the tutorial's", () => {
  const sizes = (length: number) =>
    batchesByLength(Array(150).fill(length)).map((batch) => batch.length);
  assert.deepEqual(sizes(96), [64, 64, 22]);
  assert.deepEqual(sizes(5), [64, 64, 22]);
  assert.deepEqual(sizes(768), [...Array(18).fill(8), 6]);
  assert.deepEqual(sizes(9000), Array(150).fill(1));
});

Deno.test("more items in a batch than there are is refused", () => {
  assert.throws(() => batchesOf({ ...options, batchSize: 11 }), {
    name: "RangeError",
    message: "Cannot make batches of 11: there are only 10 examples",
  });
});

Deno.test("the learning rate rises for its share of all steps, then falls, and the last step still moves", () => {
  const steps = [...plannedSteps(items, stage, randomStream(1))];
  assert.deepEqual(steps.map(({ step }) => step), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(steps.map(({ endsEpoch }) => endsEpoch), [
    false,
    false,
    true,
    false,
    false,
    true,
  ]);
  assert.deepEqual(steps.map(({ learningRate }) => learningRate), [
    1 / 3,
    2 / 3,
    1,
    3 / 4,
    2 / 4,
    1 / 4,
  ]);
});

/** Runs the stage with a count for a state; Ctrl-C, if any, comes during step `stopIn`. */
async function run(maxSteps: number, { stopIn = 0 } = {}) {
  const reported: string[] = [];
  const controller = new AbortController();
  const end = await trainStage(0, {
    steps: plannedSteps(items, stage, randomStream(1)),
    maxSteps,
    signal: controller.signal,
    step: (state) => {
      if (state + 1 === stopIn) controller.abort();
      return Promise.resolve({ state: state + 1, loss: -state });
    },
    onStep: ({ step, total, loss }) => void reported.push(`${step}/${total} ${loss}`),
    onEpoch: ({ epoch, step }, state) =>
      Promise.resolve(void reported.push(`epoch ${epoch}, step ${step}: ${state}`)),
  });
  return { ...end, reported };
}

Deno.test("a stage runs all its steps, or as many as requested, and reports each", async () => {
  assert.equal((await run(0)).state, 6);
  assert.deepEqual(await run(4), {
    state: 4,
    step: 4,
    stopped: false,
    reported: ["1/4 0", "2/4 -1", "3/4 -2", "epoch 1, step 3: 3", "4/4 -3"],
  });
});

Deno.test("a stage that is stopped ends with the state after its current step", async () => {
  const { state, step, stopped, reported } = await run(0, { stopIn: 3 });
  assert.deepEqual({ state, step, stopped }, { state: 3, step: 3, stopped: true });
  assert.deepEqual(reported, ["1/6 0", "2/6 -1", "3/6 -2"]); // nor does it measure: the reader waits
  assert.equal((await run(0, { stopIn: 6 })).stopped, false); // all that was to be learned was
});

Deno.test("the embedded recipe holds until a path of one's own is given, and flags win over it", () => {
  const values = (...args: string[]) =>
    stageValues<SftSettings>(parseFlags(SFT_SETTINGS, { args }), EMBEDDED_SFT).settings;
  assert.equal(values().train_batch_size, 32);
  assert.equal(values("--train_batch_size", "4").train_batch_size, 4);
  assert.equal(values("--train_batch_size", "4").passage_weight, 0);
  const own = values("--train_file_path", "mine.json");
  assert.deepEqual([own.train_batch_size, own.passage_weight, own.output_dir], [
    8,
    1,
    "sft_model/",
  ]);
});

Deno.test("the settings that travel with the SFT model are PPO's, with the tutorial's schedule", () => {
  const { num_episodes, max_timesteps, update_timesteps } = validateSettings(EMBEDDED_PPO);
  assert.equal(num_episodes * max_timesteps / update_timesteps, 12); // updates
});

Deno.test("biases and norms do not decay", () => {
  const names = [
    "wte.weight",
    "h.0.ln_1.weight",
    "h.0.ln_1.bias",
    "h.0.attn.c_attn.weight",
    "h.0.attn.c_attn.bias",
    "ln_f.weight",
  ];
  assert.deepEqual(names.filter(decaysWeight), ["wte.weight", "h.0.attn.c_attn.weight"]);
});

Deno.test("a step that diverges ends the stage with the state before it; another error is thrown", async () => {
  const due = [1, 2, 3].map((step) => ({
    ...{ batch: [step], step, total: 3, epoch: 1, endsEpoch: step === 3, learningRate: 1 },
  }));
  const run = (error: Error) =>
    trainStage(0, {
      steps: due,
      maxSteps: 0,
      step: (state, { step }) =>
        step === 3 ? Promise.reject(error) : Promise.resolve({ state: state + step, loss: 1 }),
    });
  const diverged = new DivergenceError("the loss of the model is NaN at optimizer step 3");
  assert.deepEqual(await run(diverged), { state: 1 + 2, step: 2, stopped: false, diverged });
  await assert.rejects(run(new Error("the disk is full")), { message: "the disk is full" });
});
