/**
 * The reward stage: a GPT-2 body with `value_fn` learns to give the better of two answers the higher value.
 *
 *   loss = 1/count sum over lists of the ranking loss of `lib/rl`        score = value at the last real token
 *
 * `count` is the number of lists of the whole batch, so that the losses and gradients of its micro-batches add up. Stiennon et al. 2020,
 * "Learning to summarize from human feedback", section 3.4; the list-wise form is the tutorial's. Scores are raw: PPO normalises them,
 * and a sigmoid turns a difference of two into a probability.
 */
import {
  type Gpt2Config,
  type Gpt2Parameters,
  padRows,
  type rowsSpec,
  type TokenRow,
  valueHead,
  type ValueHeadParameters,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import { dropout as drop } from "../nn/mod.ts";
import { rankingLoss, type RankingLossInputs, rankingPlan } from "../rl/mod.ts";
import { type Device, type Feeds, float, floats, type HostArray, number } from "../runtime/mod.ts";
import { bodyDropout, dropoutKeysSpec } from "./stage_dropout.ts";
import {
  createStageTrainer,
  type StageLoss,
  type StageTrainer,
  type StageTrainerOptions,
} from "./stage_trainer.ts";

/** The rows of one ranked list, `[CLS] passage [SEP] answer [SEP]` each, best first. */
export type RankedRows = readonly TokenRow[];

/** Trains and measures a reward model on ranked lists; the loss is in nats a list. */
export type RewardTrainer = StageTrainer<ValueModelArrays, RankedRows>;

/** How to train. */
export interface RewardOptions extends StageTrainerOptions {
  /** `false` is the tutorial's -log(sigmoid), which can overflow (default: true). */
  readonly stable?: boolean;
}

const tokens = float({ batch: -1, time: -1 });

/** What the loss reads besides the parameters and the rows. */
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

/** Compiles the reward programs for one shape of model. */
export function createRewardTrainer(
  device: Device,
  config: Gpt2Config,
  { padId, stable = true, ...options }: RewardOptions,
): Promise<RewardTrainer> {
  const site = 3 * config.layers + 1; // the body's places of dropout are numbered up to 3 layers
  const stage: StageLoss<ValueModel, LossInputs, RankedRows> = {
    definition: (dropout) => ({
      config,
      parameters: valueModelSpec(config),
      inputs: { ...lossSpec, dropoutKeys: dropoutKeysSpec },
      drop: bodyDropout(dropout),
      loss(head, hidden, { plan, count, dropoutKeys }) {
        const kept = drop(hidden, { rate: dropout.head ?? 0, keys: dropoutKeys, site }, "embed");
        return { loss: rankingLoss(valueHead(kept, head), { ...plan, count }, { stable }) };
      },
    }),
    countOf: (lists) => lists.length,
    batchOf: (lists, count) => rankingBatch(lists, { padId, count }),
    rowsOf: (list) => list.length,
  };
  return createStageTrainer(device, stage, options);
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
