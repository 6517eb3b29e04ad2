/**
 * The PPO update of one minibatch: a step of the actor and a step of the critic.
 *
 * Loss and gradient, adding up over micro-batches, and the optimizer's step are programs of their own. The formulas of the losses
 * are `lib/rl`'s; this file brings models, batches and optimizers to them.
 */
import {
  atColumns,
  gpt2,
  type Gpt2Arrays,
  type Gpt2Config,
  gpt2Spec,
  valueHeadAt,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import {
  createGradientArrays,
  createOptimizer,
  gradientsOf,
  type Optimizer,
  type OptimizerSettings,
  type TrainState,
} from "../optim/mod.ts";
import { policyLoss, valueLoss } from "../rl/mod.ts";
import { type Device, float, floats, type HostArray, jit, number } from "../runtime/mod.ts";
import { type AnswerBatch, answerSpec } from "./answer_batch.ts";
import {
  answerDistribution,
  answerStatistics,
  contextSpec,
  inputsOf,
  type PolicyShape,
  rowsOf,
} from "./sampled_policy.ts";

/** One micro-batch of experience: all arrays but `batch` are [batch, answer]. */
export interface MiniBatch {
  /** Rows, columns and targets. */
  readonly batch: AnswerBatch;
  /** What sampling knew: [batch, answer, vocab], or empty where the settings do not ask for it. */
  readonly context: { readonly seen: HostArray<"bool">; readonly kept: HostArray<"bool"> };
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
  /** log pi(token), one row of the batch's width a sequence. */
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

const matrix = float({ batch: -1, answer: -1 });
const lossSpec = { mask: matrix, count: float({}) };

/** Compiles the actor's update. */
export async function createActorUpdate(
  device: Device,
  shape: PolicyShape,
  { clipRange, optimizer: settings, dropout = 0 }: {
    clipRange: number;
    optimizer: OptimizerSettings;
    dropout?: number;
  },
): Promise<ActorUpdate> {
  const spec = {
    parameters: gpt2Spec(shape.config),
    ...answerSpec,
    ...contextSpec(shape.config),
    ...lossSpec,
    oldLogProbs: matrix,
    advantages: matrix,
    dropoutKeys: float({ batch: -1, time: -1 }),
  };
  const program = await jit(
    device,
    spec,
    ({ parameters, oldLogProbs, advantages, mask, count, dropoutKeys, ...inputs }) => {
      const drop = dropout > 0 ? { rate: dropout, keys: dropoutKeys } : undefined;
      const statistics = answerStatistics(
        answerDistribution(parameters, inputs, { ...shape, drop }),
        inputs.targets,
      );
      const { loss } = policyLoss({ logProbs: statistics.logProbs, oldLogProbs, advantages, mask, count }, {
        clipRange,
      });
      return { loss, ...statistics, gradients: gradientsOf(loss, parameters) };
    },
    { toHost: ["loss", "logProbs", "entropy"] },
  );
  const optimizer = await createOptimizer<Gpt2Arrays>(device, spec.parameters, settings);
  const arrays = await createGradientArrays<Gpt2Arrays>(device, spec.parameters);
  const gradient = async (parameters: Gpt2Arrays, parts: readonly MiniBatch[]) => {
    const logProbs: number[][] = [], entropy: number[][] = [];
    const count = tokensOf(parts);
    const total = await arrays.sum(parts, async (part, into) => {
      const { oldLogProbs, advantages, mask, dropoutKeys = floats([], [0, 0]) } = part;
      const given = {
        ...inputsOf(part.batch),
        ...part.context,
        oldLogProbs,
        advantages,
        mask,
        count,
        dropoutKeys,
      };
      const result = await program({ parameters, ...given }, { gradients: into });
      logProbs.push(...rowsOf(await device.read(result.logProbs), part.batch.width));
      entropy.push(...rowsOf(await device.read(result.entropy), part.batch.width));
      return { loss: (await device.read(result.loss))[0], gradients: result.gradients };
    });
    return { ...total, logProbs, entropy };
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
  { clipRange, optimizer: settings, dropout = 0 }: {
    clipRange: number;
    optimizer: OptimizerSettings;
    dropout?: number;
  },
): Promise<CriticUpdate> {
  const { rows, columns } = answerSpec;
  const keys = { dropoutKeys: float({ batch: -1, time: -1 }) };
  const spec = {
    parameters: valueModelSpec(config),
    rows,
    columns,
    ...lossSpec,
    ...keys,
    oldValues: matrix,
    returns: matrix,
  };
  const program = await jit(
    device,
    spec,
    ({ parameters, rows, columns, oldValues, returns, mask, count, dropoutKeys }) => {
      const drop = dropout > 0 ? { rate: dropout, keys: dropoutKeys } : undefined;
      const values = valueHeadAt(
        atColumns(gpt2(parameters, rows, config, drop), columns, rows.slots),
        parameters,
      );
      const { loss } = valueLoss({ values, oldValues, returns, mask, count }, { clipRange });
      return { loss, gradients: gradientsOf(loss, parameters) };
    },
    { toHost: ["loss"] },
  );
  const optimizer = await createOptimizer<ValueModelArrays>(device, spec.parameters, settings);
  const arrays = await createGradientArrays<ValueModelArrays>(device, spec.parameters);
  return {
    optimizer,
    async step(state, parts, learningRate) {
      const count = tokensOf(parts);
      const { loss, gradients } = await arrays.sum(parts, async (part, into) => {
        const { oldValues, returns, mask, batch: { rows, columns }, dropoutKeys = floats([], [0, 0]) } = part;
        const result = await program({
          parameters: state.parameters,
          rows,
          columns,
          oldValues,
          returns,
          mask,
          count,
          dropoutKeys,
        }, { gradients: into });
        return { loss: (await device.read(result.loss))[0], gradients: result.gradients };
      });
      const updated = await optimizer.update(state, gradients, learningRate);
      arrays.recycle(gradients);
      return { ...updated, loss };
    },
  };
}

/** The number of real answer tokens of a minibatch, by which every part's loss is divided. */
function tokensOf(parts: readonly MiniBatch[]): HostArray<"float32"> {
  const tokens = parts.reduce((total, { mask }) => total + mask.data.reduce((sum, one) => sum + one, 0), 0);
  if (tokens === 0) throw new RangeError("Cannot update: the minibatch has no answer token");
  return number(tokens);
}
