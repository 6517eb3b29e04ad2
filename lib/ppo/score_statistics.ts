/**
 * Measures the mean and standard deviation of a reward model's scores on the SFT model's own
 * answers, if they were not stored with the reward model. The tutorial's reward model has none, and
 * without normalisation the scores of good answers are clipped (`lib/rl/scores.ts`).
 */
import { createGenerator, sampleAnswers } from "../decode/mod.ts";
import { createRowScorer, gpt2Spec, uploadParameters, valueModelSpec } from "../lm/mod.ts";
import { type ScoreStatistics, scoreStatistics } from "../rl/mod.ts";
import { flatten, isDeviceArray } from "../runtime/mod.ts";
import { samplingOf } from "./config.ts";
import { checkInputs, type PpoInputs } from "./inputs.ts";

/**
 * The number of sampled answers, which determines the mean to an eighth of a standard deviation.
 */
const MEASURED_ANSWERS = 64;

/**
 * Samples the SFT model's answers to prompts spread over the whole data set, with PPO's sampling
 * settings, and scores them. The same seed gives the same numbers. PPO's own answers use other
 * random numbers, because its timesteps count from 1 and this one is 0.
 *
 * @throws RangeError as `createPpo` does.
 */
export async function measureScores(inputs: PpoInputs): Promise<ScoreStatistics> {
  checkInputs({ ...inputs, scoreStatistics: { mean: 0, deviation: 1 } });
  const { device, policy, reward, special, settings } = inputs;
  const prompts = spread(inputs.prompts, MEASURED_ANSWERS);
  const generator = await createGenerator(device, policy.config, {
    sampling: samplingOf(settings),
    special,
    greedy: !settings.do_sample,
  });
  const parameters = await uploadParameters(device, gpt2Spec(policy.config), policy.weights, {
    share: true,
  });
  const { query_len: maxNewTokens, seed, batch_size } = settings;
  const batchSize = settings.generate_batch_size || batch_size,
    scoreSize = settings.score_batch_size || batch_size;
  const answers = await sampleAnswers(generator, { parameters, prompts }, {
    maxNewTokens,
    seed,
    batchSize,
  });
  await generator.release();
  const scorer = await createRowScorer(device, reward.config, { padId: special.padId });
  const spec = valueModelSpec(reward.config);
  const judge = await uploadParameters(device, spec, reward.weights, { share: true });
  const rows = prompts.map((prompt, index) => [...prompt, ...answers[index].tokens]);
  const scores = await scorer(judge, rows, { batchSize: scoreSize });
  if (device.kind !== "cpu") { // there, they are the memory of the weights
    for (const array of flatten([parameters, judge], isDeviceArray).values()) device.free(array);
  }
  return scoreStatistics(scores);
}

/** At most `count` items at equal distances. */
function spread<T>(items: readonly T[], count: number): T[] {
  const size = Math.min(count, items.length);
  return Array.from({ length: size }, (_, index) => items[Math.floor(index * items.length / size)]);
}
