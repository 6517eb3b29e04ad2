/**
 * The two losses of PPO for a language model: `policyLoss` and `valueLoss` from `lib/rl`, computed
 * from GPT-2's hidden states.
 *
 * A loss has two parts: `definition`, the graph, and `feeds`, its inputs for one micro-batch. In a
 * definition, `head` holds every parameter outside the blocks, and `count` is the number of answer
 * tokens in the whole minibatch, so that the losses of micro-batches add up.
 */
import {
  type AnswerDropout,
  type AnswerLoss,
  type AnswerLossInputs,
  answerLossSpec,
  type AnswerMatrix,
  answerMatrixSpec,
} from "../learn/mod.ts";
import {
  answerArray,
  type AnswerInputs,
  answerSpec,
  answerStatistics,
  atColumns,
  contextOf,
  contextSpec,
  type Gpt2Config,
  type Gpt2Parameters,
  gpt2Spec,
  logProbsFromHidden,
  type PolicyShape,
  valueHeadAt,
  type ValueHeadParameters,
  valueModelSpec,
} from "../lm/mod.ts";
import { policyLoss, valueLoss } from "../rl/mod.ts";
import type { Sample } from "./sample.ts";

/** The options of a loss. */
export interface PpoLossOptions {
  /** The clip range of the ratio around 1, or of a value around the old one. */
  readonly clipRange: number;
  /** Dropout in the body; default: none. */
  readonly dropout?: Pick<AnswerDropout, "rate"> | undefined;
}

const dropOf = ({ dropout }: PpoLossOptions) =>
  dropout && (({ dropoutKeys }: AnswerLossInputs) => ({ rate: dropout.rate, keys: dropoutKeys }));

/** The actor loss's inputs besides those of every answer loss (`AnswerLossInputs`). */
export interface ActorLossInputs extends Omit<AnswerInputs, "rows" | "columns"> {
  /** log pi_old(a_t). */
  readonly oldLogProbs: AnswerMatrix;
  /** A_t. */
  readonly advantages: AnswerMatrix;
}

/**
 * The clipped policy loss of an actor. It also returns `logProbs` and `entropy`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { actorLoss } from "ppo/ppo/mod.ts";
 * import { plainSampling } from "ppo/lm/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const { definition } = actorLoss({ config, sampling: plainSampling }, { clipRange: 0.2 });
 * deepEqual({ ...definition.inputs.advantages.shape }, { batch: -1, answer: -1 });
 * ```
 */
export function actorLoss(
  shape: PolicyShape,
  options: PpoLossOptions,
): AnswerLoss<Gpt2Parameters, ActorLossInputs, Sample> {
  const { config, sampling } = shape;
  const contextArrays = contextOf(shape);
  const own = {
    ...contextSpec(config),
    targets: answerSpec.targets,
    oldLogProbs: answerMatrixSpec,
    advantages: answerMatrixSpec,
  };
  return {
    definition: {
      config,
      parameters: gpt2Spec(config),
      inputs: { ...answerLossSpec, ...own },
      drop: dropOf(options),
      chosen: true, // the loss reads the hidden states at `columns` only
      loss(head, hidden, { rows, columns, targets, seen, samplingMask, ...data }) {
        const { oldLogProbs, advantages, mask, count } = data;
        const states = atColumns(hidden, columns, rows.slots); // those that predict answer tokens
        const distribution = logProbsFromHidden(states, head, { seen, samplingMask, sampling });
        const { logProbs, entropy } = answerStatistics(distribution, targets);
        const { loss } = policyLoss({ logProbs, oldLogProbs, advantages, mask, count }, options);
        return { loss, logProbs, entropy };
      },
    },
    feeds(samples, { targets }) {
      const width = targets.dims[1];
      return {
        targets,
        ...contextArrays(samples, { width }),
        oldLogProbs: answerArray(samples.map(({ logProbs }) => logProbs), width),
        advantages: answerArray(samples.map(({ advantages }) => advantages), width),
      };
    },
  };
}

/** The critic loss's inputs besides those of every answer loss (`AnswerLossInputs`). */
export interface CriticLossInputs {
  /** V_old(s_t). */
  readonly oldValues: AnswerMatrix;
  /** R_t. */
  readonly returns: AnswerMatrix;
}

/**
 * The clipped value loss of a critic.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { criticLoss } from "ppo/ppo/mod.ts";
 * const sizes = { vocabSize: 5, positions: 8, embed: 4, heads: 2, layers: 1 };
 * const config = { ...sizes, layerNormEpsilon: 1e-5 };
 * const { definition } = criticLoss(config, { clipRange: 0.2 });
 * deepEqual({ ...definition.inputs.returns.shape }, { batch: -1, answer: -1 });
 * ```
 */
export function criticLoss(
  config: Gpt2Config,
  options: PpoLossOptions,
): AnswerLoss<Gpt2Parameters & ValueHeadParameters, CriticLossInputs, Sample> {
  const own = { oldValues: answerMatrixSpec, returns: answerMatrixSpec };
  return {
    definition: {
      config,
      parameters: valueModelSpec(config),
      inputs: { ...answerLossSpec, ...own },
      drop: dropOf(options),
      chosen: true, // the loss reads the hidden states at `columns` only
      loss(head, hidden, { rows, columns, oldValues, returns, mask, count }) {
        const values = valueHeadAt(atColumns(hidden, columns, rows.slots), head);
        return { loss: valueLoss({ values, oldValues, returns, mask, count }, options).loss };
      },
    },
    feeds: (samples, { targets: { dims: [, width] } }) => ({
      oldValues: answerArray(samples.map(({ values }) => values), width),
      returns: answerArray(samples.map(({ returns }) => returns), width),
    }),
  };
}
