/**
 * The reward stage: a GPT-2 body with `value_fn` learns to give the better of two answers the higher value.
 *
 *   loss = 1/count sum over lists of the ranking loss of `lib/rl`        score = value at the last real token
 *
 * `count` is the number of lists of the whole batch, so that the losses and gradients of its parts add up. Stiennon et al. 2020,
 * "Learning to summarize from human feedback", section 3.4; the list-wise form is the tutorial's. Scores are raw: whoever wants a
 * number in [0, 1] applies a sigmoid, and PPO normalises.
 */
import { createLossProgram } from "../learn/mod.ts";
import {
  gpt2,
  gpt2At,
  type Gpt2Config,
  type Gpt2Parameters,
  padRows,
  rowsSpec,
  type TokenRow,
  valueHead,
  valueHeadAt,
  type ValueHeadParameters,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import { dropout as drop } from "../nn/mod.ts";
import {
  type Backward,
  createGradientArrays,
  createOptimizer,
  type Optimizer,
  type OptimizerSettings,
  type TrainState,
} from "../learn/mod.ts";
import { rankingLoss, type RankingLossInputs, rankingPlan } from "../rl/mod.ts";
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
import { sum } from "../tensor/mod.ts";
import { batchesWithin, chunksOf } from "../lm/mod.ts";
import {
  bodyDropout,
  type DropoutKeys,
  dropoutKeysOf,
  dropoutKeysSpec,
  noDropout,
  type StageDropout,
} from "./stage_dropout.ts";

/** The rows of one ranked list, `[CLS] passage [SEP] answer [SEP]` each, best first. */
export type RankedRows = readonly TokenRow[];

/** Trains and measures a reward model. */
export interface RewardTrainer {
  /**
   * The loss of a batch of lists and its gradient, in arrays of their own.
   *
   * @param options.microBatch lists that one pass holds (default all): less memory, the same numbers
   * @param options.step numbers the batch, for dropout
   */
  gradient(
    parameters: ValueModelArrays,
    lists: readonly RankedRows[],
    options?: { microBatch?: number; step?: number },
  ): Promise<Backward<ValueModelArrays>>;
  /** One step on a batch of lists; the state given must not be used again. */
  step(
    state: TrainState<ValueModelArrays>,
    lists: readonly RankedRows[],
    options: { learningRate: number; microBatch?: number },
  ): Promise<{ state: TrainState<ValueModelArrays>; loss: number; gradNorm: number }>;
  /** Mean loss of a list, in nats, without an update. */
  evaluate(
    parameters: ValueModelArrays,
    batches: readonly (readonly RankedRows[])[],
  ): Promise<number>;
  /** Makes the first state out of parameters. */
  readonly optimizer: Optimizer<ValueModelArrays>;
}

/** How to train. */
export interface RewardOptions {
  /** Fills rows behind their end. */
  readonly padId: number;
  /** Adam, its constants and the gradient clip. */
  readonly optimizer: OptimizerSettings;
  /** `false` is the tutorial's -log(sigmoid), which can overflow (default: true). */
  readonly stable?: boolean;
  /** Default: none. */
  readonly dropout?: StageDropout;
  /** Blocks that one program holds; fewer need less memory; 0: all. */
  readonly blocksPerProgram?: number;
}

const tokens = float({ batch: -1, time: -1 });

/** What the loss is computed of besides the parameters and the rows. */
const lossSpec = {
  plan: {
    better: float({ pair: -1, batch: -1 }),
    worse: float({ pair: -1, batch: -1 }),
    weight: float({ pair: -1, time: -1 }),
    mask: tokens,
    last: tokens,
  },
  count: float({}),
};

/** The same as tensors. */
interface LossInputs {
  readonly plan: Omit<RankingLossInputs, "count">;
  readonly count: NonNullable<RankingLossInputs["count"]>;
}

type ValueModel = Gpt2Parameters & ValueHeadParameters;

/** The loss alone, and its gradient. */
async function rewardPrograms(device: Device, config: Gpt2Config, options: RewardOptions) {
  const { stable = true, dropout = noDropout, blocksPerProgram = 0 } = options;
  const parameters = valueModelSpec(config);
  const lossOnly = await jit(
    device,
    { parameters, rows: rowsSpec, ...lossSpec },
    ({ parameters, rows, plan, count }) => ({
      loss: rankingLoss(valueHead(gpt2(parameters, rows, config), parameters), { ...plan, count }, {
        stable,
      }),
    }),
    { toHost: ["loss"] },
  );
  const site = 3 * config.layers + 1; // the body's places of dropout are numbered up to 3 layers
  const backward = await createLossProgram<ValueModel, LossInputs & { dropoutKeys: DropoutKeys }>(
    device,
    {
      config,
      parameters,
      inputs: { ...lossSpec, dropoutKeys: dropoutKeysSpec },
      drop: bodyDropout(dropout),
      loss(head, hidden, { plan, count, dropoutKeys }) {
        const kept = drop(hidden, { rate: dropout.head ?? 0, keys: dropoutKeys, site }, "embed");
        return { loss: rankingLoss(valueHead(kept, head), { ...plan, count }, { stable }) };
      },
    },
    { blocksPerProgram },
  );
  return { lossOnly, backward };
}

/** Compiles the reward programs for one shape of model. */
export async function createRewardTrainer(
  device: Device,
  config: Gpt2Config,
  options: RewardOptions,
): Promise<RewardTrainer> {
  const { padId, dropout = noDropout } = options;
  const { lossOnly, backward } = await rewardPrograms(device, config, options);
  const arrays = await createGradientArrays<ValueModelArrays>(device, valueModelSpec(config));
  const optimizer = await createOptimizer<ValueModelArrays>(
    device,
    valueModelSpec(config),
    options.optimizer,
  );
  const gradient: RewardTrainer["gradient"] = (
    parameters,
    lists,
    { microBatch = lists.length, step = 0 } = {},
  ) => {
    const parts = chunksOf(lists, microBatch).map((part, index) => ({
      part,
      firstRow: lists.slice(0, index * microBatch).flat().length,
    }));
    return arrays.sum(parts, async ({ part, firstRow }, into) => {
      const batch = rankingBatch(part, { padId, count: lists.length });
      const dropoutKeys = dropoutKeysOf(batch.rows.inputIds.dims, { dropout, step, firstRow });
      const { loss } = await backward(parameters, { ...batch, dropoutKeys }, into);
      return { loss: loss[0], gradients: into };
    });
  };
  return {
    optimizer,
    gradient,
    async step(state, lists, { learningRate, ...options }) {
      const { loss, gradients } = await gradient(state.parameters, lists, {
        ...options,
        step: state.step,
      });
      const updated = await optimizer.update(state, gradients, learningRate);
      arrays.recycle(gradients);
      return { ...updated, loss };
    },
    async evaluate(parameters, batches) {
      const count = batches.reduce((total, lists) => total + lists.length, 0);
      let loss = 0;
      for (const lists of batches) {
        const result = await lossOnly({ parameters, ...rankingBatch(lists, { padId, count }) });
        loss += (await device.read(result.loss))[0];
      }
      return loss;
    },
  };
}

/** Ranked lists as the arrays that the reward programs take. */
export interface RankingBatch {
  /** All lists' rows under each other. */
  readonly rows: Feeds<typeof rowsSpec>;
  /** Which rows are compared; see `rankingPlan` of `lib/rl`. */
  readonly plan: Record<"better" | "worse" | "weight" | "mask" | "last", HostArray<"float32">>;
  /** One number: it divides the loss. */
  readonly count: HostArray<"float32">;
}

/** Ranked lists as one batch with the plan of its comparisons; `count` divides the loss. */
export function rankingBatch(
  lists: readonly RankedRows[],
  { padId, count }: { padId: number; count: number },
): RankingBatch {
  const rows = padRows(lists.flat(), { padId });
  const plan = rankingPlan(lists, { time: rows.inputIds.dims[1] });
  const host = ({ data, dims }: { data: Float32Array; dims: readonly number[] }) =>
    floats(data, dims);
  return {
    rows,
    plan: {
      better: host(plan.better),
      worse: host(plan.worse),
      weight: host(plan.weight),
      mask: host(plan.mask),
      last: host(plan.last),
    },
    count: number(count),
  };
}

/** Gives the raw score of each row: the value at its last token. */
export type Scorer = (parameters: ValueModelArrays, rows: readonly TokenRow[]) => Promise<number[]>;

/** Compiles the scorer of reward models of one shape; PPO scores its answers with it too. */
export async function createScorer(
  device: Device,
  config: Gpt2Config,
  { padId }: { padId: number },
): Promise<Scorer> {
  const spec = {
    parameters: valueModelSpec(config),
    rows: rowsSpec,
    lastColumns: int({ batch: -1, answer: 1 }),
  };
  const program = await jit(device, spec, ({ parameters, rows, lastColumns }) => {
    const last = gpt2At(parameters, { ...rows, columns: lastColumns }, config); // [batch, answer 1, embed]
    return { scores: sum(valueHeadAt(last, parameters), "answer") };
  }, { toHost: ["scores"] });
  return async (parameters, rows) => {
    const lastColumns = ints(rows.map((row) => row.length - 1), [rows.length, 1]);
    const { scores } = await program({ parameters, rows: padRows(rows, { padId }), lastColumns });
    return [...await device.read(scores)];
  };
}

/** How many rows are scored at once. */
export interface ScoreRowsOptions {
  /** Rows of one batch, at most (fewer where they are long); like lengths lie together, so that there is little padding. */
  readonly batchSize?: number;
}

/** The raw scores of any number of rows, in the rows' order. */
export async function scoreRows(
  scorer: Scorer,
  { parameters, rows }: { parameters: ValueModelArrays; rows: readonly TokenRow[] },
  { batchSize = 64 }: ScoreRowsOptions = {},
): Promise<number[]> {
  const order = rows.map((_, row) => row).toSorted((a, b) => rows[a].length - rows[b].length);
  const scores = rows.map(() => NaN);
  for (
    const part of batchesWithin(order, { lengthOf: (row) => rows[row].length, size: batchSize })
  ) {
    const found = await scorer(parameters, part.map((row) => rows[row]));
    part.forEach((row, index) => scores[row] = found[index]);
  }
  return scores;
}
