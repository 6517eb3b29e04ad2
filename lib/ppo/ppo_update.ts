/**
 * The PPO update of one minibatch: a step of the actor and a step of the critic.
 *
 * Loss and gradient, adding up over micro-batches, and the optimizer's step are programs of their own. The formulas of the losses
 * are `lib/rl`'s; this file brings models, batches and optimizers to them.
 */
import {
  atColumns,
  type Gpt2Arrays,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  inRowOrder,
  valueHeadAt,
  type ValueHeadParameters,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import { createLossProgram } from "../learn/mod.ts";
import {
  type ArrayPool,
  createArrayPool,
  createGradientArrays,
  createOptimizer,
  type Optimizer,
  type OptimizerSettings,
  type TrainState,
} from "../learn/mod.ts";
import { policyLoss, valueLoss } from "../rl/mod.ts";
import { type Device, float, floats, type HostArray, number } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { type AnswerBatch, answerSpec } from "../lm/mod.ts";
import {
  type AnswerInputs,
  answerStatistics,
  contextSpec,
  distributionFrom,
  type PolicyShape,
  rowsOf,
} from "../lm/mod.ts";

/** One micro-batch of experience: all arrays but `batch` and `rows` are [batch, answer]. */
export interface MiniBatch {
  /** Where each of its rows stands in the minibatch. */
  readonly rows: readonly number[];
  /** Rows, columns and targets. */
  readonly batch: AnswerBatch;
  /** What sampling knew: [batch, answer, vocab], or empty where the settings do not ask for it. */
  readonly context: { readonly seen: HostArray<"bool">; readonly samplingMask: HostArray<"bool"> };
  /** log pi_old(token). */
  readonly oldLogProbs: HostArray<"float32">;
  /** The critic's values when the answers were sampled. */
  readonly oldValues: HostArray<"float32">;
  /** By GAE, whitened when the settings say so. */
  readonly advantages: HostArray<"float32">;
  /** What the critic learns. */
  readonly returns: HostArray<"float32">;
  /** 1 at real answer tokens, 0 behind them. */
  readonly mask: HostArray<"float32">;
  /** One number in [0, 1) a token of `batch.rows`, when dropout is on. */
  readonly dropoutKeys?: HostArray<"float32"> | undefined;
}

/** What one step of one model gave: its loss, the gradient norm before clipping, and what it says of each answer token. */
export interface ModelStep {
  /** The clipped loss over the minibatch's real tokens. */
  readonly loss: number;
  /** Global norm before clipping. */
  readonly gradNorm: number;
}

/** A step of the actor. */
export interface ActorStep extends ModelStep {
  /** log pi(token), one row of its micro-batch's width a sequence, in the minibatch's order. */
  readonly logProbs: number[][];
  /** -sum p log p in nats, in the same rows. */
  readonly entropy: number[][];
}

/** The actor's compiled update. */
export interface ActorUpdate {
  /** Makes the first state out of parameters. */
  readonly optimizer: Optimizer<Gpt2Arrays>;
  /** Loss, gradients and what the policy says now, of a minibatch given as micro-batches. */
  gradient(
    parameters: Gpt2Arrays,
    parts: readonly MiniBatch[],
  ): Promise<{ loss: number; gradients: Gpt2Arrays; logProbs: number[][]; entropy: number[][] }>;
  /** One step on a minibatch given as micro-batches, whose gradients add up to the minibatch's. */
  step(
    state: TrainState<Gpt2Arrays>,
    parts: readonly MiniBatch[],
    learningRate: number,
  ): Promise<ActorStep & Stepped<Gpt2Arrays>>;
}

/** The critic's compiled update. */
export interface CriticUpdate {
  /** Makes the first state out of parameters. */
  readonly optimizer: Optimizer<ValueModelArrays>;
  /** One step on a minibatch given as micro-batches, whose gradients add up to the minibatch's. */
  step(
    state: TrainState<ValueModelArrays>,
    parts: readonly MiniBatch[],
    learningRate: number,
  ): Promise<ModelStep & Stepped<ValueModelArrays>>;
}

/** The state after a step; the state before it must not be used again. */
export interface Stepped<P> {
  /** Parameters and moments as they are now. */
  readonly state: TrainState<P>;
}

/** How to update one model. */
export interface UpdateOptions {
  /** The clipping range of its loss. */
  readonly clipRange: number;
  /** Adam, its constants and the gradient clip. */
  readonly optimizer: OptimizerSettings;
  /** Dropout rate in the update (a defect: there is none in the rollout). */
  readonly dropout?: number;
  /** Blocks that one program holds; 0: all. */
  readonly blocksPerProgram?: number;
  /** Answer tokens whose logits exist at once; 0: all. */
  readonly logitsAtOnce?: number;
  /** Where gradient arrays wait; models that step in turn may share it. Default: a pool of its own. */
  readonly pool?: ArrayPool;
  /** Looked at between the programs of a gradient: an error ends the step, and nothing is changed. */
  readonly checkpoint?: () => void;
  /** Called before each micro-batch. */
  readonly onPart?: () => void;
}

type Matrix = Tensor<{ batch: number; answer: number }>;
type Scalar = Tensor<Record<never, never>>;
type DropoutKeys = Tensor<{ batch: number; time: number }>;

const matrix = float({ batch: -1, answer: -1 });
const lossSpec = { mask: matrix, count: float({}), dropoutKeys: float({ batch: -1, time: -1 }) };

/** What both losses read. */
interface LossInputs {
  readonly columns: Tensor<{ batch: number; answer: number }, "int32">;
  readonly mask: Matrix;
  readonly count: Scalar;
  readonly dropoutKeys: DropoutKeys;
}

const dropOf = (rate: number) =>
  rate > 0 ? ({ dropoutKeys }: LossInputs) => ({ rate, keys: dropoutKeys }) : undefined;
const noKeys = floats([], [0, 0]);

/** A batch's arrays; the rows say at which columns alone the losses look. */
const chosenInputs = ({ rows, columns, targets }: AnswerBatch) => ({
  rows: { ...rows, columns },
  columns,
  targets,
});

/** Compiles the actor's update. */
export async function createActorUpdate(
  device: Device,
  { config, sampling }: PolicyShape,
  { clipRange, optimizer: settings, dropout = 0, pool = createArrayPool(device), onPart, ...cut }:
    UpdateOptions,
): Promise<ActorUpdate> {
  type Inputs = LossInputs & Omit<AnswerInputs, "rows"> & {
    oldLogProbs: Matrix;
    advantages: Matrix;
  };
  const { columns, targets } = answerSpec;
  const parameters = gpt2Spec(config);
  const inputs = {
    columns,
    targets,
    ...contextSpec(config),
    ...lossSpec,
    oldLogProbs: matrix,
    advantages: matrix,
  };
  const program = await createLossProgram<Gpt2Parameters, Inputs>(device, {
    config,
    parameters,
    inputs,
    drop: dropOf(dropout),
    chosen: true,
    loss(
      head,
      hidden,
      { rows, columns, targets, seen, samplingMask, oldLogProbs, advantages, mask, count },
    ) {
      const states = atColumns(hidden, columns, rows.slots);
      const said = answerStatistics(
        distributionFrom(states, head, { seen, samplingMask, sampling }),
        targets,
      );
      const { loss } = policyLoss(
        { logProbs: said.logProbs, oldLogProbs, advantages, mask, count },
        {
          clipRange,
        },
      );
      return { loss, ...said };
    },
  }, { ...cut, pool });
  const optimizer = await createOptimizer<Gpt2Arrays>(device, parameters, settings);
  const { adds } = program;
  const arrays = await createGradientArrays<Gpt2Arrays>(device, parameters, { pool, adds });
  const gradient = async (parameters: Gpt2Arrays, parts: readonly MiniBatch[]) => {
    const logProbs: number[][] = [], entropy: number[][] = [];
    const count = tokensOf(parts);
    const total = await arrays.sum(
      parts,
      async (
        { batch, context, oldLogProbs, advantages, mask, dropoutKeys = noKeys },
        into,
        mode,
      ) => {
        onPart?.();
        const given = {
          ...chosenInputs(batch),
          ...context,
          oldLogProbs,
          advantages,
          mask,
          count,
          dropoutKeys,
        };
        const said = await program(parameters, given, into, mode);
        logProbs.push(...rowsOf(said.logProbs, batch.width));
        entropy.push(...rowsOf(said.entropy, batch.width));
        return { loss: said.loss[0], gradients: into };
      },
    );
    const order = [parts.flatMap(({ rows }) => rows)];
    return {
      ...total,
      logProbs: inRowOrder(order, [logProbs]),
      entropy: inRowOrder(order, [entropy]),
    };
  };
  return {
    optimizer,
    gradient,
    async step(state, parts, learningRate) {
      const { gradients, ...said } = await gradient(state.parameters, parts);
      const updated = await optimizer.update(state, gradients, learningRate);
      arrays.recycle(gradients);
      return { ...said, ...updated };
    },
  };
}

/** Compiles the critic's update. */
export async function createCriticUpdate(
  device: Device,
  config: Gpt2Config,
  { clipRange, optimizer: settings, dropout = 0, pool = createArrayPool(device), onPart, ...cut }:
    UpdateOptions,
): Promise<CriticUpdate> {
  type Inputs = LossInputs & { oldValues: Matrix; returns: Matrix };
  const parameters = valueModelSpec(config);
  const program = await createLossProgram<Gpt2Parameters & ValueHeadParameters, Inputs>(device, {
    config,
    parameters,
    inputs: { columns: answerSpec.columns, ...lossSpec, oldValues: matrix, returns: matrix },
    drop: dropOf(dropout),
    chosen: true,
    loss(head, hidden, { rows, columns, oldValues, returns, mask, count }) {
      const values = valueHeadAt(atColumns(hidden, columns, rows.slots), head);
      return { loss: valueLoss({ values, oldValues, returns, mask, count }, { clipRange }).loss };
    },
  }, { ...cut, logitsAtOnce: 0, pool }); // one number a token instead of logits
  const optimizer = await createOptimizer<ValueModelArrays>(device, parameters, settings);
  const { adds } = program;
  const arrays = await createGradientArrays<ValueModelArrays>(device, parameters, { pool, adds });
  return {
    optimizer,
    async step(state, parts, learningRate) {
      const count = tokensOf(parts);
      const { loss, gradients } = await arrays.sum(
        parts,
        async ({ batch, oldValues, returns, mask, dropoutKeys = noKeys }, into, mode) => {
          onPart?.();
          const { rows, columns } = chosenInputs(batch);
          const said = await program(
            state.parameters,
            {
              rows,
              columns,
              oldValues,
              returns,
              mask,
              count,
              dropoutKeys,
            },
            into,
            mode,
          );
          return { loss: said.loss[0], gradients: into };
        },
      );
      const updated = await optimizer.update(state, gradients, learningRate);
      arrays.recycle(gradients);
      return { ...updated, loss };
    },
  };
}

/** The number of real answer tokens of a minibatch, by which every part's loss is divided. */
function tokensOf(parts: readonly MiniBatch[]): HostArray<"float32"> {
  const tokens = parts.reduce(
    (total, { mask }) => total + mask.data.reduce((sum, one) => sum + one, 0),
    0,
  );
  if (tokens === 0) throw new RangeError("Cannot update: the minibatch has no answer token");
  return number(tokens);
}
