/**
 * Computes what a policy makes of existing answers: log-probabilities, entropy and exact KL.
 *
 * Every quantity is computed by `samplingDistribution` with the settings of the rollout, the tokens
 * before each position and the sampling masks stored with the answers. All of them therefore
 * describe the distribution from which the answers were sampled.
 */
import { entropyFromLogProbs, klFromLogProbs } from "../rl/mod.ts";
import { bool, bools, type Device, type HostArray, jit, type Specs } from "../runtime/mod.ts";
import { dot, take, type Tensor } from "../tensor/mod.ts";
import {
  answerSpec,
  type AnswerTokens,
  type BatchEvaluator,
  type PromptAndAnswer,
  rowsOf,
} from "./answers.ts";
import type { Gpt2Config } from "./config.ts";
import { type ChosenHidden, gpt2At } from "./gpt2.ts";
import { type Gpt2Parameters, gpt2Spec } from "./gpt2_parameters.ts";
import {
  type Gpt2Arrays,
  programsFor,
  type StoredGpt2,
  storedSpec,
  type WeightType,
  widened,
} from "./parameters.ts";
import type { AnswerAxes } from "./rows.ts";
import { cutsOff, samplingDistribution, type SamplingSettings } from "./sampling.ts";

/** The axes of one number for each answer token and entry of the vocabulary. */
export type VocabularyAxes = AnswerAxes & { vocab: number };

/** A policy: the sizes of its model and its sampling settings. */
export interface PolicyShape {
  /** The model's sizes. */
  readonly config: Gpt2Config;
  /** Temperature, top-k, top-p and repetition penalty. */
  readonly sampling: SamplingSettings;
}

/** The inputs of a policy from a batch of answers, as tensors. */
export interface AnswerInputs extends AnswerTokens {
  /** Tokens before each answer token, for the repetition penalty. */
  readonly seen: Tensor<VocabularyAxes, "bool">;
  /** Tokens that top-k and top-p allowed when the answer was sampled. */
  readonly samplingMask: Tensor<VocabularyAxes, "bool">;
}

/**
 * Specs of the sampling context. Arrays that the settings do not need are empty.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { contextSpec } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * deepEqual({ ...contextSpec(config).seen.shape }, { batch: -1, answer: -1, vocab: 5 });
 * ```
 */
export const contextSpec = (
  { vocabSize }: Gpt2Config,
): Specs<Pick<AnswerInputs, "seen" | "samplingMask">> => ({
  seen: bool({ batch: -1, answer: -1, vocab: vocabSize }),
  samplingMask: bool({ batch: -1, answer: -1, vocab: vocabSize }),
});

/**
 * Returns the sampling context of a batch of answers, [batch, answer, vocab]. Arrays that the
 * settings do not need are empty.
 */
export type ContextArrays = (
  answers: readonly PromptAndAnswer[],
  options: { width: number },
) => { seen: HostArray<"bool">; samplingMask: HostArray<"bool"> };

/**
 * Prepares the sampling context for one policy.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { contextOf, plainSampling } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const sampling = { ...plainSampling, repetitionPenalty: 1.2 };
 * const context = contextOf({ config, sampling })([{ prompt: [1], answer: [4, 2] }], { width: 2 });
 * // The prompt, then the prompt and 4.
 * deepEqual([...context.seen.data], [0, 1, 0, 0, 0, 0, 1, 0, 0, 1]);
 * ```
 */
export function contextOf({ config: { vocabSize }, sampling }: PolicyShape): ContextArrays {
  const needsSeen = sampling.repetitionPenalty !== 1, needsMask = cutsOff(sampling);
  return (answers, { width }) => {
    const size = width * vocabSize;
    const filled = (needed: boolean, fill: (answer: PromptAndAnswer, into: Uint8Array) => void) => {
      if (!needed) return bools([], [0, 0, vocabSize]);
      const data = new Uint8Array(answers.length * size);
      answers.forEach((answer, row) => fill(answer, data.subarray(row * size, (row + 1) * size)));
      return bools(data, [answers.length, width, vocabSize]);
    };
    return {
      seen: filled(needsSeen, ({ prompt, answer }, into) => {
        for (let token = 0; token < width; token++) {
          for (const id of [...prompt, ...answer.slice(0, token)]) into[token * vocabSize + id] = 1;
        }
      }),
      samplingMask: filled(needsMask, ({ samplingMask = [] }, into) => {
        into.fill(1, samplingMask.length * vocabSize); // padding: all tokens
        samplingMask.forEach((mask, token) => into.set(mask, token * vocabSize));
      }),
    };
  };
}

/**
 * Log-probabilities over the vocabulary at each answer token, from the hidden states there: [batch,
 * answer, vocab].
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { logProbsFromHidden, plainSampling } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const states = input("states", { batch: 1, answer: 2, embed: 4 });
 * const wte = { weight: input("wte", { vocab: 5, embed: 4 }) };
 * const mask = input("mask", { batch: 1, answer: 2, vocab: 5 }, "bool");
 * const context = { seen: mask, samplingMask: mask, sampling: plainSampling };
 * const logProbs = logProbsFromHidden(states, { wte }, context);
 * deepEqual({ ...logProbs.shape }, { batch: 1, answer: 2, vocab: 5 });
 * ```
 */
export function logProbsFromHidden(
  states: ChosenHidden,
  { wte }: Pick<Gpt2Parameters, "wte">,
  { seen, samplingMask, sampling }: Pick<AnswerInputs, "seen" | "samplingMask"> & {
    sampling: SamplingSettings;
  },
): Tensor<VocabularyAxes> {
  const logits = dot(states, wte.weight, "embed");
  const context = { seen, samplingMask: cutsOff(sampling) ? samplingMask : undefined };
  return samplingDistribution(logits, sampling, context).logProbs;
}

/** The same from the model's parameters. */
const answerLogProbs = (
  parameters: Gpt2Parameters,
  { rows, columns, ...context }: Omit<AnswerInputs, "targets">,
  { config, sampling }: PolicyShape,
): Tensor<VocabularyAxes> =>
  logProbsFromHidden(gpt2At(parameters, { ...rows, columns }, config), parameters, {
    ...context,
    sampling,
  });

/**
 * log pi(target) and the entropy in nats, each with one number per answer token: [batch, answer].
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerStatistics } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const logProbs = input("logProbs", { batch: 1, answer: 2, vocab: 5 });
 * const targets = input("targets", { batch: 1, answer: 2 }, "int32");
 * const { entropy } = answerStatistics(logProbs, targets);
 * deepEqual({ ...entropy.shape }, { batch: 1, answer: 2 });
 * ```
 */
export const answerStatistics = (
  logProbs: Tensor<VocabularyAxes>,
  targets: Tensor<AnswerAxes, "int32">,
): { logProbs: Tensor<AnswerAxes>; entropy: Tensor<AnswerAxes> } => ({
  logProbs: take(logProbs, targets, "vocab"),
  entropy: entropyFromLogProbs(logProbs, "vocab"),
});

/** Computes results for answers with parameters that are passed in each call. */
export type Scorer<P> = (parameters: P) => BatchEvaluator;

/**
 * Compiles log pi(token) of answers, for parameters stored as any of `types`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerBatch, createPolicyScorer, gpt2Spec } from "ppo/lm/mod.ts";
 * import { initialWeights, plainSampling, uploadParameters } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const score = await createPolicyScorer(device, { config, sampling: plainSampling });
 * const answers = [{ prompt: [1, 2], answer: [3] }];
 * const [[logProb]] = await score(parameters)(answerBatch(answers, { padId: 0 }), answers);
 * deepEqual(logProb, Math.fround(-Math.log(5))); // equal weights: all 5 tokens are equally likely
 * ```
 */
export async function createPolicyScorer(
  device: Device,
  shape: PolicyShape,
  types: readonly WeightType[] = ["float32"],
): Promise<Scorer<StoredGpt2>> {
  const model = gpt2Spec(shape.config);
  const contextArrays = contextOf(shape);
  const programs = await programsFor(types, (type) => {
    const spec = { stored: storedSpec(model, type), ...answerSpec, ...contextSpec(shape.config) };
    return jit(device, spec, ({ stored, targets, ...inputs }) => ({
      logProbs: take(answerLogProbs(widened(model, stored), inputs, shape), targets, "vocab"),
    }), { toHost: ["logProbs"] });
  });
  return (stored) => async (batch, answers) => {
    const width = batch.targets.dims[1];
    const context = contextArrays(answers, { width });
    const { logProbs } = await programs(stored)({ stored, ...batch, ...context });
    return rowsOf(await device.read(logProbs), width);
  };
}

/**
 * Compiles the exact KL(pi || pi_ref) of answers in nats, where the reference is stored as `type`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerBatch, createExactKl, gpt2Spec } from "ppo/lm/mod.ts";
 * import { initialWeights, plainSampling, uploadParameters } from "ppo/lm/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(gpt2Spec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, gpt2Spec(config), weights);
 * const exactKl = await createExactKl(device, { config, sampling: plainSampling });
 * const answers = [{ prompt: [1, 2], answer: [3] }];
 * const models = { parameters, reference: parameters };
 * deepEqual(await exactKl(models)(answerBatch(answers, { padId: 0 }), answers), [[0]]);
 * ```
 */
export async function createExactKl(
  device: Device,
  shape: PolicyShape,
  type: WeightType = "float32",
): Promise<Scorer<{ parameters: Gpt2Arrays; reference: StoredGpt2 }>> {
  const parameters = gpt2Spec(shape.config);
  const contextArrays = contextOf(shape);
  const spec = {
    parameters,
    reference: storedSpec(parameters, type),
    ...answerSpec,
    ...contextSpec(shape.config),
  };
  const program = await jit(device, spec, ({ parameters, reference, ...inputs }) => {
    const logProbs = answerLogProbs(parameters, inputs, shape);
    const refLogProbs = answerLogProbs(widened(spec.parameters, reference), inputs, shape);
    return { kl: klFromLogProbs({ logProbs, refLogProbs }, "vocab") };
  }, { toHost: ["kl"] });
  return (models) => async (batch, answers) => {
    const width = batch.targets.dims[1];
    const context = contextArrays(answers, { width });
    const { kl } = await program({ ...models, ...batch, ...context });
    return rowsOf(await device.read(kl), width);
  };
}
