/**
 * Supervised fine-tuning: the language-model loss over `[CLS] passage [SEP] question [SEP]`.
 *
 *   loss = - sum_t weight_t log pi(token_t+1 | tokens_..t) / count
 *
 * A target in the answer weighs 1, one in the prompt `passageWeight` (1: the tutorial's loss, over all tokens), padding 0. `count` is
 * the sum of the weights of the whole batch, so that the losses and gradients of its micro-batches add up.
 */
import {
  type Gpt2Arrays,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  languageHead,
  padRows,
  type PromptAndAnswer,
  type rowsSpec,
  rowsThatFit,
} from "../lm/mod.ts";
import type { Hidden } from "../nn/mod.ts";
import {
  type Device,
  type Feeds,
  float,
  floats,
  type HostArray,
  int,
  ints,
  number,
} from "../runtime/mod.ts";
import { div, logSoftmax, mul, neg, type Scalar, sum, take, type Tensor } from "../tensor/mod.ts";
import { bodyDropout, dropoutKeysSpec } from "./stage_dropout.ts";
import {
  createStageTrainer,
  type StageLoss,
  type StageTrainer,
  type StageTrainerOptions,
} from "./stage_trainer.ts";

/** Trains and measures a language model; the loss is in nats a unit of weight. */
export type SftTrainer = StageTrainer<Gpt2Arrays, PromptAndAnswer>;

/** How to train. */
export interface SftOptions extends StageTrainerOptions {
  /** Weight of a passage's token; an answer's has 1 (default: 1 too, the tutorial's loss). */
  readonly passageWeight?: number;
}

const matrix = { batch: -1, time: -1 };

/** What the loss reads besides the parameters and the rows. */
const lossSpec = { targets: int(matrix), weights: float(matrix), count: float({}) };

/** Compiles the SFT programs for one shape of model. */
export function createSftTrainer(
  device: Device,
  config: Gpt2Config,
  { padId, passageWeight = 1, ...options }: SftOptions,
): Promise<SftTrainer> {
  const stage: StageLoss<Gpt2Parameters, LossInputs, PromptAndAnswer> = {
    definition: (dropout) => ({
      config,
      parameters: gpt2Spec(config),
      inputs: { ...lossSpec, dropoutKeys: dropoutKeysSpec },
      drop: bodyDropout(dropout),
      loss: (head, hidden, inputs) => ({ loss: sftLoss(hidden, head, inputs) }),
    }),
    countOf: (examples) => weightOf(examples, passageWeight),
    batchOf: (examples, count) => sftBatch(examples, { padId, passageWeight, count }),
    rowsOf: () => 1,
    fitting(examples, rows) {
      const time = Math.max(...examples.map(({ prompt, answer }) => prompt.length + answer.length));
      return rowsThatFit(device, config, { rows, time, logits: time });
    },
  };
  return createStageTrainer(device, stage, options);
}

/** The sum of the targets' weights: every token but the first of each row is a target. */
const weightOf = (examples: readonly PromptAndAnswer[], passageWeight: number): number =>
  examples.reduce(
    (sum, { prompt, answer }) => sum + passageWeight * (prompt.length - 1) + answer.length,
    0,
  );

/** How to lay an SFT batch out. */
export interface SftBatchOptions {
  /** Fills rows after their end. */
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

/** What the loss reads besides the hidden states, as tensors. */
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
