/**
 * What a policy says of answers that were sampled before: log-probabilities, entropy, KL to another policy.
 *
 * Everything goes through `samplingDistribution`, with the settings, the seen tokens and the sampling masks of the rollout.
 */
import { type ChosenHidden, gpt2At, type Gpt2Parameters, gpt2Spec, type Rows } from "./gpt2.ts";
import { cutsOff, samplingDistribution, type SamplingSettings } from "./sampling.ts";
import { type Gpt2Arrays } from "./parameters.ts";
import { type Gpt2Config } from "./config.ts";
import {
  programsFor,
  type StoredGpt2,
  storedSpec,
  type WeightType,
  widened,
} from "./stored_parameters.ts";
import { type TokenRow } from "./rows.ts";
import { klFromLogProbs } from "../rl/mod.ts";
import { bool, bools, type Device, type HostArray, jit, type Specs } from "../runtime/mod.ts";
import { dot, exp, mul, neg, sum, take, type Tensor } from "../tensor/mod.ts";
import { type AnswerBatch, answerSpec, type PromptAndAnswer } from "./answer_batch.ts";

/** Answers: one place an answer token. */
export type AnswerAxes = { batch: number; answer: number };
/** The same with one number for each entry of the vocabulary. */
export type VocabularyAxes = AnswerAxes & { vocab: number };

/** Specs of what sampling needs to know at each answer token; unused ones may be empty. */
export const contextSpec = (
  { vocabSize }: Gpt2Config,
): Specs<Pick<AnswerInputs, "seen" | "samplingMask">> => ({
  seen: bool({ batch: -1, answer: -1, vocab: vocabSize }),
  samplingMask: bool({ batch: -1, answer: -1, vocab: vocabSize }),
});

/** The same as tensors, with the batch's rows and columns. */
export interface AnswerInputs {
  /** Prompts and answers side by side. */
  readonly rows: Rows;
  /** Where each answer token is predicted. */
  readonly columns: Tensor<AnswerAxes, "int32">;
  /** The answer tokens. */
  readonly targets: Tensor<AnswerAxes, "int32">;
  /** Tokens that stand before each answer token, for the repetition penalty. */
  readonly seen: Tensor<VocabularyAxes, "bool">;
  /** 1 for the tokens that the cut-off allowed. */
  readonly samplingMask: Tensor<VocabularyAxes, "bool">;
}

/** A policy: the shape of its model and how it is sampled from. */
export interface PolicyShape {
  /** The model's sizes. */
  readonly config: Gpt2Config;
  /** Temperature, cut-off and penalty. */
  readonly sampling: SamplingSettings;
}

/** Log-probabilities over the vocabulary at each answer token, from the hidden states there: [batch, answer, vocab]. */
export function distributionFrom(
  states: ChosenHidden,
  { wte }: Pick<Gpt2Parameters, "wte">,
  { seen, samplingMask, sampling }: Pick<AnswerInputs, "seen" | "samplingMask"> & {
    sampling: SamplingSettings;
  },
): Tensor<VocabularyAxes> {
  const logits = dot(states, wte.weight, "embed");
  return samplingDistribution(logits, sampling, {
    seen,
    samplingMask: cutsOff(sampling) ? samplingMask : undefined,
  })
    .logProbs;
}

/** The same from the model's parameters. */
export const answerDistribution = (
  parameters: Gpt2Parameters,
  { rows, columns, seen, samplingMask }: AnswerInputs,
  { config, sampling }: PolicyShape,
): Tensor<VocabularyAxes> =>
  distributionFrom(gpt2At(parameters, { ...rows, columns }, config), parameters, {
    seen,
    samplingMask,
    sampling,
  });

/** log pi(target) and the entropy -sum p log p, one a token: both [batch, answer]. */
export function answerStatistics(
  logProbs: Tensor<VocabularyAxes>,
  targets: Tensor<AnswerAxes, "int32">,
): { logProbs: Tensor<AnswerAxes>; entropy: Tensor<AnswerAxes> } {
  return {
    logProbs: take(logProbs, targets, "vocab"),
    entropy: neg(sum(mul(exp(logProbs), logProbs), "vocab")),
  };
}

/** What sampling knew of each answer: 1 for tokens seen before it and 1 for tokens that the cut-off allowed. */
export interface AnswerContext extends PromptAndAnswer {
  /** The sampling mask of each answer token; empty without a cut-off. */
  readonly samplingMask: readonly Uint8Array[];
}

/** Arrays of `contextSpec` for a batch; empty where the settings do not ask for them. */
export function contextArrays(
  pairs: readonly AnswerContext[],
  { config: { vocabSize }, sampling, width }: PolicyShape & { width: number },
): { seen: HostArray<"bool">; samplingMask: HostArray<"bool"> } {
  const dims = [pairs.length, width, vocabSize];
  const fill = (wanted: boolean, row: (pair: AnswerContext, into: Uint8Array) => void) => {
    if (!wanted) return bools([], [0, 0, vocabSize]);
    const data = new Uint8Array(pairs.length * width * vocabSize);
    pairs.forEach((pair, index) =>
      row(pair, data.subarray(index * width * vocabSize, (index + 1) * width * vocabSize))
    );
    return bools(data, dims);
  };
  return {
    seen: fill(
      sampling.repetitionPenalty !== 1,
      ({ prompt, answer }, into) => markSeen([prompt, answer], into, vocabSize),
    ),
    samplingMask: fill(cutsOff(sampling), ({ samplingMask }, into) => {
      into.fill(1, samplingMask.length * vocabSize);
      samplingMask.forEach((set, position) => into.set(set, position * vocabSize));
    }),
  };
}

/** At answer position j: the prompt and the answer tokens before j. */
function markSeen(
  [prompt, answer]: readonly TokenRow[],
  into: Uint8Array,
  vocabSize: number,
): void {
  const width = into.length / vocabSize;
  for (let position = 0; position < width; position++) {
    for (const token of prompt) into[position * vocabSize + token] = 1;
    for (const token of answer.slice(0, position)) into[position * vocabSize + token] = 1;
  }
}

/** log pi(token) for each answer token and, beyond an answer's end, for the pads there: one row of the batch's width each. */
export type PolicyScorer = (
  parameters: StoredGpt2,
  batch: AnswerBatch,
  pairs: readonly AnswerContext[],
) => Promise<number[][]>;

/** Scores answers under a policy, whose parameters are stored in any of some ways, without changing it. */
export async function createPolicyScorer(
  device: Device,
  shape: PolicyShape,
  types: readonly WeightType[] = ["float32"],
): Promise<PolicyScorer> {
  const model = gpt2Spec(shape.config);
  const programs = await programsFor(types, (type) => {
    const spec = { stored: storedSpec(model, type), ...answerSpec, ...contextSpec(shape.config) };
    return jit(device, spec, ({ stored, ...inputs }) => {
      const logProbs = answerDistribution(widened(model, stored), inputs, shape);
      return { logProbs: answerStatistics(logProbs, inputs.targets).logProbs };
    }, { toHost: ["logProbs"] });
  });
  return async (parameters, batch, pairs) => {
    const context = contextArrays(pairs, { ...shape, width: batch.width });
    const { logProbs } = await programs(parameters)({
      stored: parameters,
      ...inputsOf(batch),
      ...context,
    });
    return rowsOf(await device.read(logProbs), batch.width);
  };
}

/** KL(pi || pi_ref) in nats for each answer token: one row of the answer's length each. */
export type ExactKl = (
  models: { parameters: Gpt2Arrays; reference: StoredGpt2 },
  batch: AnswerBatch,
  pairs: readonly AnswerContext[],
) => Promise<number[][]>;

/** Measures KL(pi || pi_ref) exactly, over the whole vocabulary, at each answer token; the reference is stored as `type`. */
export async function createExactKl(
  device: Device,
  shape: PolicyShape,
  type: WeightType = "float32",
): Promise<ExactKl> {
  const parameters = gpt2Spec(shape.config);
  const reference = storedSpec(parameters, type);
  const spec = { parameters, reference, ...answerSpec, ...contextSpec(shape.config) };
  const program = await jit(device, spec, ({ parameters, reference, ...inputs }) => {
    const logProbs = answerDistribution(parameters, inputs, shape);
    const refLogProbs = answerDistribution(widened(spec.parameters, reference), inputs, shape);
    return { kl: klFromLogProbs({ logProbs, refLogProbs }, "vocab") };
  }, { toHost: ["kl"] });
  return async (models, batch, pairs) => {
    const context = contextArrays(pairs, { ...shape, width: batch.width });
    const { kl } = await program({ ...models, ...inputsOf(batch), ...context });
    return rowsOf(await device.read(kl), batch.width).map((row, index) =>
      row.slice(0, pairs[index].answer.length)
    );
  };
}

/** The arrays of a batch that programs take. */
export const inputsOf = (
  { rows, columns, targets }: AnswerBatch,
): Pick<AnswerBatch, "rows" | "columns" | "targets"> => ({ rows, columns, targets });

/** A flat [batch, width] array as rows. */
export const rowsOf = (data: Float32Array, width: number): number[][] =>
  Array.from(
    { length: data.length / width },
    (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)),
  );
