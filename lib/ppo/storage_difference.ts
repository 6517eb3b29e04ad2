/**
 * What storing the frozen models as float16 changes, measured when a run begins: actor and critic start as the same models in float32.
 *
 * The text is the run's own: the second halves of its first prompts are taken as answers to the first halves.
 */
import {
  inRowOrder,
  type StoredGpt2,
  type StoredValueModel,
  uploadParameters,
  valueModelSpec,
} from "../lm/mod.ts";
import { type AnswerBatch, answerBatch } from "../lm/mod.ts";
import { answerGroups } from "../lm/mod.ts";
import { lastColumns } from "./experience.ts";
import { frozenType, type Models, type PpoInputs, type Programs } from "./ppo_models.ts";
import type { AnswerContext } from "../lm/mod.ts";

/** How far two lists of numbers are apart. */
export interface Difference {
  /** Mean of |a - b|. */
  readonly mean: number;
  /** The largest |a - b|. */
  readonly largest: number;
  /** How many were compared. */
  readonly count: number;
}

/** What storing the frozen models as float16 changes. */
export interface StorageDifference {
  /** In the reference's log-probabilities: nats, one number a token. */
  readonly logProbs: Difference;
  /** In the reward model's raw scores, one number an answer. */
  readonly scores: Difference;
}

/** The second half of each prompt, at most `query_len` tokens, as an answer to what stands before it. */
function halvedPrompts({ prompts, settings }: PpoInputs): AnswerContext[] {
  return prompts.slice(0, settings.batch_size).filter(({ length }) => length > 1).map((row) => {
    const start = row.length - Math.min(settings.query_len, Math.floor(row.length / 2));
    return { prompt: row.slice(0, start), answer: row.slice(start), samplingMask: [] };
  });
}

/** What a scorer says of a group of answers: some numbers a row. */
type Say<P> = (
  parameters: P,
  batch: AnswerBatch,
  rows: readonly AnswerContext[],
) => Promise<number[][]>;

/** Says it of groups of answers, one after the other, and gives all numbers in one row, in the answers' order. */
function sayer(pairs: readonly AnswerContext[], { settings, special, policy }: PpoInputs) {
  const maxRows = settings.score_batch_size || pairs.length;
  const groups = answerGroups(pairs, { shape: policy.config, maxRows });
  const batches = groups.map((group) => {
    const rows = group.map((row) => pairs[row]);
    return { rows, batch: answerBatch(rows, { padId: special.padId }) };
  });
  return <P>(say: Say<P>) => async (parameters: P): Promise<number[]> => {
    const found: number[][][] = [];
    for (const { rows, batch } of batches) found.push(await say(parameters, batch, rows));
    return inRowOrder(groups, found).flat();
  };
}

/**
 * Measures it; undefined where the frozen models are stored as float32. Nothing may have been trained.
 *
 * In float32 the reference is the actor, and the reward model is the critic with its own head, which alone is uploaded anew.
 */
export async function measureStorage(
  inputs: PpoInputs,
  { policy, value }: Pick<Programs, "policy" | "value">,
  { actor, critic, reference, reward }: Models,
): Promise<StorageDifference | undefined> {
  if (frozenType(inputs.settings) === "float32") return undefined;
  const { device } = inputs;
  const each = sayer(halvedPrompts(inputs), inputs);
  const logProbs = each(async (model: StoredGpt2, batch, rows) =>
    (await policy(model, batch, rows)).map((row, index) => row.slice(0, rows[index].answer.length))
  );
  const scores = each((model: StoredValueModel, { rows, columns }, pairs) =>
    value(model, { rows, columns: lastColumns({ columns }, pairs) })
  );
  const { value_fn } = valueModelSpec(inputs.reward.config);
  const head = await uploadParameters(device, { value_fn }, inputs.reward.weights);
  try {
    return {
      logProbs: apart(await logProbs(actor.parameters), await reference.use(logProbs)),
      scores: apart(await scores({ ...critic.parameters, ...head }), await reward.use(scores)),
    };
  } finally {
    device.free(head.value_fn.weight);
  }
}

function apart(a: readonly number[], b: readonly number[]): Difference {
  const distances = a.map((value, index) => Math.abs(value - b[index]));
  const count = distances.length;
  return {
    mean: distances.reduce((sum, distance) => sum + distance, 0) / count,
    largest: distances.reduce((largest, distance) => Math.max(largest, distance), 0),
    count,
  };
}

/**
 * The difference in one sentence.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * const logProbs = { mean: 0.00042, largest: 0.0031, count: 900 }, scores = { mean: 0.0002, largest: 0.00071, count: 16 };
 * equal(
 *   storageText({ logProbs, scores }),
 *   "frozen models are stored as float16: log-probabilities of 900 tokens of the prompts differ from float32's by 0.00042 nats a token " +
 *     "in the mean, 0.0031 at most; scores of 16 of them by 0.0002, 0.00071 at most",
 * );
 * ```
 */
export function storageText({ logProbs, scores }: StorageDifference): string {
  const short = (value: number) => Number(value.toPrecision(2));
  const nats = `${short(logProbs.mean)} nats a token in the mean, ${
    short(logProbs.largest)
  } at most`;
  const points = `${short(scores.mean)}, ${short(scores.largest)} at most`;
  return `frozen models are stored as float16: log-probabilities of ${logProbs.count} tokens of the prompts differ from ` +
    `float32's by ${nats}; scores of ${scores.count} of them by ${points}`;
}
