/**
 * What the SFT and reward stages share: a trainer whose batches are cut into micro-batches in their order, and a held-out loss.
 *
 * The loss is divided by the whole batch's count, so that the losses and gradients of its micro-batches add up.
 */
import {
  createLoss,
  createTrainer,
  type LossDefinition,
  type LossFeeds,
  type OptimizerSettings,
  type Trainer,
  type TrainerStep,
  type TrainState,
} from "../learn/mod.ts";
import { chunksOf, type Gpt2Parameters } from "../lm/mod.ts";
import type { Device, DeviceArrays, Specs } from "../runtime/mod.ts";
import { type DropoutKeys, dropoutKeysOf, noDropout, type StageDropout } from "./stage_dropout.ts";

/** How a stage trains. */
export interface StageTrainerOptions {
  /** Fills rows after their end. */
  readonly padId: number;
  /** Adam, its constants and gradient clipping. */
  readonly optimizer: OptimizerSettings;
  /** Default: none. */
  readonly dropout?: StageDropout;
  /** Blocks in one segment of gradient checkpointing; 0: no checkpointing. */
  readonly blocksPerSegment?: number;
}

/** How a batch is learned from. */
export interface StageBatchOptions {
  /** Items of one pass (default: the whole batch): fewer need less memory, and the result is the same. */
  readonly microBatch?: number;
  /** Numbers the batch, for dropout. */
  readonly step?: number;
}

/** Trains and measures one model; `P` are its arrays, `T` is one item of a batch. */
export interface StageTrainer<P, T> {
  /** A state with zero moments, which takes over the parameters. */
  start(parameters: P): Promise<TrainState<P>>;
  /** The loss of a batch and its gradient; the gradient's arrays are written again by the next call. */
  gradient(
    parameters: P,
    items: readonly T[],
    options?: StageBatchOptions,
  ): ReturnType<Trainer<P, unknown>["gradient"]>;
  /** One optimizer step on a batch; the state given must not be used again. */
  step(
    state: TrainState<P>,
    items: readonly T[],
    options: { learningRate: number; microBatch?: number },
  ): Promise<TrainerStep<P>>;
  /** The mean loss over batches, without an update and without dropout. */
  evaluate(parameters: P, batches: readonly (readonly T[])[]): Promise<number>;
}

/** What a stage learns: a loss, and how items become what it reads. */
export interface StageLoss<P extends Gpt2Parameters, I, T> {
  /** The loss with some dropout. */
  definition(dropout: StageDropout): LossDefinition<P, I & { dropoutKeys: DropoutKeys }>;
  /** What the loss of a whole batch is divided by. */
  countOf(items: readonly T[]): number;
  /** Items as arrays; `count` divides the loss. */
  batchOf(items: readonly T[], count: number): LossFeeds<I>;
  /** Token rows of an item. */
  rowsOf(item: T): number;
  /** How many of these items one pass can hold on the device, at most `wanted` (default: as many as are wanted). */
  fitting?(items: readonly T[], wanted: number): number;
}

/** Compiles the trainer of a stage. */
export async function createStageTrainer<P extends Gpt2Parameters, I, T>(
  device: Device,
  { definition, countOf, batchOf, rowsOf, fitting = (_, wanted) => wanted }: StageLoss<P, I, T>,
  { optimizer, dropout = noDropout, blocksPerSegment = 0 }: Omit<StageTrainerOptions, "padId">,
): Promise<StageTrainer<DeviceArrays<Specs<P>>, T>> {
  const trainer = await createTrainer<P, I & { dropoutKeys: DropoutKeys }>(
    device,
    definition(dropout),
    { optimizer, blocksPerSegment },
  );
  const loss = await createLoss<P, I & { dropoutKeys: DropoutKeys }>(device, definition(noDropout));
  type Feeds = Parameters<typeof loss>[1];
  const microBatches = (
    items: readonly T[],
    { microBatch = items.length, step = 0 }: StageBatchOptions,
  ) => {
    const count = countOf(items);
    let firstRow = 0;
    return chunksOf(items, fitting(items, microBatch)).map((part) => {
      const first = firstRow;
      firstRow += part.reduce((rows, item) => rows + rowsOf(item), 0);
      return () => {
        const batch = batchOf(part, count);
        const dropoutKeys = dropoutKeysOf(batch.rows.inputIds.dims, {
          dropout,
          step,
          firstRow: first,
        });
        return { ...batch, dropoutKeys } as Feeds; // both halves of the inputs
      };
    });
  };
  return {
    start: trainer.start,
    gradient: (parameters, items, options = {}) =>
      trainer.gradient(parameters, microBatches(items, options)),
    step: (state, items, { learningRate, ...options }) =>
      trainer.step(state, microBatches(items, { ...options, step: state.step }), learningRate),
    async evaluate(parameters, batches) {
      const count = countOf(batches.flat());
      const dropoutKeys = dropoutKeysOf([0, 0], { dropout: noDropout, step: 0, firstRow: 0 });
      let total = 0;
      for (
        const items of batches.flatMap((batch) => chunksOf(batch, fitting(batch, batch.length)))
      ) {
        total += await loss(parameters, { ...batchOf(items, count), dropoutKeys } as Feeds); // as above
      }
      return total;
    },
  };
}
