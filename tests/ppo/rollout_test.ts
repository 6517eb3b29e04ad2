/** Rollouts: layout, rewards and advantages by arithmetic, with models that give what the test wants. */
import assert from "node:assert/strict";
import {
  answerArray,
  answerBatch,
  answerMask,
  contextOf,
  lastColumns,
  plainSampling,
} from "../../lib/lm/mod.ts";
import {
  configOf,
  leftPaddedBatch,
  rewardOfScore,
  rollout,
  rolloutOverPadding,
} from "../../lib/ppo/mod.ts";
import { actorWithDefects } from "../../lib/ppo/faithful.ts";
import { floats, ints } from "../../lib/runtime/mod.ts";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";
import { tinyConfig } from "../helpers/tiny.ts";

const PAD = 0;
/** Two rows: a prompt of 2 with an answer of 3 tokens, and a prompt of 3 with an answer of 1. */
const pairs = [
  { prompt: [2, 3], answer: [7, 8, 3] },
  { prompt: [2, 9, 3], answer: [6] },
];

Deno.test("rows are ragged: an answer token is predicted at the column before it", () => {
  const batch = answerBatch(pairs, { padId: PAD });
  assert.deepEqual(batch.rows.inputIds, ints([2, 3, 7, 8, 3, 2, 9, 3, 6, 0], [2, 5]));
  assert.deepEqual(batch.columns, ints([1, 2, 3, 2, 3, 4], [2, 3])); // 2 - 1, 3 - 1, and on
  assert.deepEqual(batch.targets, ints([7, 8, 3, 6, 0, 0], [2, 3]));
  // A score is the value at an answer's last token: columns 2 - 1 + 3 and 3 - 1 + 1.
  assert.deepEqual(lastColumns(batch, pairs), ints([4, 3], [2, 1]));
});

Deno.test("the tutorial's layout has pads before the prompts, which positions count and keys do not show", () => {
  const { rows, columns, targets } = leftPaddedBatch(pairs, { padId: PAD });
  assert.deepEqual(rows.inputIds, ints([0, 2, 3, 7, 8, 3, 2, 9, 3, 6, 0, 0], [2, 6]));
  assert.deepEqual(rows.positionIds, ints([0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5], [2, 6]));
  const hidden = 2 ** 30;
  assert.deepEqual(
    rows.keySlots,
    ints([hidden, 1, 2, 3, 4, 5, 0, 1, 2, 3, hidden, hidden], [2, 6]),
  );
  assert.deepEqual(columns, ints([2, 3, 4, 2, 3, 4], [2, 3])); // all answers begin in one column
  assert.deepEqual(targets, ints([7, 8, 3, 6, 0, 0], [2, 3]));
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
  const { seen, samplingMask } = contextOf({ config, sampling })([pair], { width: 3 });
  assert.deepEqual([...seen.data], [[0, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 1, 1, 1, 0]].flat());
  assert.deepEqual(
    [...samplingMask.data],
    [[0, 0, 1, 1, 0], [1, 0, 0, 1, 0], [1, 1, 1, 1, 1]].flat(),
  ); // all, at pads
  const unused = contextOf({ config, sampling: plainSampling })([pair], { width: 3 });
  assert.equal(unused.seen.data.length + unused.samplingMask.data.length, 0);
});

const toRewardOf = (given: Partial<Settings>) =>
  rewardOfScore(configOf(validateSettings(given)), { mean: 1, deviation: 2 });

Deno.test("the score of an answer is normalised, clipped, and lowered if the answer has no end token", () => {
  const paid = (score: number, ended: boolean, given: Partial<Settings> = {}) =>
    toRewardOf({ missing_eos_penalty: 0.5, ...given })(score, { ended });
  assert.equal(paid(4, true), (4 - 1) / 2);
  assert.equal(paid(4, false), (4 - 1) / 2 - 0.5);
  assert.equal(paid(21, true), 5); // (21 - 1) / 2 = 10, above the clip
  assert.equal(paid(-21, false), -5 - 0.5); // the penalty comes after the clip
  assert.equal(paid(21, true, { reward_clip_eps: 20 }), 10);
  assert.equal(paid(4, true, { normalise_scores: false }), 4);
});

/** What models give for an answer; beyond an answer's end stand numbers that only a rollout over padding may use. */
const gives = {
  policy: [[-10, -20, -30], [-5, 8, 8]],
  reference: [[-2, -2, -1], [-1.5, 9, 9]],
  values: [[0.5, 1, -1], [2, 7, 7]],
  scores: [3, 5],
};
const cut = (rows: number[][]) => (answers: readonly { answer: readonly number[] }[]) =>
  Promise.resolve(answers.map(({ answer }, row) => rows[row].slice(0, answer.length)));
const sampled = [
  { ...pairs[0], logProbs: [-1, -2, -3], ended: true },
  { ...pairs[1], logProbs: [-0.5], ended: false },
];
const noStep = () => Promise.reject(new Error("no step is made"));
const models = {
  actor: {
    generate: () => Promise.resolve(sampled),
    logProbs: cut(gives.policy),
    step: noStep,
  },
  reference: { logProbs: cut(gives.reference) },
  critic: { values: cut(gives.values), step: noStep },
  reward: { scores: () => Promise.resolve(gives.scores) },
};
const prompts = pairs.map(({ prompt }) => prompt);
const near = (found: readonly number[], wanted: readonly number[]) => {
  assert.equal(found.length, wanted.length);
  found.forEach((value, t) => assert.ok(Math.abs(value - wanted[t]) < 1e-12, `${found}`));
};

Deno.test("rewards, advantages and returns of each token follow by arithmetic", async () => {
  const toReward = toRewardOf({ missing_eos_penalty: 0.25 });
  const options = { timestep: 4, klCoef: 0.1, gamma: 1, lambda: 0.5, toReward };
  const [first, second] = await rollout(models, prompts, options);
  // r = -0.1 (log pi - log pi_ref), the log pi that generation gave; the last one gets (3 - 1) / 2 = 1
  near(first.rewards, [-0.1 * (-1 + 2), -0.1 * 0 + 0, -0.1 * (-3 + 1) + 1]);
  // delta = r + V' - V: -0.1 + 1 - 0.5 = 0.4, 0 - 1 - 1 = -2, 1.2 + 0 + 1 = 2.2
  // A_2 = 2.2, A_1 = -2 + 0.5 2.2 = -0.9, A_0 = 0.4 + 0.5 (-0.9) = -0.05
  near(first.advantages, [-0.05, -0.9, 2.2]);
  near(first.returns, [-0.05 + 0.5, -0.9 + 1, 2.2 - 1]);
  // The second: -0.1 (-0.5 + 1.5) + (5 - 1) / 2 - 0.25 = 1.65, and 1.65 - 2 = -0.35
  near(second.rewards, [1.65]);
  near(second.advantages, [-0.35]);
  assert.deepEqual([second.values, second.logProbs].map((row) => row.length), [1, 1]);
  assert.deepEqual([first.rawScore, first.score, first.ended, first.timestep], [3, 1, true, 4]);
});

Deno.test("over padding, the pads' values leak into the advantages of shorter answers", async () => {
  const toReward = toRewardOf({ missing_eos_penalty: 0 });
  const options = { timestep: 1, klCoef: 0.1, gamma: 1, lambda: 0.5, toReward };
  const [first, second] = await rolloutOverPadding({ padId: PAD })(models, prompts, options);
  // log pi is computed again: -0.1 (-5 + 1.5) + 2 = 2.35, then the pads' penalties -0.1 (8 - 9) = 0.1 each
  near(second.rewards, [2.35]);
  // delta: 2.35 + 7 - 2 = 7.35, 0.1 + 7 - 7 = 0.1, 0.1 - 7 = -6.9: the pads' value leaks into the answer
  near(second.advantages, [7.35 + 0.5 * (0.1 + 0.5 * -6.9)]);
  assert.deepEqual(first.answer, pairs[0].answer);
  assert.equal(second.values.length, 1); // what is kept is the answer's
});

Deno.test("log-probabilities of the raw distribution are computed again, else those of generation stand", async () => {
  const logProbsWith = async (given: Partial<Settings>) => {
    const actor = actorWithDefects(models.actor, configOf(validateSettings(given)));
    return (await actor.generate(prompts, { timestep: 1 })).map(({ logProbs }) => logProbs);
  };
  assert.deepEqual(await logProbsWith({ log_probs_of_raw_distribution: true }), [
    [-10, -20, -30],
    [-5],
  ]);
  assert.deepEqual(await logProbsWith({}), [[-1, -2, -3], [-0.5]]);
});
