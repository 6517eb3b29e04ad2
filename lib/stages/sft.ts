/**
 * Supervised fine-tuning: the language-model loss over `[CLS] passage [SEP] question [SEP]`.
 *
 *   loss = - sum_t weight_t log pi(token_t+1 | tokens_..t) / count
 *
 * A target in the answer has weight 1, one in the prompt `passageWeight` (1 is the tutorial's
 * loss, over all tokens), padding 0. `count` is the sum of the weights of the whole batch.
 */
import {
  type Gpt2Arrays,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  languageHead,
  padRows,
  type PromptAndAnswer,
  rowsThatFit,
} from "../lm/mod.ts";
import { type Device, float, floats, int, ints, number, type Tensors } from "../runtime/mod.ts";
import { div, logSoftmax, mul, neg, sum, take } from "../tensor/mod.ts";
import { dropoutKeysSpec } from "./stage_dropout.ts";
import {
  createStageTrainer,
  type StageLoss,
  type StageTrainer,
  type StageTrainerOptions,
} from "./stage_trainer.ts";

/** Trains and measures a language model; the loss is in nats per unit of weight. */
export type SftTrainer = StageTrainer<Gpt2Arrays, PromptAndAnswer>;

/** How to train a language model. */
export interface SftOptions extends StageTrainerOptions {
  /** Weight of a passage's token; an answer's is 1 (default: 1 too, the tutorial's loss). */
  readonly passageWeight?: number;
}

const matrix = { batch: -1, time: -1 };

/** What the loss reads besides the parameters and the rows. */
const lossSpec = { targets: int(matrix), weights: float(matrix), count: float({}) };
type LossInputs = Tensors<typeof lossSpec>;

/** Compiles the SFT programs for one shape of model. */
export function createSftTrainer(
  device: Device,
  config: Gpt2Config,
  { padId, passageWeight = 1, ...options }: SftOptions,
): Promise<SftTrainer> {
  const weightOf = ({ prompt, answer }: PromptAndAnswer) =>
    passageWeight * (prompt.length - 1) + answer.length; // every token but the first is a target
  const stage: StageLoss<Gpt2Parameters, LossInputs, PromptAndAnswer> = {
    definition: () => ({
      config,
      parameters: gpt2Spec(config),
      inputs: { ...lossSpec, dropoutKeys: dropoutKeysSpec },
      loss(head, hidden, { targets, weights, count }) {
        const policy = logSoftmax(languageHead(hidden, head), "vocab");
        const logProbs = take(policy, targets, "vocab"); // [batch, time]
        return { loss: neg(div(sum(mul(logProbs, weights)), count)) };
      },
    }),
    countOf: (examples) => examples.reduce((total, example) => total + weightOf(example), 0),
    batchOf: (examples, count) => ({
      ...sftBatch(examples, { padId, passageWeight }),
      count: number(count),
    }),
    rowsOf: () => 1,
    fitting(examples, rows) {
      const time = Math.max(...examples.map(({ prompt, answer }) => prompt.length + answer.length));
      return rowsThatFit(device, config, { rows, time, logits: time });
    },
  };
  return createStageTrainer(device, stage, options);
}

/**
 * Examples (no prompt is empty) as a batch; the target of each token is its successor, with weight
 * 0 at padding.
 */
function sftBatch(
  examples: readonly PromptAndAnswer[],
  { padId, passageWeight }: { padId: number; passageWeight: number },
) {
  const rows = padRows(examples.map(({ prompt, answer }) => [...prompt, ...answer]), { padId });
  const [batch, time] = rows.inputIds.dims;
  const targets = new Int32Array(batch * time), weights = new Float32Array(batch * time);
  examples.forEach(({ prompt, answer }, row) =>
    [...prompt, ...answer].slice(1).forEach((token, column) => {
      targets[row * time + column] = token;
      weights[row * time + column] = column + 1 < prompt.length ? passageWeight : 1;
    })
  );
  return { rows, targets: ints(targets, [batch, time]), weights: floats(weights, [batch, time]) };
}
