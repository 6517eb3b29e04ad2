/**
 * The trainer that the SFT and reward stages share: it cuts each batch into micro-batches, and
 * also measures a held-out loss.
 *
 * The loss is divided by the whole batch's count, so the losses and gradients of its micro-batches
 * add up.
 */
import {
  createLoss,
  createTrainer,
  DivergenceError,
  type LossDefinition,
  type LossFeeds,
  type OptimizerSettings,
  type Trainer,
  type TrainerStep,
  type TrainState,
} from "../learn/mod.ts";
import { chunksOf, type Gpt2Parameters } from "../lm/mod.ts";
import type { Device, DeviceArrays, Specs } from "../runtime/mod.ts";
import {
  bodyDropout,
  type DropoutInputs,
  dropoutKeysOf,
  noDropout,
  type StageDropout,
} from "./stage_dropout.ts";

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
  /**
   * Items of one micro-batch (default: the whole batch). Fewer need less memory, and the result is
   * the same.
   */
  readonly microBatch?: number;
  /** The number of the batch, for dropout. */
  readonly step?: number;
}

/** Trains and measures one model; `P` are its arrays, `T` is one item of a batch. */
export interface StageTrainer<P, T> extends Pick<Trainer<P, unknown>, "start"> {
  /** The loss of a batch and its gradient, whose arrays are overwritten by the next call. */
  gradient(
    parameters: P,
    items: readonly T[],
    options?: StageBatchOptions,
  ): ReturnType<Trainer<P, unknown>["gradient"]>;
  /** One optimizer step on a batch; the given state must not be used again. */
  step(
    state: TrainState<P>,
    items: readonly T[],
    options: { learningRate: number; microBatch?: number },
  ): Promise<TrainerStep<P>>;
  /**
   * The mean loss over batches, without an update and without dropout.
   *
   * @throws DivergenceError if it is not finite.
   */
  evaluate(parameters: P, batches: readonly (readonly T[])[]): Promise<number>;
}

/** The loss of a stage, and how items become its inputs. */
export interface StageLoss<P extends Gpt2Parameters, I, T> {
  /** The loss with some dropout; the dropout of the body is added to it. */
  definition(dropout: StageDropout): Omit<LossDefinition<P, I & DropoutInputs>, "drop">;
  /** What the loss of a whole batch is divided by. */
  countOf(items: readonly T[]): number;
  /** Items as arrays; `count` divides the loss. */
  batchOf(items: readonly T[], count: number): LossFeeds<I>;
  /** Token rows of an item. */
  rowsOf(item: T): number;
  /** How many of these items fit on the device at once, at most `wanted` (default: `wanted`). */
  fitting?(items: readonly T[], wanted: number): number;
}

/** Compiles the trainer of a stage. */
export async function createStageTrainer<P extends Gpt2Parameters, I, T>(
  device: Device,
  { countOf, rowsOf, fitting = (_, wanted) => wanted, ...stage }: StageLoss<P, I, T>,
  { optimizer, dropout = noDropout, blocksPerSegment = 0 }: Omit<StageTrainerOptions, "padId">,
): Promise<StageTrainer<DeviceArrays<Specs<P>>, T>> {
  const trained = { ...stage.definition(dropout), drop: bodyDropout(dropout) };
  const trainer = await createTrainer(device, trained, { optimizer, blocksPerSegment });
  const loss = await createLoss(device, stage.definition(noDropout));
  const microBatches = (
    items: readonly T[],
    { microBatch = items.length, step = 0 }: StageBatchOptions,
  ) => {
    const count = countOf(items);
    let rows = 0;
    return chunksOf(items, fitting(items, microBatch)).map((part) => {
      const firstRow = rows;
      rows += part.reduce((sum, item) => sum + rowsOf(item), 0);
      return () => feedsOf(stage, part, { count, dropout, step, firstRow });
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
      let total = 0;
      for (const items of batches.flatMap((all) => chunksOf(all, fitting(all, all.length)))) {
        const options = { count, dropout: noDropout, step: 0, firstRow: 0 };
        total += await loss(parameters, feedsOf(stage, items, options));
      }
      if (!Number.isFinite(total)) {
        throw new DivergenceError({
          en: `the held-out loss is ${total}`,
          zh: `留出损失为 ${total}`,
        });
      }
      return total;
    },
  };
}

/** What the loss reads of one micro-batch. */
function feedsOf<I, T>(
  { batchOf }: Pick<StageLoss<Gpt2Parameters, I, T>, "batchOf">,
  items: readonly T[],
  { count, ...options }: { count: number } & Parameters<typeof dropoutKeysOf>[1],
): LossFeeds<I & DropoutInputs> {
  const batch = batchOf(items, count);
  const dropoutKeys = dropoutKeysOf(batch.rows.inputIds.dims, options);
  return { ...batch, dropoutKeys } as LossFeeds<I & DropoutInputs>; // both halves of the inputs
}
