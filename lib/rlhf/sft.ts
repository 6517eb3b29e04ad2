/**
 * Supervised fine-tuning: the language-model loss over `[CLS] passage [SEP] question [SEP]`.
 *
 *   loss = - sum_t mask_t log pi(token_t+1 | tokens_..t) / count
 *
 * `count` is the number of real targets of the whole batch, so that the losses and gradients of its parts add up.
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
  type TokenRow,
} from "../lm/mod.ts";
import {
  createAccumulator,
  createOptimizer,
  gradientsOf,
  type Optimizer,
  type OptimizerSettings,
  type TrainState,
} from "../optim/mod.ts";
import { type Device, float, floats, int, ints, jit, number } from "../runtime/mod.ts";
import { div, logSoftmax, mul, neg, sum, take, type Tensor } from "../tensor/mod.ts";
import { sumOfParts } from "./parts.ts";
import { chunksOf } from "./stage.ts";

/** One optimizer step of a stage. */
export interface SftStep {
  readonly loss: number;
  readonly gradNorm: number;
}

/** Trains and measures a language model. */
export interface SftTrainer {
  /**
   * One step on a batch; the state given must not be used again.
   *
   * @param options.microBatch rows that one pass holds (default all): less memory, the same step
   */
  step(
    state: TrainState<Gpt2Arrays>,
    rows: readonly TokenRow[],
    options: { learningRate: number; microBatch?: number },
  ): Promise<SftStep & { state: TrainState<Gpt2Arrays> }>;
  /** Mean loss a token, without an update. */
  evaluate(parameters: Gpt2Arrays, batches: readonly (readonly TokenRow[])[]): Promise<number>;
  readonly optimizer: Optimizer<Gpt2Arrays>;
}

/** Compiles the SFT programs for one shape of model. */
export async function createSftTrainer(
  device: Device,
  config: Gpt2Config,
  { padId, optimizer: settings }: { padId: number; optimizer: OptimizerSettings },
): Promise<SftTrainer> {
  const spec = {
    parameters: gpt2Spec(config),
    rows: rowsSpec,
    targets: int({ batch: -1, time: -1 }),
    mask: float({ batch: -1, time: -1 }),
    count: float({}),
  };
  const lossOnly = await jit(device, spec, (inputs) => ({ loss: lossOf(inputs, config) }), {
    toHost: ["loss"],
  });
  const program = await jit(device, spec, (inputs) => {
    const loss = lossOf(inputs, config);
    return { loss, gradients: gradientsOf(loss, inputs.parameters) };
  }, { toHost: ["loss"] });
  const accumulate = await createAccumulator<Gpt2Arrays>(device, spec.parameters);
  const optimizer = await createOptimizer<Gpt2Arrays>(device, spec.parameters, settings);
  return {
    optimizer,
    async step(state, rows, { learningRate, microBatch = rows.length }) {
      const count = targetsIn(rows);
      const run = async (part: readonly TokenRow[]) => {
        const batch = batchOf(part, { padId, count });
        const { loss, gradients } = await program({ parameters: state.parameters, ...batch });
        return { loss: (await device.read(loss))[0], gradients };
      };
      const { loss, gradients } = await sumOfParts(chunksOf(rows, microBatch), { run, add: accumulate });
      return { ...await optimizer.update(state, gradients, learningRate), loss };
    },
    async evaluate(parameters, batches) {
      const count = targetsIn(batches.flat());
      let total = 0;
      for (const rows of batches) {
        const { loss } = await lossOnly({ parameters, ...batchOf(rows, { padId, count }) });
        total += (await device.read(loss))[0];
      }
      return total;
    },
  };
}

/** How many tokens of the rows are predicted: all but each row's first. */
const targetsIn = (rows: readonly TokenRow[]): number =>
  rows.reduce((total, row) => total + row.length - 1, 0);

/** Rows as a batch with its targets: each token's successor, 0 (masked) at the end of a row; `count` divides the loss. */
export function batchOf(
  rows: readonly TokenRow[],
  { padId, count = targetsIn(rows) }: { padId: number; count?: number },
) {
  const padded = padRows(rows, { padId });
  const [batch, time] = padded.inputIds.dims;
  const targets = new Int32Array(batch * time), mask = new Float32Array(batch * time);
  rows.forEach((row, index) =>
    row.slice(1).forEach((token, column) => {
      targets[index * time + column] = token;
      mask[index * time + column] = 1;
    })
  );
  return {
    rows: padded,
    targets: ints(targets, [batch, time]),
    mask: floats(mask, [batch, time]),
    count: number(count),
  };
}

interface LossInputs {
  readonly parameters: Gpt2Parameters;
  readonly rows: Rows;
  readonly targets: Tensor<{ batch: number; time: number }, "int32">;
  readonly mask: Tensor<{ batch: number; time: number }>;
  readonly count: Tensor<Record<never, never>>;
}

/** The loss above, as a graph. */
export function lossOf({ parameters, rows, targets, mask, count }: LossInputs, config: Gpt2Config) {
  const logits = languageHead(gpt2(parameters, rows, config), parameters);
  const logProbs = take(logSoftmax(logits, "vocab"), targets, "vocab"); // [batch, time]
  return neg(div(sum(mul(logProbs, mask)), count));
}
