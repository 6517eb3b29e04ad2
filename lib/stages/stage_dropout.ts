/**
 * Dropout in the SFT and reward stages: one random number per token, a function of seed, optimizer
 * step, row and column alone.
 *
 * A step is therefore the same however its batch is cut into micro-batches, and a run can be
 * repeated.
 */
import type { ModelDropout } from "../lm/mod.ts";
import { uniform } from "../random/mod.ts";
import { float, floats, type HostArray } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/** How much a stage drops while it trains; nothing is dropped while it measures. */
export interface StageDropout {
  /**
   * In the body, where GPT-2 has dropout: embeddings, attention weights, and what each half of a
   * block adds.
   */
  readonly body: number;
  /** Before the value head; only the reward stage has one. */
  readonly head?: number;
  /** Seed of the random numbers. */
  readonly seed: number;
}

/** No dropout. */
export const noDropout: StageDropout = { body: 0, head: 0, seed: 0 };

/** The random numbers that a program reads: [batch, time], or empty where nothing is dropped. */
export const dropoutKeysSpec = float({ batch: -1, time: -1 });

/** The same as a tensor. */
export interface DropoutInputs {
  /** [batch, time] */
  readonly dropoutKeys: Tensor<{ batch: number; time: number }>;
}

/** Dropout in GPT-2's body. */
export const bodyDropout = (
  { body }: StageDropout,
): ((inputs: DropoutInputs) => ModelDropout) | undefined =>
  body > 0 ? ({ dropoutKeys }) => ({ rate: body, keys: dropoutKeys }) : undefined;

/**
 * The random numbers of rows `firstRow`, `firstRow + 1`, ... in the batch of optimizer step
 * `step`, for arrays of `dims`.
 */
export function dropoutKeysOf(
  [batch, time]: readonly number[],
  { dropout: { body, head = 0, seed }, step, firstRow }: {
    dropout: StageDropout;
    step: number;
    firstRow: number;
  },
): HostArray<"float32"> {
  if (body === 0 && head === 0) return floats([], [0, 0]);
  const numbers = Array.from(
    { length: batch * time },
    (_, index) => uniform(seed, step, firstRow + Math.floor(index / time), index % time),
  );
  return floats(numbers, [batch, time]);
}
