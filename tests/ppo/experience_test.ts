/** Experience: layout, rewards and advantages by arithmetic, with models that say what the test wants. */
import assert from "node:assert/strict";
import { type Answer } from "../../lib/decode/mod.ts";
import { gpt2Spec, plainSampling, uploadParameters, valueModelSpec } from "../../lib/lm/mod.ts";
import {
  answerArray,
  type AnswerBatch,
  answerBatch,
  answerMask,
  contextArrays,
} from "../../lib/lm/mod.ts";
import {
  type ExperienceOptions,
  paidScore,
  scoreAnswers,
  type Scorers,
} from "../../lib/ppo/mod.ts";
import { heldModel } from "../../lib/memory/mod.ts";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";
import { type ArrayLike_, floats, ints } from "../../lib/runtime/mod.ts";
import { device, tinyConfig, tinyPolicy, tinyReward } from "../helpers/tiny.ts";

const PAD = 0;
/** Two rows: a prompt of 2 with an answer of 3 tokens, and a prompt of 3 with an answer of 1. */
const pairs = [
  { prompt: [2, 3], answer: [7, 8, 3], samplingMask: [] },
  { prompt: [2, 9, 3], answer: [6], samplingMask: [] },
];

Deno.test("rows are ragged: an answer token is predicted at the column before it", () => {
  const batch = answerBatch(pairs, { padId: PAD });
  assert.deepEqual(batch.rows.inputIds, ints([2, 3, 7, 8, 3, 2, 9, 3, 6, 0], [2, 5]));
  assert.deepEqual(batch.columns, ints([1, 2, 3, 2, 3, 4], [2, 3])); // 2 - 1, 3 - 1, and on
  assert.deepEqual(batch.targets, ints([7, 8, 3, 6, 0, 0], [2, 3]));
  assert.equal(batch.width, 3);
});

Deno.test("a wider answer axis has columns for the pads too", () => {
  const batch = answerBatch(pairs, { padId: PAD, width: 4 });
  assert.deepEqual(batch.rows.inputIds.dims, [2, 7]); // the longest prompt, 3, and 4
  assert.deepEqual(batch.columns, ints([1, 2, 3, 4, 2, 3, 4, 5], [2, 4]));
});

Deno.test("the tutorial's layout has pads before the prompts, which positions count and keys do not show", () => {
  const { rows, columns } = answerBatch(pairs, { padId: PAD, leftPadded: true });
  assert.deepEqual(rows.inputIds, ints([0, 2, 3, 7, 8, 3, 2, 9, 3, 6, 0, 0], [2, 6]));
  assert.deepEqual(rows.positionIds, ints([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], [2, 6]));
  const hidden = 2 ** 30;
  assert.deepEqual(
    rows.keySlots,
    ints([hidden, 1, 2, 3, 4, 5, 0, 1, 2, 3, hidden, hidden], [2, 6]),
  );
  assert.deepEqual(columns, ints([2, 3, 4, 2, 3, 4], [2, 3])); // all answers begin in one column
});

Deno.test("masks and rows of numbers are 0 beyond an answer's end", () => {
  assert.deepEqual(answerMask(pairs, 3), floats([1, 1, 1, 1, 0, 0], [2, 3]));
  assert.deepEqual(answerArray([[1, 2], [3]], 2), floats([1, 2, 3, 0], [2, 2]));
});

Deno.test("at each answer token the prompt and the tokens before it count as seen, and the stored sampling masks are used", () => {
  const config = { ...tinyConfig, vocabSize: 5 };
  const pair = {
    prompt: [1],
    answer: [2, 3],
    samplingMask: [Uint8Array.of(0, 0, 1, 1, 0), Uint8Array.of(1, 0, 0, 1, 0)],
  };
  const sampling = { ...plainSampling, repetitionPenalty: 1.4, topK: 2 };
  const { seen, samplingMask } = contextArrays([pair], { config, sampling, width: 3 });
  assert.deepEqual([...seen.data], [[0, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 1, 0]].flat());
  assert.deepEqual(
    [...samplingMask.data],
    [[0, 0, 1, 1, 0], [1, 0, 0, 1, 0], [1, 1, 1, 1, 1]].flat(),
  ); // all, at pads
  const unused = contextArrays([pair], { config, sampling: plainSampling, width: 3 });
  assert.equal(unused.seen.data.length + unused.samplingMask.data.length, 0);
});

const optionsOf = (
  given: Partial<Settings>,
  statistics = { mean: 1, deviation: 2 },
): ExperienceOptions => {
  const settings = validateSettings(given);
  const scoreStatistics = settings.normalise_scores ? statistics : undefined;
  return { settings, padId: PAD, timestep: 4, scoreStatistics };
};

Deno.test("an answer is paid its normalised, clipped score, less a penalty where it does not end", () => {
  const paid = (rawScore: number, ended: boolean, given: Partial<Settings> = {}) =>
    paidScore({ rawScore, ended }, optionsOf({ missing_eos_penalty: 0.5, ...given }));
  assert.equal(paid(4, true), (4 - 1) / 2);
  assert.equal(paid(4, false), (4 - 1) / 2 - 0.5);
  assert.equal(paid(21, true), 5); // (21 - 1) / 2 = 10, above the clip
  assert.equal(paid(-21, false), -5 - 0.5); // the penalty comes after the clip
  assert.equal(paid(21, true, { reward_clip_eps: 20 }), 10);
  assert.equal(paid(4, true, { normalise_scores: false }), 4);
});

const answer = (tokens: number[], ended: boolean, logProbs: number[]): Answer => ({
  tokens,
  logProbs,
  ended,
  samplingMask: [],
});

/** Models that say fixed numbers, and remember where the reward model was asked. */
async function fixedScorers(
  says: { policy: number[][]; reference: number[][]; values: number[][]; scores: number[] },
) {
  const upload = () => uploadParameters(device, gpt2Spec(tinyConfig), tinyPolicy.weights);
  const uploadValue = () =>
    uploadParameters(device, valueModelSpec(tinyConfig), tinyReward.weights);
  const [actor, reference] = [await upload(), await upload()];
  const [critic, reward] = [await uploadValue(), await uploadValue()];
  const asked: { columns?: ArrayLike_<"int32">; widths: number[] } = { widths: [] };
  const scorers: Scorers = {
    policy: (parameters, { width }: AnswerBatch) => {
      asked.widths.push(width);
      return Promise.resolve(parameters === reference ? says.reference : says.policy);
    },
    value: (parameters, { columns }) => {
      if (parameters !== reward) return Promise.resolve(says.values);
      asked.columns = columns;
      return Promise.resolve(says.scores.map((score) => [score]));
    },
    ...{ actor, reference: heldModel(reference), critic, reward: heldModel(reward) },
  };
  return { scorers, asked };
}

const prompts = pairs.map(({ prompt }) => prompt);
const sampled = [answer([7, 8, 3], true, [-1, -2, -3]), answer([6], false, [-0.5])];
/** Rows of the batch's width: what stands beyond the second answer's one token must not matter. */
const says = {
  policy: [[-10, -20, -30], [-5, 8, 8]],
  reference: [[-2, -2, -1], [-1.5, 9, 9]],
  values: [[0.5, 1, -1], [2, 7, 7]],
  scores: [3, 5],
};

Deno.test("rewards, advantages and returns of real tokens follow by arithmetic", async () => {
  const { scorers, asked } = await fixedScorers(says);
  const given = { kl_coef: 0.1, gamma: 1, lam: 0.5, missing_eos_penalty: 0.25 };
  const [first, second] = await scoreAnswers(prompts, sampled, scorers, optionsOf(given));
  // r = -0.1 (log pi - log pi_ref), the log pi that generation gave; the last one gets (3 - 1) / 2 = 1
  assert.deepEqual(first.rewards, [-0.1 * (-1 + 2), -0.1 * 0 + 0, -0.1 * (-3 + 1) + 1]);
  // delta = r + V' - V: -0.1 + 1 - 0.5 = 0.4, 0 - 1 - 1 = -2, 1.2 + 0 + 1 = 2.2
  // A_2 = 2.2, A_1 = -2 + 0.5 2.2 = -0.9, A_0 = 0.4 + 0.5 (-0.9) = -0.05
  [-0.05, -0.9, 2.2].forEach((wanted, t) =>
    assert.ok(Math.abs(first.advantages[t] - wanted) < 1e-12)
  );
  [-0.05 + 0.5, -0.9 + 1, 2.2 - 1].forEach((wanted, t) =>
    assert.ok(Math.abs(first.returns[t] - wanted) < 1e-12)
  );
  // The second: -0.1 (-0.5 + 1.5) + (5 - 1) / 2 - 0.25 = 1.65, and 1.65 - 2 = -0.35
  assert.ok(Math.abs(second.rewards[0] - 1.65) < 1e-12);
  assert.ok(Math.abs(second.advantages[0] + 0.35) < 1e-12);
  assert.deepEqual([second.rewards, second.values, second.logProbs].map((row) => row.length), [
    1,
    1,
    1,
  ]);
  assert.deepEqual([first.rawScore, first.score, first.ended, first.timestep], [3, 1, true, 4]);
  // The score is the value at each answer's last token: columns 2 - 1 + 3 and 3 - 1 + 1.
  assert.deepEqual(asked.columns, ints([4, 3], [2, 1]));
  assert.deepEqual(asked.widths, [3]); // only the reference was asked for log-probabilities
});

Deno.test("over padding, rewards and advantages go on to the width of the batch", async () => {
  const { scorers } = await fixedScorers(says);
  const given = { kl_coef: 0.1, lam: 0.5, gae_over_padding: true, missing_eos_penalty: 0 };
  const [, second] = await scoreAnswers(prompts, sampled, scorers, optionsOf(given));
  // log pi is asked anew: -0.1 (-5 + 1.5) + 2 = 2.35, then the pads' prices -0.1 (8 - 9) = 0.1 each
  [2.35, 0.1, 0.1].forEach((wanted, t) => assert.ok(Math.abs(second.rewards[t] - wanted) < 1e-12));
  // delta: 2.35 + 7 - 2 = 7.35, 0.1 + 7 - 7 = 0.1, 0.1 - 7 = -6.9: the pads' value leaks into the answer
  const wanted = 7.35 + 0.5 * (0.1 + 0.5 * -6.9);
  assert.ok(Math.abs(second.advantages[0] - wanted) < 1e-12);
});

Deno.test("log-probabilities of the raw distribution are asked anew, else those of generation stand", async () => {
  const { scorers } = await fixedScorers(says);
  const [raw] = await scoreAnswers(
    prompts,
    sampled,
    scorers,
    optionsOf({ log_probs_of_raw_distribution: true }),
  );
  assert.deepEqual(raw.logProbs, [-10, -20, -30]);
  const [own] = await scoreAnswers(prompts, sampled, scorers, optionsOf({}));
  assert.deepEqual(own.logProbs, [-1, -2, -3]);
});
