/**
 * A trainer for answers. It lays out a batch as micro-batches and returns the results in the order
 * of the answers.
 *
 * The actor, the critic and REINFORCE use this trainer with different losses.
 */
import {
  type AnswerBatch,
  type AnswerLayout,
  answerMask,
  answerSpec,
  type Gpt2Parameters,
  inRowOrder,
  type PromptAndAnswer,
  rowsOf,
} from "../lm/mod.ts";
import {
  type Device,
  type DeviceArrays,
  float,
  floats,
  type HostArray,
  number,
  type Specs,
} from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import type { LossDefinition, LossFeeds } from "./loss_definition.ts";
import type { TrainState } from "./optimizer.ts";
import {
  type BatchGradient,
  createTrainer,
  type StepOptions,
  type Trainer,
  type TrainerOptions,
  type TrainerStep,
} from "./trainer.ts";

/** One number per answer token. */
export type AnswerMatrix = Tensor<{ batch: number; answer: number }>;

/** The inputs of every loss on answers. */
export interface AnswerLossInputs {
  /** The column at which each answer token is predicted. */
  readonly columns: Tensor<{ batch: number; answer: number }, "int32">;
  /** 1 at real answer tokens, 0 at padding. */
  readonly mask: AnswerMatrix;
  /** The number of real answer tokens in the whole batch, by which the loss is divided. */
  readonly count: Tensor<Record<never, never>>;
  /** One number in [0, 1) per token of the rows, or empty without dropout. */
  readonly dropoutKeys: Tensor<{ batch: number; time: number }>;
}

/** The spec of one number per answer token. */
export const answerMatrixSpec: Specs<AnswerMatrix> = float({ batch: -1, answer: -1 });

/** Specs of `AnswerLossInputs`. */
export const answerLossSpec: Specs<AnswerLossInputs> = {
  columns: answerSpec.columns,
  mask: answerMatrixSpec,
  count: float({}),
  dropoutKeys: float({ batch: -1, time: -1 }),
};

/**
 * Dropout during training: a rate, and a number in [0, 1) for each token of a micro-batch in an
 * optimizer step.
 */
export interface AnswerDropout {
  /** The probability of dropping an element. */
  readonly rate: number;
  /** Numbers for arrays of `dims`, [batch, time]. */
  keys(dims: readonly number[], step: number): HostArray<"float32">;
}

/** A loss on answers and its inputs. */
export interface AnswerLoss<P extends Gpt2Parameters, I, A extends PromptAndAnswer> {
  /** The loss as a graph. */
  readonly definition: LossDefinition<P, AnswerLossInputs & I>;
  /** Its inputs from a micro-batch besides `AnswerLossInputs`. */
  feeds(answers: readonly A[], batch: AnswerBatch): LossFeeds<I> | Omit<LossFeeds<I>, "rows">;
}

/** Options for training on answers. */
export interface AnswerTrainerOptions extends TrainerOptions {
  /** Splits a batch into micro-batches and lays them out. */
  readonly layout: AnswerLayout;
  /** Dropout (default: none). */
  readonly dropout?: AnswerDropout | undefined;
}

/** The loss's other results by name. Each has one row per answer, as long as the answer. */
export interface AnswerRows {
  /** By name. */
  readonly rows: Readonly<Record<string, number[][]>>;
}

/** Options of a step on answers. */
export interface AnswerStepOptions {
  /** Decides, by what was found, whether to take the step (`StepOptions`). */
  readonly accepts?: ((found: AnswerRows) => boolean) | undefined;
}

/** Trains one model on answers. */
export interface AnswerTrainer<P, A> extends Pick<Trainer<P, unknown>, "start"> {
  /**
   * Computes the loss, the gradient and the rows without a step. The next call overwrites the
   * gradient's arrays.
   */
  gradient(
    parameters: P,
    answers: readonly A[],
    options?: { groups?: AnswerLayout["groups"] },
  ): Promise<Omit<BatchGradient<P>, "results"> & AnswerRows>;
  /**
   * One optimizer step, with what was found before it. The state given must not be used again.
   *
   * @throws DivergenceError as `Trainer.step`.
   */
  step(
    state: TrainState<P>,
    answers: readonly A[],
    learningRate: number,
    options?: AnswerStepOptions,
  ): Promise<Omit<TrainerStep<P>, "results"> & AnswerRows>;
}

/**
 * Compiles a trainer for answers.
 *
 * @throws RangeError as `createTrainer`; a step throws one when the batch has no answer token.
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { createAnswerTrainer } from "ppo/learn/mod.ts";
 * import { answerLayout, initialWeights, uploadParameters, valueModelSpec } from "ppo/lm/mod.ts";
 * import { adamDefaults } from "ppo/optim/mod.ts";
 * import { criticLoss } from "ppo/ppo/mod.ts";
 * import { openDevice } from "ppo/runtime/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const device = await openDevice("cpu");
 * const weights = initialWeights(valueModelSpec(config), { normal: () => 1, layers: 1 });
 * const parameters = await uploadParameters(device, valueModelSpec(config), weights);
 * const trainer = await createAnswerTrainer(device, criticLoss(config, { clipRange: 0.2 }), {
 *   layout: answerLayout({ padId: 0, shape: config }),
 *   optimizer: { ...adamDefaults, maxGradNorm: 1 },
 * });
 * const numbers = {
 *   ...{ logProbs: [-1], refLogProbs: [-1], values: [0] },
 *   ...{ rewards: [2], advantages: [2], returns: [2] },
 *   ...{ rawScore: 2, score: 2, ended: true },
 * };
 * const sampleOf = (token: number, timestep: number) => ({
 *   ...{ ...numbers, prompt: [1], answer: [token], timestep },
 * });
 * const start = await trainer.start(parameters);
 * deepEqual((await trainer.step(start, [sampleOf(4, 1)], 0.1)).state.step, 1);
 * ```
 */
export async function createAnswerTrainer<P extends Gpt2Parameters, I, A extends PromptAndAnswer>(
  device: Device,
  { definition, feeds }: AnswerLoss<P, I, A>,
  { layout, dropout, ...options }: AnswerTrainerOptions,
): Promise<AnswerTrainer<DeviceArrays<Specs<P>>, A>> {
  const trainer = await createTrainer<P, AnswerLossInputs & I>(device, definition, options);
  const laidOut = (answers: readonly A[], step: number, groupsOf = layout.groups) => {
    const groups = groupsOf(answers);
    const count = number(tokensOf(answers));
    const microBatches = groups.map((group) => () => {
      const members = group.map((index) => answers[index]);
      const batch = layout.batch(members);
      const { rows, columns } = batch;
      const dropoutKeys = dropout?.keys(rows.inputIds.dims, step) ?? floats([], [0, 0]);
      const shared = { columns, mask: answerMask(members), count, dropoutKeys };
      return {
        ...{ ...shared, rows: { ...rows, columns } },
        ...feeds(members, batch),
      } as LossFeeds<AnswerLossInputs & I>; // both halves of the inputs
    });
    return { groups, microBatches };
  };
  return {
    start: trainer.start,
    async gradient(parameters, answers, options = {}) {
      const { groups, microBatches } = laidOut(answers, 0, options.groups);
      const { results, ...found } = await trainer.gradient(parameters, microBatches);
      return { ...found, rows: namedRows(results, groups, answers) };
    },
    async step(state, answers, learningRate, { accepts } = {}) {
      const { groups, microBatches } = laidOut(answers, state.step);
      const rowsOfAnswers = (results: BatchGradient<unknown>["results"]) => ({
        rows: namedRows(results, groups, answers),
      });
      const options: StepOptions = accepts === undefined
        ? {}
        : { accepts: (results) => accepts(rowsOfAnswers(results)) };
      const { results, ...found } = await trainer.step(state, microBatches, learningRate, options);
      return { ...found, ...rowsOfAnswers(results) };
    },
  };
}

/**
 * Converts each result except the loss, which is [batch, answer] in every micro-batch, to one row
 * per answer in the order of the answers.
 */
function namedRows(
  results: BatchGradient<unknown>["results"],
  groups: readonly number[][],
  answers: readonly PromptAndAnswer[],
): Record<string, number[][]> {
  const names = Object.keys(results[0]).filter((name) => name !== "loss");
  const cut = (row: number[], index: number) => row.slice(0, answers[index].answer.length);
  return Object.fromEntries(names.map((name) => {
    const found = results.map((result, group) =>
      rowsOf(result[name], result[name].length / groups[group].length)
    );
    return [name, inRowOrder(groups, found).map(cut)];
  }));
}

/** The number of answer tokens of a batch. */
function tokensOf(answers: readonly PromptAndAnswer[]): number {
  const tokens = answers.reduce((total, { answer }) => total + answer.length, 0);
  if (tokens === 0) throw new RangeError("Cannot update: the minibatch has no answer token");
  return tokens;
}
