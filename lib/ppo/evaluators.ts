/**
 * Everything that is computed from answers without training: log-probabilities, values, scores,
 * the rewards derived from the scores, and the exact KL.
 *
 * Each evaluator splits the answers into groups, lays out each group as a padded batch, and returns
 * ragged rows in the order of the answers.
 */
import {
  type AnswerLayout,
  answerLayout,
  type BatchEvaluator,
  createExactKl,
  createPolicyScorer,
  createValueScorer,
  evaluateAnswers,
  lastColumns,
  type PromptAndAnswer,
  type StoredGpt2,
  type StoredValueModel,
  type WeightType,
} from "../lm/mod.ts";
import { clipScore, meanOf, normaliseScores, type ScoreStatistics } from "../rl/mod.ts";
import { EXACT_KL } from "../settings/mod.ts";
import type { PpoConfig } from "./config.ts";
import { layoutWithDefects, samplingForLogProbs } from "./faithful.ts";
import type { PpoInputs } from "./inputs.ts";
import type { SampledAnswer } from "./sample.ts";

/** Callbacks that run between two programs of a model. */
export interface Housekeeping {
  /** Throws when the run has been aborted. */
  checkAbort(): void;
  /** Returns memory to the system if `spareMemory` is set. */
  tidy(): void;
}

/**
 * Groups answers and lays them out for one kind of call, with at most `maxRows` rows at once (0:
 * any number).
 */
export function layoutFor(
  purpose: "score" | "train",
  { policy, special: { padId } }: PpoInputs,
  { defects, maxRows }: Pick<PpoConfig, "defects"> & { maxRows: number },
): AnswerLayout {
  const layout = answerLayout({ padId, shape: policy.config, maxRows: maxRows || Infinity });
  return layoutWithDefects(layout, { defects, padId, purpose, maxRows });
}

/** Compiles everything that is computed from answers without training. */
export async function createEvaluators(
  inputs: PpoInputs,
  config: PpoConfig,
  { checkAbort, tidy }: Housekeeping,
) {
  const { device, policy, reward } = inputs;
  const { frozenType, scoreBatchSize } = config.memory;
  const types = [...new Set<WeightType>(["float32", frozenType])];
  const shape = { config: policy.config, sampling: samplingForLogProbs(config) };
  const logProbs = await createPolicyScorer(device, shape, types);
  const values = await createValueScorer(device, reward.config, types);
  const exactKl = await createExactKl(device, shape, frozenType);
  const layout = layoutFor("score", inputs, { ...config, maxRows: scoreBatchSize });
  const each = (
    answers: readonly PromptAndAnswer[],
    evaluate: BatchEvaluator,
    layoutOfCall = layout,
  ) =>
    evaluateAnswers(answers, layoutOfCall, (...group) => {
      checkAbort();
      tidy();
      return evaluate(...group);
    });
  return {
    logProbs: (parameters: StoredGpt2, answers: readonly PromptAndAnswer[]) =>
      each(answers, logProbs(parameters)),
    values: (parameters: StoredValueModel, answers: readonly PromptAndAnswer[]) =>
      each(answers, values(parameters)),
    scores: async (parameters: StoredValueModel, answers: readonly PromptAndAnswer[]) => {
      const read = values(parameters);
      const last: BatchEvaluator = ({ rows, columns }, members) =>
        read({ rows, columns: lastColumns({ columns }, members) });
      return (await each(answers, last)).flat();
    },
    async exactKl(
      models: Parameters<typeof exactKl>[0],
      answers: readonly PromptAndAnswer[],
      { maxLogits = EXACT_KL.logits }: { maxLogits?: number } = {},
    ) {
      const logits = config.answerLength * policy.config.vocabSize; // the maximum for one answer
      const fitting = Math.max(1, Math.floor(maxLogits / logits));
      const maxRows = Math.min(scoreBatchSize || Infinity, fitting);
      const rows = await each(
        answers,
        exactKl(models),
        layoutFor("score", inputs, { ...config, maxRows }),
      );
      tidy();
      return meanOf(rows.map((row) => row.reduce((total, kl) => total + kl, 0)));
    },
  };
}

/**
 * Creates the function that turns a reward-model score into its contribution to the last token's
 * reward: normalise, clip, and subtract the penalty if the answer never ended.
 *
 * @example
 * ```ts
 * import { rewardOfScore } from "ppo/ppo/mod.ts";
 * import { equal } from "node:assert/strict";
 * const config = { normaliseScores: true, scoreClipRange: 5, missingEosPenalty: 1 };
 * const toReward = rewardOfScore(config, { mean: 1, deviation: 2 });
 * equal(toReward(4, { ended: true }), 1.5); // (4 - 1) / 2
 * equal(toReward(21, { ended: false }), 4); // (21 - 1) / 2, clipped to 5, minus 1
 * ```
 */
export function rewardOfScore(
  { normaliseScores: normalise, scoreClipRange, missingEosPenalty }: Pick<
    PpoConfig,
    "normaliseScores" | "scoreClipRange" | "missingEosPenalty"
  >,
  statistics: ScoreStatistics | undefined,
): (score: number, answer: Pick<SampledAnswer, "ended">) => number {
  return (score, { ended }) => {
    const [normalised] = normalise && statistics ? normaliseScores([score], statistics) : [score];
    return clipScore(normalised, scoreClipRange) - (ended ? 0 : missingEosPenalty);
  };
}
