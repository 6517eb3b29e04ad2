/**
 * The tutorial's defects. Each wraps or replaces a function, a model or an option, so that the
 * algorithm has no branch for it. All are off by default. The setting `faithful` turns them on, so
 * that a chapter can show the effect of each one.
 *
 * `run.ts` gets three of them from `withDefects` (`gae_over_padding`, `shuffle_whole_batches`,
 * `prompts_through_set`). The others change how the models are made (`create_models.ts`,
 * `evaluators.ts`).
 *
 * The tutorial's remaining choices need no wrapper because they are ordinary settings: no
 * whitening, no score normalisation, no penalty for a missing end token, and a repetition penalty.
 */
import type { AnswerDropout } from "../learn/mod.ts";
import {
  type AnswerBatch,
  answerColumnsAndTargets,
  type AnswerLayout,
  chunksOf,
  longestAnswer,
  maskedRows,
  padded,
  plainSampling,
  type PromptAndAnswer,
  type SamplingSettings,
} from "../lm/mod.ts";
import { type Random, randomStream, shuffle, uniform } from "../random/mod.ts";
import { floats } from "../runtime/mod.ts";
import { gae, shapedRewards } from "../rl/mod.ts";
import type { PpoConfig } from "./config.ts";
import { type CutIntoMinibatches, epochRandom, shuffledMinibatches } from "./minibatches.ts";
import type { Actor } from "./models.ts";
import { type Rollout, rollout, type RolloutOptions } from "./rollout.ts";
import type { Sample } from "./sample.ts";

type Defects = Pick<PpoConfig, "defects">;

/**
 * Defect `left_pad_without_positions`: prompts are padded on the left, and position ids count the
 * padding.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { leftPaddedBatch } from "ppo/ppo/mod.ts";
 * const answers = [{ prompt: [1, 2], answer: [7] }, { prompt: [1], answer: [8] }];
 * const { rows } = leftPaddedBatch(answers, { padId: 0 });
 * deepEqual([...rows.inputIds.data], [1, 2, 7, 0, 1, 8]);
 * ```
 */
export function leftPaddedBatch(
  answers: readonly PromptAndAnswer[],
  { padId }: { padId: number },
): AnswerBatch {
  const promptWidth = Math.max(...answers.map(({ prompt }) => prompt.length));
  const answerWidth = longestAnswer(answers);
  const ids = answers.map(({ prompt, answer }) => [
    ...Array<number>(promptWidth - prompt.length).fill(padId),
    ...prompt,
    ...padded(answer, answerWidth, padId),
  ]);
  const mask = ids.map((row) => row.map((id) => id === padId ? 0 : 1));
  return {
    rows: maskedRows(ids, mask),
    ...answerColumnsAndTargets(answers, { padId, start: () => promptWidth - 1 }),
  };
}

/**
 * The layout of one kind of call under the defects. If padding or dropout depends on the whole
 * batch, answers keep their order.
 */
export function layoutWithDefects(
  layout: AnswerLayout,
  { defects, padId, purpose, maxRows }: Defects & {
    padId: number;
    purpose: "score" | "train";
    maxRows: number;
  },
): AnswerLayout {
  const inOrder = (rows: number): AnswerLayout["groups"] => (answers) =>
    chunksOf([...answers.keys()], rows || answers.length);
  if (defects.left_pad_without_positions) {
    return {
      groups: inOrder(purpose === "train" ? maxRows : 0),
      batch: (answers) => leftPaddedBatch(answers, { padId }),
    };
  }
  const dropout = purpose === "train" && defects.dropout_in_update;
  return dropout ? { ...layout, groups: inOrder(maxRows) } : layout;
}

/** Keeps the dropout keys apart from the answers' random numbers, whose row numbers are smaller. */
const DROPOUT_ROW = 1_000_000;

/** GPT-2's dropout rate. */
const DROPOUT = 0.1;

/**
 * Defect `dropout_in_update`: dropout is on in the update but not in the rollout, so that the
 * first ratio is not 1. Every micro-batch of a step uses the same dropout keys.
 */
export function updateDropout({ defects, seed }: Defects & { seed: number }) {
  if (!defects.dropout_in_update) return undefined;
  const keys: AnswerDropout["keys"] = (dims, step) => {
    const keyAt = (index: number) => uniform(seed, step, DROPOUT_ROW, index);
    return floats(Array.from({ length: dims[0] * dims[1] }, (_, index) => keyAt(index)), dims);
  };
  return { rate: DROPOUT, keys };
}

/**
 * Defect `log_probs_of_raw_distribution`: log-probabilities come from the raw distribution instead
 * of the sampling distribution.
 */
export const samplingForLogProbs = (
  { defects, sampling }: Defects & { sampling: SamplingSettings },
): SamplingSettings => defects.log_probs_of_raw_distribution ? plainSampling : sampling;

/** Recomputes an actor's log-probabilities after sampling if a defect makes them differ. */
export function actorWithDefects(actor: Actor, { defects }: Defects): Actor {
  if (!defects.log_probs_of_raw_distribution && !defects.left_pad_without_positions) return actor;
  return {
    ...actor,
    async generate(prompts, options) {
      const answers = await actor.generate(prompts, options);
      const logProbs = await actor.logProbs(answers);
      return answers.map((answer, index) => ({ ...answer, logProbs: logProbs[index] }));
    },
  };
}

/**
 * Defect `gae_over_padding`: the KL penalty and GAE include the padding after the end of an answer.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { rolloutOverPadding } from "ppo/ppo/mod.ts";
 * const answers = [{ prompt: [1], answer: [7], logProbs: [-1], ended: true }];
 * const policy = { logProbs: () => Promise.resolve([[-1.5]]) };
 * const models = {
 *   actor: { generate: () => Promise.resolve(answers), ...policy },
 *   reference: policy,
 *   critic: { values: () => Promise.resolve([[0.5]]) },
 *   reward: { scores: () => Promise.resolve([3]) },
 * };
 * const toReward = (score: number) => score;
 * const options = { timestep: 1, klCoef: 0.1, gamma: 1, lambda: 1, toReward };
 * const [{ logProbs }] = await rolloutOverPadding({ padId: 0 })(models, [[1]], options);
 * deepEqual(logProbs, [-1.5]); // computed again over the padded answers
 * ```
 */
export function rolloutOverPadding({ padId }: { padId: number }): Rollout {
  return async (models, prompts, options) => {
    const samples = await rollout(models, prompts, options);
    const width = longestAnswer(samples);
    const asPadded = samples.map((sample) => ({
      ...sample,
      answer: padded(sample.answer, width, padId),
    }));
    const logProbs = await models.actor.logProbs(asPadded);
    const values = await models.critic.values(asPadded);
    const refLogProbs = await models.reference.logProbs(asPadded);
    return samples.map((sample, i) => {
      const row = { logProbs: logProbs[i], refLogProbs: refLogProbs[i], values: values[i] };
      return { ...sample, ...estimatesOverPadding(row, sample, options) };
    });
  };
}

/** Computes rewards and GAE over a whole padded row and then truncates them to the answer. */
function estimatesOverPadding(
  row: Pick<Sample, "logProbs" | "refLogProbs" | "values">,
  { answer: { length }, score }: Sample,
  { klCoef, gamma, lambda }: RolloutOptions,
): Partial<Sample> {
  const penalties = shapedRewards({ ...row, score: 0, klCoef });
  const rewards = penalties.with(length - 1, penalties[length - 1] + score);
  const all = { ...row, rewards, ...gae({ ...row, rewards, gamma, lambda }) };
  return Object.fromEntries(
    Object.entries(all).map(([name, numbers]) => [name, numbers.slice(0, length)]),
  );
}

/**
 * Defect `shuffle_whole_batches`: whole timesteps are shuffled instead of their answers.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { wholeBatches } from "ppo/ppo/mod.ts";
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const pool = [1, 1, 2].map((timestep) => sampleOf(7, timestep));
 * const minibatches = wholeBatches(pool, { seed: 1, epoch: 0, minibatchSize: 2 });
 * deepEqual(minibatches.map(({ length }) => length).toSorted(), [1, 2]); // a timestep each
 * ```
 */
export const wholeBatches: CutIntoMinibatches = (pool, { seed, epoch }): Sample[][] =>
  shuffle(
    [...Map.groupBy(pool, ({ timestep }) => timestep).values()],
    epochRandom({ seed, epoch }),
  );

/** The functions of the algorithm, wrapped in the enabled defects. */
export function withDefects(
  { defects, seed }: PpoConfig,
  { padId }: { padId: number },
): { rollout: Rollout; minibatches: CutIntoMinibatches; promptRandom: (skip: number) => Random } {
  return {
    rollout: defects.gae_over_padding ? rolloutOverPadding({ padId }) : rollout,
    minibatches: defects.shuffle_whole_batches ? wholeBatches : shuffledMinibatches,
    /** Defect `prompts_through_set`: the order of the prompts does not depend on the seed. */
    promptRandom: (skip: number): Random =>
      defects.prompts_through_set ? Math.random : randomStream(seed, { skip }),
  };
}
