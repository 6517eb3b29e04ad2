/** A language model and a reward model small enough to train in a test, with prompts of unequal lengths. */
import {
  type Gpt2Config,
  gpt2Spec,
  initialWeights,
  type TokenRow,
  valueModelSpec,
} from "../../lib/lm/mod.ts";
import { normal, randomStream } from "../../lib/random/mod.ts";
import { createPpo, type Metrics, type Ppo, type PpoInputs } from "../../lib/ppo/mod.ts";
import { type Settings, validateSettings } from "../../lib/settings/mod.ts";
import { type Device, openDevice } from "../../lib/runtime/mod.ts";

/** Twenty-three words, of which four are special; room for 40 tokens. */
export const tinyConfig: Gpt2Config = {
  vocabSize: 23,
  positions: 40,
  embed: 16,
  heads: 2,
  layers: 2,
  layerNormEpsilon: 1e-5,
};

/** The ids that a tokenizer would give. */
export const PAD = 0, CLS = 2, SEP = 3, FIRST_WORD = 4;

/** One device for all tests of a file; one thread, since nothing here is large. */
export const device: Device = await openDevice("cpu", { threads: 1 });

const seededNormal = (seed: number) => {
  const random = randomStream(seed);
  return () => normal(random);
};

/** Weights ten times as wide as at the start of training, so that the distributions are far from even. */
const wideWeights = (spec: unknown, seed: number) => {
  const weights = initialWeights(spec, { normal: seededNormal(seed), layers: tinyConfig.layers });
  for (const [name, weight] of weights) {
    if (!/ln_|bias/.test(name)) {
      weight.data.forEach((value, index) => weight.data[index] = 10 * value);
    }
  }
  return weights;
};

/** A random language model. */
export const tinyPolicy = { config: tinyConfig, weights: wideWeights(gpt2Spec(tinyConfig), 1) };
/** A random reward model. */
export const tinyReward = {
  config: tinyConfig,
  weights: wideWeights(valueModelSpec(tinyConfig), 2),
};

/** A prompt `[CLS] words [SEP]` of `length` tokens. */
export function tinyPrompt(length: number, seed: number): TokenRow {
  const random = randomStream(seed);
  const word = () => FIRST_WORD + Math.floor(random() * (tinyConfig.vocabSize - FIRST_WORD));
  return [CLS, ...Array.from({ length: length - 2 }, word), SEP];
}

/** Prompts of 4 to 12 tokens. */
export const tinyPrompts: readonly TokenRow[] = [5, 9, 4, 12, 7, 10, 6, 8].map(tinyPrompt);

/** A schedule of two updates, each after two timesteps of three prompts; answers of at most 6 tokens. */
export const tinySchedule: Partial<Settings> = {
  max_len: 20,
  query_len: 6,
  batch_size: 3,
  num_episodes: 1,
  max_timesteps: 4,
  update_timesteps: 2,
  ppo_epoch: 2,
  learning_rate: 1e-3,
  seed: 5,
};

/** Everything a tiny run starts from; `given` changes settings, `changed` the rest. */
export function tinyInputs(
  given: Partial<Settings> = {},
  changed: Partial<PpoInputs> = {},
): PpoInputs {
  return {
    device,
    policy: tinyPolicy,
    reward: tinyReward,
    scoreStatistics: { mean: 0.2, deviation: 0.5 },
    special: { padId: PAD, endId: SEP },
    prompts: tinyPrompts,
    settings: validateSettings({ ...tinySchedule, ...given }),
    ...changed,
  };
}

/** A tiny run, compiled. */
export const tinyPpo = (
  given: Partial<Settings> = {},
  changed: Partial<PpoInputs> = {},
): Promise<Ppo> => createPpo(tinyInputs(given, changed));

/** All rows of metrics of a whole run. */
export const allMetrics = async (given: Partial<Settings> = {}): Promise<Metrics[]> =>
  await Array.fromAsync((await tinyPpo(given)).train());
