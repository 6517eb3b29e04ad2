/**
 * The tutorial's defects. Each is a wrapper around the function or model that it changes. All are
 * off by default. `faithful` turns them on, so that a chapter can show the effect of each one.
 *
 * The tutorial's remaining choices need no wrapper because they are ordinary settings: no
 * whitening, no score normalisation, no penalty for a missing end token, and a repetition penalty.
 */
import type { AnswerDropout } from "../learn/mod.ts";
import {
  type AnswerBatch,
  type AnswerLayout,
  answerPlaces,
  chunksOf,
  maskedRows,
  padded,
  plainSampling,
  type PromptAndAnswer,
  type SamplingSettings,
  widthOf,
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
 */
export function leftPaddedBatch(
  answers: readonly PromptAndAnswer[],
  { padId }: { padId: number },
): AnswerBatch {
  const promptWidth = Math.max(...answers.map(({ prompt }) => prompt.length));
  const answerWidth = widthOf(answers);
  const ids = answers.map(({ prompt, answer }) => [
    ...Array<number>(promptWidth - prompt.length).fill(padId),
    ...prompt,
    ...padded(answer, answerWidth, padId),
  ]);
  const mask = ids.map((row) => row.map((id) => id === padId ? 0 : 1));
  return {
    rows: maskedRows(ids, mask),
    ...answerPlaces(answers, { padId, start: () => promptWidth - 1 }),
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

/** GPT-2's dropout rate. */
const DROPOUT = 0.1;

/**
 * Defect `dropout_in_update`: dropout is on in the update but not in the rollout, so that the
 * first ratio is not 1.
 */
export const updateDropout = (
  { defects, seed }: Defects & { seed: number },
): AnswerDropout | undefined =>
  defects.dropout_in_update
    ? {
      rate: DROPOUT,
      keys: (dims, step) =>
        floats(
          Array.from(
            { length: dims[0] * dims[1] },
            (_, index) => uniform(seed, step, 1_000_000, index),
          ),
          dims,
        ),
    }
    : undefined;

/**
 * Defect `log_probs_of_raw_distribution`: log-probabilities come from the raw distribution instead
 * of the sampling distribution.
 */
export const samplingForLogProbs = (
  { defects, sampling }: Defects & { sampling: SamplingSettings },
): SamplingSettings => defects.log_probs_of_raw_distribution ? plainSampling : sampling;

/** Computes an actor's log-probabilities again after sampling, if a defect makes the two differ. */
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
 * Defect `gae_over_padding`: the KL penalty and GAE include the padding after the end of an
 * answer.
 */
export function rolloutOverPadding({ padId }: { padId: number }): Rollout {
  return async (models, prompts, options) => {
    const samples = await rollout(models, prompts, options);
    const width = widthOf(samples);
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

/** Defect `shuffle_whole_batches`: whole timesteps are shuffled instead of their answers. */
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
