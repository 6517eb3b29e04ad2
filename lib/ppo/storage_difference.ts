/**
 * Measures, when a run begins, the effect of storing the frozen models as float16. At that point,
 * the actor and the critic are the same models in float32.
 *
 * The text comes from the run: the second halves of its first prompts serve as answers to the first
 * halves.
 */
import { type PromptAndAnswer, uploadParameters, valueModelSpec } from "../lm/mod.ts";
import { meanOf } from "../rl/mod.ts";
import { say } from "../text/mod.ts";
import { frozenType } from "./config.ts";
import type { RunModels } from "./create_models.ts";
import type { PpoInputs } from "./inputs.ts";

/** The difference between two lists of numbers. */
export interface Difference {
  /** The mean of |a - b|. */
  readonly mean: number;
  /** The largest |a - b|. */
  readonly largest: number;
  /** The number of pairs compared. */
  readonly count: number;
}

/** The effect of storing the frozen models as float16. */
export interface StorageDifference {
  /** The effect on the reference's log-probabilities, in nats, one number per token. */
  readonly logProbs: Difference;
  /** The effect on the reward model's raw scores, one number per answer. */
  readonly scores: Difference;
}

/**
 * The second half of each prompt, at most `query_len` tokens, as an answer to the tokens before
 * it.
 */
function halvedPrompts({ prompts, settings }: PpoInputs): PromptAndAnswer[] {
  return prompts.slice(0, settings.batch_size).filter(({ length }) => length > 1).map((row) => {
    const start = row.length - Math.min(settings.query_len, Math.floor(row.length / 2));
    return { prompt: row.slice(0, start), answer: row.slice(start) };
  });
}

/**
 * Measures the difference, or returns undefined if the frozen models are stored as float32. It must
 * be called before training.
 *
 * In float32, the reference equals the actor, and the reward model is the critic with its own head.
 * Only this head is uploaded again.
 */
export async function measureStorage(
  inputs: PpoInputs,
  { actor, reference, reward, trainedCritic, scoresBy }: RunModels,
): Promise<StorageDifference | undefined> {
  if (frozenType(inputs.settings) === "float32") return undefined;
  const { device } = inputs;
  const answers = halvedPrompts(inputs);
  const { value_fn } = valueModelSpec(inputs.reward.config);
  const head = await uploadParameters(device, { value_fn }, inputs.reward.weights);
  try {
    const inFloat32 = { ...trainedCritic.state.parameters, ...head };
    const [exact, stored] = [await actor.logProbs(answers), await reference.logProbs(answers)];
    return {
      logProbs: apart(exact.flat(), stored.flat()),
      scores: apart(await scoresBy(inFloat32, answers), await reward.scores(answers)),
    };
  } finally {
    device.free(head.value_fn.weight);
  }
}

function apart(a: readonly number[], b: readonly number[]): Difference {
  const distances = a.map((value, index) => Math.abs(value - b[index]));
  const largest = distances.reduce((most, distance) => Math.max(most, distance), 0);
  return { mean: meanOf(distances), largest, count: distances.length };
}

/**
 * Describes the difference in one sentence.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const logProbs = { mean: 0.00042, largest: 0.0031, count: 900 };
 * const scores = { mean: 0.0002, largest: 0.00071, count: 16 };
 * equal(
 *   storageText({ logProbs, scores }),
 *   "frozen models are stored as float16: log-probabilities of 900 prompt tokens " +
 *     "change by 0.00042 nats per token on average, 0.0031 at most; " +
 *     "scores of 16 answers by 0.0002 on average, 0.00071 at most",
 * );
 * ```
 */
export function storageText({ logProbs, scores }: StorageDifference): string {
  const short = (value: number) => Number(value.toPrecision(2));
  const text = ({ mean, largest }: Difference, unit: string) =>
    `${short(mean)}${unit} on average, ${short(largest)} at most`;
  const inChinese = ({ mean, largest }: Difference, unit: string) =>
    `平均 ${short(mean)}${unit}，最大 ${short(largest)}`;
  return say({
    en: "frozen models are stored as float16: " +
      `log-probabilities of ${logProbs.count} prompt tokens ` +
      `change by ${text(logProbs, " nats per token")}; ` +
      `scores of ${scores.count} answers by ${text(scores, "")}`,
    zh: `冻结的模型用 float16 存放：提示中 ${logProbs.count} 个词元的对数概率变化` +
      `${inChinese(logProbs, " 纳特/词元")}；` +
      `${scores.count} 个回答的分数变化${inChinese(scores, "")}`,
  });
}
