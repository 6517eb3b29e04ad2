/**
 * The reward stage: a GPT-2 body with a value head learns to give the better of two answers the
 * higher value.
 *
 *   loss  = 1/count sum over lists of the ranking loss of `lib/rl`
 *   score = value at the last real token
 *
 * `count` is the number of lists of the whole batch. Stiennon et al. 2020, "Learning to summarize
 * from human feedback", section 3.4; the list-wise form is the tutorial's. Scores are raw: PPO
 * normalises them, and a sigmoid turns a difference of two into a probability.
 */
import {
  type Gpt2Config,
  type Gpt2Parameters,
  padRows,
  type TokenRow,
  valueHead,
  type ValueHeadParameters,
  type ValueModelArrays,
  valueModelSpec,
} from "../lm/mod.ts";
import { dropout as drop } from "../nn/mod.ts";
import { rankingLoss, rankingPlan } from "../rl/mod.ts";
import { type Device, float, number, type Tensors } from "../runtime/mod.ts";
import { dropoutKeysSpec } from "./stage_dropout.ts";
import {
  createStageTrainer,
  type StageLoss,
  type StageTrainer,
  type StageTrainerOptions,
} from "./stage_trainer.ts";

/** The rows of one ranked list, `[CLS] passage [SEP] answer [SEP]` each, best first. */
export type RankedRows = readonly TokenRow[];

/** Trains and measures a reward model on ranked lists; the loss is in nats per list. */
export type RewardTrainer = StageTrainer<ValueModelArrays, RankedRows>;

/** How to train a reward model. */
export interface RewardOptions extends StageTrainerOptions {
  /** `false` is the tutorial's -log(sigmoid), which can overflow (default: true). */
  readonly stable?: boolean;
}

const comparisons = float({ pair: -1, batch: -1 }), tokens = float({ batch: -1, time: -1 });

/**
 * What the loss reads besides the parameters and the rows; `plan` holds the arrays of
 * `rankingPlan`.
 */
const lossSpec = {
  plan: {
    better: comparisons,
    worse: comparisons,
    weight: float({ pair: -1, time: -1 }),
    mask: tokens,
    last: tokens,
  },
  count: float({}),
};
type LossInputs = Tensors<typeof lossSpec>;

/** Compiles the reward programs for one shape of model. */
export function createRewardTrainer(
  device: Device,
  config: Gpt2Config,
  { padId, stable = true, ...options }: RewardOptions,
): Promise<RewardTrainer> {
  const site = 3 * config.layers + 1; // the dropout sites of the body are numbered up to 3 layers
  const stage: StageLoss<Gpt2Parameters & ValueHeadParameters, LossInputs, RankedRows> = {
    definition: (dropout) => ({
      config,
      parameters: valueModelSpec(config),
      inputs: { ...lossSpec, dropoutKeys: dropoutKeysSpec },
      loss(head, hidden, { plan, count, dropoutKeys }) {
        const kept = drop(hidden, { rate: dropout.head ?? 0, keys: dropoutKeys, site }, "embed");
        return { loss: rankingLoss(valueHead(kept, head), { ...plan, count }, { stable }) };
      },
    }),
    countOf: (lists) => lists.length,
    batchOf(lists, count) {
      const rows = padRows(lists.flat(), { padId });
      const plan = rankingPlan(lists, { time: rows.inputIds.dims[1] });
      return { rows, plan, count: number(count) };
    },
    rowsOf: (list) => list.length,
  };
  return createStageTrainer(device, stage, options);
}
