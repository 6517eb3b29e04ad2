/**
 * Supervised fine-tuning: the language-model loss over `[CLS] passage [SEP] question [SEP]`.
 *
 *   loss = - sum_t weight_t log pi(token_t+1 | tokens_..t) / count
 *
 * A target in the answer weighs 1, one in the prompt `passageWeight` (1: the tutorial's loss, over all tokens), a pad 0. `count` is
 * the sum of the weights of the whole batch, so that the losses and gradients of its parts add up.
 */
import { createLossProgram } from "../learn/mod.ts";
import {
  gpt2,
  type Gpt2Arrays,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  languageHead,
  padRows,
  rowsSpec,
  rowsThatFit,
} from "../lm/mod.ts";
import type { Hidden } from "../nn/mod.ts";
import {
  type Backward,
  createGradientArrays,
  createOptimizer,
  type Optimizer,
  type OptimizerSettings,
  type TrainState,
} from "../learn/mod.ts";
import {
  type Device,
  type Feeds,
  float,
  floats,
  type HostArray,
  int,
  ints,
  jit,
  number,
} from "../runtime/mod.ts";
import { div, logSoftmax, mul, neg, type Scalar, sum, take, type Tensor } from "../tensor/mod.ts";
import type { PromptAndAnswer } from "../lm/mod.ts";
import { chunksOf } from "../lm/mod.ts";
import {
  bodyDropout,
  type DropoutKeys,
  dropoutKeysOf,
  dropoutKeysSpec,
  noDropout,
  type StageDropout,
} from "./stage_dropout.ts";

/** One optimizer step of a stage. */
export interface SftStep {
  /** Before the step: nats a unit of weight. */
  readonly loss: number;
  /** Global norm before clipping. */
  readonly gradNorm: number;
}

/** Trains and measures a language model. */
export interface SftTrainer {
  /**
   * The loss of a batch and its gradient, in arrays of their own.
   *
   * @param options.microBatch examples that one pass holds (default all): less memory, the same numbers
   * @param options.step numbers the batch, for dropout
   */
  gradient(
    parameters: Gpt2Arrays,
    examples: readonly PromptAndAnswer[],
    options?: { microBatch?: number; step?: number },
  ): Promise<Backward<Gpt2Arrays>>;
  /** One step on a batch; the state given must not be used again. */
  step(
    state: TrainState<Gpt2Arrays>,
    examples: readonly PromptAndAnswer[],
    options: { learningRate: number; microBatch?: number },
  ): Promise<SftStep & { state: TrainState<Gpt2Arrays> }>;
  /** Mean loss a token, in nats, by the same weights, without an update. */
  evaluate(
    parameters: Gpt2Arrays,
    batches: readonly (readonly PromptAndAnswer[])[],
  ): Promise<number>;
  /** Makes the first state out of parameters. */
  readonly optimizer: Optimizer<Gpt2Arrays>;
}

/** How to train. */
export interface SftOptions {
  /** Fills rows behind their end. */
  readonly padId: number;
  /** Adam, its constants and the gradient clip. */
  readonly optimizer: OptimizerSettings;
  /** Weight of a passage's token; an answer's has 1 (default: 1 too, the tutorial's loss). */
  readonly passageWeight?: number;
  /** Default: none. */
  readonly dropout?: StageDropout;
  /** Blocks that one program holds; fewer need less memory; 0: all. */
  readonly blocksPerProgram?: number;
}

const matrix = { batch: -1, time: -1 };

/** What the loss is computed of besides the parameters and the rows. */
const lossSpec = { targets: int(matrix), weights: float(matrix), count: float({}) };

/** The loss alone, and its gradient. */
async function sftPrograms(device: Device, config: Gpt2Config, options: SftOptions) {
  const { dropout = noDropout, blocksPerProgram = 0 } = options;
  const parameters = gpt2Spec(config);
  const lossOnly = await jit(
    device,
    { parameters, rows: rowsSpec, ...lossSpec },
    ({ rows, ...given }) => ({
      loss: sftLoss(gpt2(given.parameters, rows, config), given.parameters, given),
    }),
    { toHost: ["loss"] },
  );
  const backward = await createLossProgram<
    Gpt2Parameters,
    LossInputs & { dropoutKeys: DropoutKeys }
  >(
    device,
    {
      config,
      parameters,
      inputs: { ...lossSpec, dropoutKeys: dropoutKeysSpec },
      drop: bodyDropout(dropout),
      loss: (head, hidden, inputs) => ({ loss: sftLoss(hidden, head, inputs) }),
    },
    { blocksPerProgram },
  );
  return { lossOnly, backward };
}

/** Compiles the SFT programs for one shape of model. */
export async function createSftTrainer(
  device: Device,
  config: Gpt2Config,
  options: SftOptions,
): Promise<SftTrainer> {
  const { padId, passageWeight = 1, dropout = noDropout } = options;
  const { lossOnly, backward } = await sftPrograms(device, config, options);
  const arrays = await createGradientArrays<Gpt2Arrays>(device, gpt2Spec(config));
  const optimizer = await createOptimizer<Gpt2Arrays>(device, gpt2Spec(config), options.optimizer);
  const fitting = (examples: readonly PromptAndAnswer[], rows: number): number => {
    const columns = Math.max(
      ...examples.map(({ prompt, answer }) => prompt.length + answer.length),
    );
    return rowsThatFit(device, config, { rows, time: columns, logits: columns });
  };
  const gradient: SftTrainer["gradient"] = (
    parameters,
    examples,
    { microBatch: wanted = examples.length, step = 0 } = {},
  ) => {
    const count = weightOf(examples, passageWeight);
    const microBatch = fitting(examples, wanted);
    const parts = chunksOf(examples, microBatch).map((part, index) => ({
      part,
      firstRow: index * microBatch,
    }));
    return arrays.sum(parts, async ({ part, firstRow }, into) => {
      const batch = sftBatch(part, { padId, passageWeight, count });
      const dropoutKeys = dropoutKeysOf(batch.targets.dims, { dropout, step, firstRow });
      const { loss } = await backward(parameters, { ...batch, dropoutKeys }, into);
      return { loss: loss[0], gradients: into };
    });
  };
  return {
    optimizer,
    gradient,
    async step(state, examples, { learningRate, ...options }) {
      const { loss, gradients } = await gradient(state.parameters, examples, {
        ...options,
        step: state.step,
      });
      const updated = await optimizer.update(state, gradients, learningRate);
      arrays.recycle(gradients);
      return { ...updated, loss };
    },
    async evaluate(parameters, batches) {
      const count = weightOf(batches.flat(), passageWeight);
      let total = 0;
      for (
        const examples of batches.flatMap((batch) => chunksOf(batch, fitting(batch, batch.length)))
      ) {
        const batch = sftBatch(examples, { padId, passageWeight, count });
        total += (await device.read((await lossOnly({ parameters, ...batch })).loss))[0];
      }
      return total;
    },
  };
}

/** The sum of the targets' weights: all tokens but each row's first are targets. */
const weightOf = (examples: readonly PromptAndAnswer[], passageWeight: number): number =>
  examples.reduce(
    (sum, { prompt, answer }) => sum + passageWeight * (prompt.length - 1) + answer.length,
    0,
  );

/** How to lay an SFT batch out. */
export interface SftBatchOptions {
  /** Fills rows behind their end. */
  readonly padId: number;
  /** Weight of a passage's token; an answer's has 1. */
  readonly passageWeight: number;
  /** Divides the loss: the sum of the weights of the whole batch. */
  readonly count: number;
}

/** Examples as the arrays that the SFT programs take. */
export interface SftBatch {
  /** Prompts with their answers. */
  readonly rows: Feeds<typeof rowsSpec>;
  /** Each token's successor: [batch, time]. */
  readonly targets: HostArray<"int32">;
  /** Each target's share in the loss: [batch, time], 0 at pads. */
  readonly weights: HostArray<"float32">;
  /** One number: it divides the loss. */
  readonly count: HostArray<"float32">;
}

/** Examples (no prompt empty) as a batch with its targets: each token's successor. */
export function sftBatch(
  examples: readonly PromptAndAnswer[],
  { padId, passageWeight, count }: SftBatchOptions,
): SftBatch {
  const padded = padRows(examples.map(({ prompt, answer }) => [...prompt, ...answer]), { padId });
  const [batch, time] = padded.inputIds.dims;
  const targets = new Int32Array(batch * time), weights = new Float32Array(batch * time);
  examples.forEach(({ prompt, answer }, row) =>
    [...prompt, ...answer].slice(1).forEach((token, column) => {
      targets[row * time + column] = token;
      weights[row * time + column] = column + 1 < prompt.length ? passageWeight : 1;
    })
  );
  return {
    rows: padded,
    targets: ints(targets, [batch, time]),
    weights: floats(weights, [batch, time]),
    count: number(count),
  };
}

/** What the loss is computed of besides the hidden states, as tensors. */
export interface LossInputs {
  /** Each token's successor. */
  readonly targets: Tensor<{ batch: number; time: number }, "int32">;
  /** Each target's share in the loss. */
  readonly weights: Tensor<{ batch: number; time: number }>;
  /** Divides the loss. */
  readonly count: Tensor<Scalar>;
}

/** The loss above, as a graph. */
export function sftLoss(
  hidden: Hidden,
  head: Pick<Gpt2Parameters, "wte">,
  { targets, weights, count }: LossInputs,
): Tensor<Scalar> {
  const logProbs = take(logSoftmax(languageHead(hidden, head), "vocab"), targets, "vocab"); // [batch, time]
  return neg(div(sum(mul(logProbs, weights)), count));
}
