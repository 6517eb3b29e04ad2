/**
 * Uses a trained reward model: scores questions about passages, as PPO and the tutorial's
 * `RewardRank/predict.py` do.
 *
 *   score      = value at the last token of [CLS] passage [SEP] question [SEP]
 *   normalised = (score - mean) / deviation
 *
 * The mean and the standard deviation are those of the SFT model's own answers. Clipping and the
 * penalty for an answer that never ends belong to PPO (`lib/ppo/evaluators.ts`).
 */
import { createRowScorer, type ModelFolder, uploadParameters, valueModelSpec } from "../lm/mod.ts";
import { answerRow, type Example, type Lengths, promptRow } from "../passages/mod.ts";
import { normaliseScores, type ScoreStatistics } from "../rl/mod.ts";
import type { Device } from "../runtime/mod.ts";

/** The score of one question about one passage. */
export interface QuestionScore {
  /** In the reward model's own units. */
  readonly score: number;
  /**
   * In standard deviations from the mean; undefined if the model has no score statistics, or their
   * standard deviation is no positive number.
   */
  readonly normalised: number | undefined;
  /** Tokens of the passage. */
  readonly tokens: number;
  /** The number of its first tokens that the model read. */
  readonly read: number;
}

/** Scores questions about passages, in their order. */
export type QuestionScorer = (examples: readonly Example[]) => Promise<QuestionScore[]>;

/**
 * The score statistics in the `settings.json` of a reward model's folder; undefined if the folder
 * has none.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const settings = { score_mean: 6, score_deviation: 2 };
 * deepEqual(storedStatistics({ settings }), { mean: 6, deviation: 2 });
 * deepEqual(storedStatistics({}), undefined); // the tutorial's reward model
 * ```
 */
export function storedStatistics(
  { settings }: Pick<ModelFolder, "settings">,
): ScoreStatistics | undefined {
  const { score_mean: mean, score_deviation: deviation } = settings ?? {};
  return typeof mean === "number" && typeof deviation === "number"
    ? { mean, deviation }
    : undefined;
}

/** Whether scores can be divided by the standard deviation. */
const isUsable = ({ deviation }: ScoreStatistics): boolean =>
  deviation > 0 && Number.isFinite(deviation);

/**
 * Compiles a reward model and loads its weights. The result throws a RangeError if `lengths` leave
 * no room for a passage.
 */
export async function createQuestionScorer(
  device: Device,
  folder: ModelFolder,
  { lengths }: { lengths: Lengths },
): Promise<QuestionScorer> {
  const { config, tokenizer, weights } = folder;
  const scoreRows = await createRowScorer(device, config, { padId: tokenizer.padId });
  const parameters = await uploadParameters(device, valueModelSpec(config), weights, {
    share: true,
  });
  const statistics = storedStatistics(folder);
  return async (examples) => {
    const prompts = examples.map(({ content }) => promptRow(tokenizer, content, lengths));
    const rows = examples.map(({ query }, index) => [
      ...prompts[index],
      ...answerRow(tokenizer, query, lengths),
    ]);
    const scores = await scoreRows(parameters, rows);
    const normalised = statistics && isUsable(statistics)
      ? normaliseScores(scores, statistics)
      : undefined;
    return examples.map(({ content }, index) => ({
      score: scores[index],
      normalised: normalised?.[index],
      tokens: tokenizer.encode(content).length,
      read: prompts[index].length - 2, // [CLS] and [SEP]
    }));
  };
}
