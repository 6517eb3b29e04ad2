/** Minibatches: the pool of an update, shuffled and cut; each as the arrays that an optimizer step takes. */
import { floats } from "../runtime/mod.ts";
import { randomStream, shuffle, uniform } from "../random/mod.ts";
import { answerArray, answerBatch, answerMask } from "../lm/mod.ts";
import { answerGroups } from "../lm/mod.ts";
import type { Sample } from "./experience.ts";
import type { MiniBatch } from "./ppo_update.ts";
import { contextArrays, type PolicyShape } from "../lm/mod.ts";
import { chunksOf } from "../lm/mod.ts";
import type { Settings } from "../settings/mod.ts";

/** The settings that decide how a pool is cut. */
export type ShuffleSettings = Pick<
  Settings,
  "batch_size" | "mini_batch_size" | "num_return_sequences" | "shuffle_whole_batches" | "seed"
>;

/** The pool in minibatches, in the order of one epoch (a number that differs for each epoch of each update). */
export function minibatches(
  pool: readonly Sample[],
  settings: ShuffleSettings,
  epoch: number,
): Sample[][] {
  const random = randomStream(settings.seed, { skip: 1_000_000 * (epoch + 1) });
  if (settings.shuffle_whole_batches) return shuffle(byTimestep(pool), random);
  const size = settings.mini_batch_size || settings.batch_size * settings.num_return_sequences;
  return chunksOf(shuffle(pool, random), size);
}

function byTimestep(pool: readonly Sample[]): Sample[][] {
  const batches = new Map<number, Sample[]>();
  for (const sample of pool) {
    batches.set(sample.timestep, [...batches.get(sample.timestep) ?? [], sample]);
  }
  return [...batches.values()];
}

/** How to lay a minibatch out. */
export interface PartOptions {
  /** Checked and complete. */
  readonly settings: Settings;
  /** The actor's. */
  readonly shape: PolicyShape;
  /** Fills rows behind their end. */
  readonly padId: number;
  /** Numbers the optimizer step, for dropout. */
  readonly step: number;
}

/**
 * A minibatch as micro-batches of like lengths, of at most `micro_batch_size` answers (0: any number). Under defects that depend on
 * the whole batch (pads before prompts, dropout) they are pieces in its order.
 */
export function minibatchParts(samples: readonly Sample[], options: PartOptions): MiniBatch[] {
  const { settings, shape } = options;
  const groups = answerGroups(samples, {
    shape: shape.config,
    maxRows: settings.micro_batch_size || samples.length,
    inOrder: settings.left_pad_without_positions || settings.dropout_in_update,
  });
  return groups.map((rows) => ({ ...miniBatch(rows.map((row) => samples[row]), options), rows }));
}

function miniBatch(
  samples: readonly Sample[],
  { settings, shape, padId, step }: PartOptions,
): Omit<MiniBatch, "rows"> {
  const batch = answerBatch(samples, { padId, leftPadded: settings.left_pad_without_positions });
  const real = (pick: (sample: Sample) => readonly number[]) =>
    answerArray(samples.map((sample) => pick(sample).slice(0, sample.answer.length)), batch.width);
  const { dims } = batch.rows.inputIds;
  const keys = () =>
    floats(
      Array.from({ length: dims[0] * dims[1] }, (_, index) =>
        uniform(settings.seed, step, 1_000_000, index)),
      dims,
    );
  return {
    batch,
    context: contextArrays(samples, { ...shape, width: batch.width }),
    oldLogProbs: real(({ logProbs }) => logProbs),
    oldValues: real(({ values }) => values),
    advantages: real(({ advantages }) => advantages),
    returns: real(({ returns }) => returns),
    mask: answerMask(samples, batch.width),
    dropoutKeys: settings.dropout_in_update ? keys() : undefined,
  };
}
