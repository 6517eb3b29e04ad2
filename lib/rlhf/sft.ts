/**
 * Supervised fine-tuning: the language-model loss over `[CLS] passage [SEP] question [SEP]`.
 *
 *   loss = - sum_t weight_t log pi(token_t+1 | tokens_..t) / count
 *
 * A target in the answer weighs 1, one in the prompt `passageWeight` (1: the tutorial's loss, over all tokens), a pad 0. `count` is
 * the sum of the weights of the whole batch, so that the losses and gradients of its parts add up.
 */
import {
  gpt2,
  type Gpt2Arrays,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  languageHead,
  padRows,
  type Rows,
  rowsSpec,
} from "../lm/mod.ts";
import {
  createGradientArrays,
  createOptimizer,
  gradientsOf,
  type Optimizer,
  type OptimizerSettings,
  type TrainState,
} from "../optim/mod.ts";
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
import type { PromptAndAnswer } from "./answer_batch.ts";
import { chunksOf } from "./stage.ts";

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
   * One step on a batch; the state given must not be used again.
   *
   * @param options.microBatch examples that one pass holds (default all): less memory, the same step
   */
  step(
    state: TrainState<Gpt2Arrays>,
    examples: readonly PromptAndAnswer[],
    options: { learningRate: number; microBatch?: number },
  ): Promise<SftStep & { state: TrainState<Gpt2Arrays> }>;
  /** Mean loss a token, in nats, by the same weights, without an update. */
  evaluate(parameters: Gpt2Arrays, batches: readonly (readonly PromptAndAnswer[])[]): Promise<number>;
  /** Makes the first state out of parameters. */
  readonly optimizer: Optimizer<Gpt2Arrays>;
}

/** What the SFT programs take. */
const sftSpec = (config: Gpt2Config) => ({
  parameters: gpt2Spec(config),
  rows: rowsSpec,
  targets: int({ batch: -1, time: -1 }),
  weights: float({ batch: -1, time: -1 }),
  count: float({}),
});

/** The loss alone, and the loss with its gradients. */
async function sftPrograms(device: Device, config: Gpt2Config) {
  const spec = sftSpec(config);
  const lossOnly = await jit(device, spec, (inputs) => ({ loss: lossOf(inputs, config) }), {
    toHost: ["loss"],
  });
  const program = await jit(device, spec, (inputs) => {
    const loss = lossOf(inputs, config);
    return { loss, gradients: gradientsOf(loss, inputs.parameters) };
  }, { toHost: ["loss"] });
  return { lossOnly, program };
}

/** Compiles the SFT programs for one shape of model. */
export async function createSftTrainer(
  device: Device,
  config: Gpt2Config,
  { padId, optimizer: settings, passageWeight = 1 }: {
    padId: number;
    optimizer: OptimizerSettings;
    passageWeight?: number;
  },
): Promise<SftTrainer> {
  const { lossOnly, program } = await sftPrograms(device, config);
  const { parameters: shapes } = sftSpec(config);
  const arrays = await createGradientArrays<Gpt2Arrays>(device, shapes);
  const optimizer = await createOptimizer<Gpt2Arrays>(device, shapes, settings);
  return {
    optimizer,
    async step(state, examples, { learningRate, microBatch = examples.length }) {
      const count = weightOf(examples, passageWeight);
      const parts = chunksOf(examples, microBatch);
      const { loss, gradients } = await arrays.sum(parts, async (part, into) => {
        const batch = sftBatch(part, { padId, passageWeight, count });
        const said = await program({ parameters: state.parameters, ...batch }, { gradients: into });
        return { loss: (await device.read(said.loss))[0], gradients: into };
      });
      const updated = await optimizer.update(state, gradients, learningRate);
      arrays.recycle(gradients);
      return { ...updated, loss };
    },
    async evaluate(parameters, batches) {
      const count = weightOf(batches.flat(), passageWeight);
      let total = 0;
      for (const examples of batches) {
        const batch = sftBatch(examples, { padId, passageWeight, count });
        total += (await device.read((await lossOnly({ parameters, ...batch })).loss))[0];
      }
      return total;
    },
  };
}

/** The sum of the targets' weights: all tokens but each row's first are targets. */
const weightOf = (examples: readonly PromptAndAnswer[], passageWeight: number): number =>
  examples.reduce((sum, { prompt, answer }) => sum + passageWeight * (prompt.length - 1) + answer.length, 0);

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

/** What the loss is computed of, as tensors. */
export interface LossInputs {
  /** The language model's. */
  readonly parameters: Gpt2Parameters;
  /** Prompts with their answers. */
  readonly rows: Rows;
  /** Each token's successor. */
  readonly targets: Tensor<{ batch: number; time: number }, "int32">;
  /** Each target's share in the loss. */
  readonly weights: Tensor<{ batch: number; time: number }>;
  /** Divides the loss. */
  readonly count: Tensor<Scalar>;
}

/** The loss above, as a graph. */
export function lossOf(
  { parameters, rows, targets, weights, count }: LossInputs,
  config: Gpt2Config,
): Tensor<Scalar> {
  const logits = languageHead(gpt2(parameters, rows, config), parameters);
  const logProbs = take(logSoftmax(logits, "vocab"), targets, "vocab"); // [batch, time]
  return neg(div(sum(mul(logProbs, weights)), count));
}
