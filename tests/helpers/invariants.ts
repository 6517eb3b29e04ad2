/**
 * What must hold of PPO whatever it learns, as functions that give true or false on tiny random
 * models.
 *
 * Each takes settings, so that a test can call it with the defaults and with a defect switched on.
 * What chapter 06 shows is measured by the library's `checkInvariants`; the rest is here.
 */
import { DivergenceError } from "../../lib/learn/mod.ts";
import assert from "node:assert/strict";
import { checkInvariants } from "../../lib/course/mod.ts";
import { type TokenRow, uploadParameters, valueModelSpec, type Weight } from "../../lib/lm/mod.ts";
import { adamDefaults } from "../../lib/optim/mod.ts";
import {
  configOf,
  type LoadedModel,
  type PpoInputs,
  rewardOfScore,
  type Sample,
  shuffledMinibatches,
  wholeBatches,
} from "../../lib/ppo/mod.ts";
import { uniform } from "../../lib/random/mod.ts";
import type { Settings } from "../../lib/settings/mod.ts";
import { createRewardTrainer } from "../../lib/stages/mod.ts";
import { relativeError } from "./fixtures.ts";
import { sampleOf } from "./samples_of_answers.ts";
import {
  allMetrics,
  device,
  PAD,
  tinyConfig,
  tinyInputs,
  tinyPpo,
  tinyPrompts,
  tinyReward,
} from "./tiny.ts";

type Given = Partial<Settings>;

/** The largest difference that rounding explains. */
const ROUNDING = 1e-5;

/** Whether two rows of numbers are equal but for rounding. */
const same = (
  left: ArrayLike<number>,
  right: ArrayLike<number>,
  tolerance = ROUNDING,
): boolean => left.length === right.length && relativeError(left, right) <= tolerance;

/** The numbers of all samples' tokens. */
const realOf = (
  samples: readonly Sample[],
  key: "logProbs" | "refLogProbs" | "values",
) => samples.flatMap((sample) => sample[key]);

/** The tiny reward model with its head, and so all its scores, multiplied. */
function scaledReward(factor: number): LoadedModel {
  const scaled = ([name, { shape, data }]: [string, Weight]): [string, Weight] => [
    name,
    { shape, data: name === "value_fn.weight" ? data.map((value) => factor * value) : data },
  ];
  return { config: tinyConfig, weights: new Map([...tinyReward.weights].map(scaled)) };
}

/** What the library's invariants measure on a tiny run: the difference of each by its name. */
async function differencesOf(given: Given): Promise<(name: string) => number> {
  const invariants = await checkInvariants(await tinyPpo(given), tinyPrompts);
  const differences = new Map(invariants.map(({ name, difference }) => [name, difference]));
  return (name) => differences.get(name) ?? assert.fail(`no invariant ${name}`);
}

/** Before any step, the policy that is updated is the one that sampled. */
export async function firstRatioIsOne(given: Given = {}): Promise<boolean> {
  return (await differencesOf(given))("ratio of the first minibatch is 1") <= ROUNDING;
}

/** Before any step, the policy is the reference. */
export async function klIsZeroAtStart(given: Given = {}): Promise<boolean> {
  const ppo = await tinyPpo(given);
  const pool = await ppo.experience(1, tinyPrompts);
  return (await differencesOf(given))("KL to the reference is 0") <= ROUNDING &&
    await ppo.models.exactKl(pool) < 1e-6;
}

/** Long answers, and a critic with the reward model's head, so that its values are not 0. */
const SCORED: Given = { query_len: 8, fresh_value_head: false };

/** The same answers scored in one batch and each alone. */
export async function scoredTogetherAndAlone(
  given: Given = {},
): Promise<{ together: Sample[]; alone: Sample[] }> {
  const ppo = await tinyPpo({ ...SCORED, ...given });
  const together = await ppo.experience(1, tinyPrompts);
  const alone: Sample[] = [];
  for (const sample of together) alone.push(...await ppo.rescore([sample]));
  return { together, alone };
}

/**
 * Longer neighbours change no log-probability, value or score; nor does scoring in groups of at
 * most three.
 */
export async function scoresIgnoreNeighbours(given: Given = {}): Promise<boolean> {
  const difference = await differencesOf({ ...SCORED, ...given });
  const names = ["log-probability", "value", "score"].map((what) => `padding changes no ${what}`);
  const { together, alone } = await scoredTogetherAndAlone(given);
  const groups = await tinyPpo({ ...SCORED, ...given, score_batch_size: 3 });
  const agree = (
    others: readonly Sample[],
    keys: readonly ("logProbs" | "refLogProbs" | "values")[],
  ) =>
    keys.every((key) => same(realOf(together, key), realOf(others, key))) &&
    same(together.map(({ score }) => score), others.map(({ score }) => score));
  return names.every((name) => difference(name) <= ROUNDING) && agree(alone, ["logProbs"]) &&
    agree(await groups.rescore(together), ["logProbs", "refLogProbs", "values"]);
}

/** Neighbours with longer answers change no advantage. */
export async function advantagesIgnoreNeighbours(given: Given = {}): Promise<boolean> {
  const difference = await differencesOf({ ...SCORED, ...given });
  return difference("padding changes no advantage") <= ROUNDING;
}

/** The old log-probabilities are those of the distribution that the tokens were drawn from. */
export async function logProbsAreTheSamplers(given: Given = {}): Promise<boolean> {
  const all = { temperature: 0.7, top_k: 6, repetition_penalty: 1.4, ...given };
  const ppo = await tinyPpo(all);
  const { seed, query_len } = tinyInputs(all).settings;
  const pool = await ppo.experience(1, tinyPrompts);
  const options = {
    maxNewTokens: query_len,
    uniform: (row: number, position: number) => uniform(seed, 1, row, position),
  };
  const drawn = await ppo.generator.generate(ppo.actor(), tinyPrompts, options);
  return same(realOf(pool, "logProbs"), drawn.flatMap(({ logProbs }) => logProbs));
}

/**
 * The gradient norm and the loss of the actor's first step on a whole pool, with rewards `factor`
 * times as large.
 */
async function firstActorStep(given: Given, factor: number) {
  const inputs: Partial<PpoInputs> = {
    scoreStatistics: { mean: 0, deviation: 1 },
    reward: scaledReward(factor),
  };
  const wide = { reward_clip_eps: 1e6, missing_eos_penalty: 0, mini_batch_size: 100, ppo_epoch: 1 };
  const ppo = await tinyPpo({ ...wide, ...given }, inputs);
  const [{ actor }] = await ppo.learn(await ppo.experience(1, tinyPrompts), 0);
  return actor;
}

/**
 * Advantages have mean 0 (so the first loss is 0, every ratio being 1) and a scale of their own.
 */
export async function advantagesAreWhite(given: Given = {}): Promise<boolean> {
  const [small, large] = [await firstActorStep(given, 1), await firstActorStep(given, 10)];
  return Math.abs(small.loss) < 1e-5 && same([large.gradNorm], [small.gradNorm], 1e-4);
}

/** The reward of an answer does not depend on the unit of the reward model's scores. */
export async function rewardIgnoresTheScoresUnit(given: Given = {}): Promise<boolean> {
  const rewards = async (factor: number) => {
    const scoreStatistics = { mean: 0.2 * factor, deviation: 0.5 * factor };
    const ppo = await tinyPpo(given, { scoreStatistics, reward: scaledReward(factor) });
    return (await ppo.experience(1, tinyPrompts)).map(({ score }) => score);
  };
  return same(await rewards(3), await rewards(1));
}

/** An answer that never ends has a smaller reward than one that ends with the same score. */
export function endlessAnswersHaveSmallerRewards(given: Given = {}): boolean {
  const { settings, scoreStatistics } = tinyInputs(given);
  const toReward = rewardOfScore(configOf(settings), scoreStatistics);
  return toReward(0.3, { ended: false }) < toReward(0.3, { ended: true });
}

/** A minibatch has answers of several timesteps. */
export function minibatchesMixTimesteps(given: Given = {}): boolean {
  const config = configOf(tinyInputs(given).settings);
  const minibatches = config.defects.shuffle_whole_batches ? wholeBatches : shuffledMinibatches;
  const pool = Array.from(
    { length: 12 },
    (_, index) => sampleOf([5], { timestep: Math.floor(index / 3) }),
  );
  const batches = minibatches(pool, { ...config, epoch: 0 });
  return batches.some((batch) => new Set(batch.map(({ timestep }) => timestep)).size > 1);
}

/** Metrics of a run without the time they took, as text: equal only where every bit is. */
export async function metricsText(given: Given = {}): Promise<string> {
  const rows = await allMetrics(given);
  return JSON.stringify(rows, (key, value) => key.startsWith("seconds_") ? undefined : value);
}

/** The same seed gives the same run. */
export async function runsRepeat(given: Given = {}): Promise<boolean> {
  return await metricsText(given) === await metricsText(given);
}

/**
 * A better answer that is scored far below a worse one gives a large loss, not an infinite one,
 * and a step that is a number.
 */
export async function rankingLossStaysFinite({ stable }: { stable: boolean }): Promise<boolean> {
  const optimizer = { ...adamDefaults, maxGradNorm: 1 };
  const trainer = await createRewardTrainer(device, tinyConfig, {
    padId: PAD,
    optimizer,
    stable,
  });
  const spec = valueModelSpec(tinyConfig);
  const state = await trainer.start(
    await uploadParameters(device, spec, scaledReward(1000).weights),
  );
  const answers: TokenRow[] = [[4, 5, 3], [6, 3], [7, 8, 9, 3]];
  const lists = [answers, answers.toReversed()].map((ranks) =>
    ranks.map((answer) => [...tinyPrompts[0], ...answer])
  );
  try {
    await trainer.step(state, lists, { learningRate: 1e-3 });
    return true;
  } catch (error) {
    if (error instanceof DivergenceError) return false;
    throw error;
  }
}
