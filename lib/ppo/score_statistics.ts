/**
 * Measures the mean and standard deviation of a reward model's scores on the SFT model's own
 * answers, if they were not stored with the reward model. The tutorial's reward model has none, and
 * without normalisation the scores of good answers are clipped (`lib/rl/scores.ts`).
 */
import { createGenerator, sampleAnswers } from "../decode/mod.ts";
import { createRowScorer, gpt2Spec, uploadParameters, valueModelSpec } from "../lm/mod.ts";
import { type ScoreStatistics, scoreStatistics } from "../rl/mod.ts";
import { flatten, isDeviceArray } from "../runtime/mod.ts";
import { say } from "../text/mod.ts";
import { samplingOf } from "./config.ts";
import { checkInputs, type LoadedModel, type PpoInputs } from "./inputs.ts";

/**
 * The number of sampled answers, enough to find the mean to within 1/8 of a standard deviation.
 */
const MEASURED_ANSWERS = 64;

/**
 * Samples the SFT model's answers to prompts spread over the whole data set, with PPO's sampling
 * settings, and scores them. The same seed gives the same numbers. PPO's own answers use other
 * random numbers, because PPO counts timesteps from 1, whereas this function uses timestep 0.
 *
 * @param options.onMeasuring receives a line of progress at the start and after each batch
 * @throws RangeError as `createPpo` does.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { measureScores } from "ppo/ppo/mod.ts";
 * import { initialWeights, valueModelSpec } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * import { validateSettings } from "ppo/settings/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const spec = valueModelSpec(config);
 * const weights = initialWeights(spec, { normal: () => 1, layers: 1 });
 * const lengths = { max_len: 8, query_len: 2, batch_size: 2, num_return_sequences: 2 };
 * const settings = validateSettings({ ...lengths, normalise_scores: false, do_sample: false });
 * const model = { config, weights };
 * const inputs = {
 *   ...{ device: await openDevice("cpu"), policy: model, reward: model },
 *   ...{ special: { padId: 0, endId: 3 }, prompts: [[2, 4, 3], [2, 1, 3]], settings },
 * };
 * const { mean } = await measureScores(inputs);
 * deepEqual(Number.isFinite(mean), true); // over the answers to both prompts
 * ```
 */
export async function measureScores(
  inputs: PpoInputs,
  { onMeasuring = () => {} }: { readonly onMeasuring?: (line: string) => void } = {},
): Promise<ScoreStatistics> {
  checkInputs({ ...inputs, scoreStatistics: { mean: 0, deviation: 1 } });
  const { device, policy, reward, special, settings } = inputs;
  const prompts = spread(inputs.prompts, MEASURED_ANSWERS);
  const generator = await createGenerator(device, policy.config, {
    sampling: samplingOf(settings),
    special,
    greedy: !settings.do_sample,
  });
  const upload = <T>(spec: T, { weights }: LoadedModel) =>
    uploadParameters(device, spec, weights, { share: true });
  const parameters = await upload(gpt2Spec(policy.config), policy);
  const progress = say({
    en: `score statistics: ${prompts.length} answers of the SFT model`,
    zh: `分数的统计量：SFT 模型的 ${prompts.length} 个回答`,
  });
  onMeasuring(progress);
  let answered = 0;
  const answers = await sampleAnswers(generator, { parameters, prompts }, {
    maxNewTokens: settings.query_len,
    seed: settings.seed,
    batchSize: settings.generate_batch_size || settings.batch_size,
    onAnswered(count) {
      answered += count;
      onMeasuring(progress + say({ en: `, ${answered} sampled`, zh: `，已采样 ${answered} 个` }));
    },
  });
  await generator.release();
  const scorer = await createRowScorer(device, reward.config, { padId: special.padId });
  const judge = await upload(valueModelSpec(reward.config), reward);
  const rows = prompts.map((prompt, index) => [...prompt, ...answers[index].tokens]);
  onMeasuring(progress + say({ en: ", being scored", zh: "，正在评分" }));
  const batchSize = settings.score_batch_size || settings.batch_size;
  const scores = await scorer(judge, rows, { batchSize });
  if (device.kind !== "cpu") { // there, they are the memory of the weights
    for (const array of flatten([parameters, judge], isDeviceArray).values()) device.free(array);
  }
  return scoreStatistics(scores);
}

/** At most `count` evenly spaced items. */
function spread<T>(items: readonly T[], count: number): T[] {
  const size = Math.min(count, items.length);
  return Array.from({ length: size }, (_, index) => items[Math.floor(index * items.length / size)]);
}
