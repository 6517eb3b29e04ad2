/**
 * Dropout in the SFT and reward stages: one number a token, a function of seed, optimizer step, row and column alone.
 *
 * So a step is the same however its batch is cut into parts, and a run can be repeated.
 */
import type { ModelDropout } from "../lm/mod.ts";
import { uniform } from "../random/mod.ts";
import { float, floats, type HostArray } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";

/** How much a stage drops while it trains; nothing is dropped when it measures. */
export interface StageDropout {
  /** In the body, where GPT-2 has it: embeddings, attention weights, and what each half of a block adds. */
  readonly body: number;
  /** Before the value head; only the reward stage has one. */
  readonly head?: number;
  /** Start of the random numbers. */
  readonly seed: number;
}

/** What the programs take: [batch, time], or empty where nothing is dropped. */
export const dropoutKeysSpec = float({ batch: -1, time: -1 });

/** The same as a tensor. */
export type DropoutKeys = Tensor<{ batch: number; time: number }>;

/** Dropout of GPT-2's body, for `createLossProgram`. */
export const bodyDropout = (
  { body }: StageDropout,
): ((inputs: { dropoutKeys: DropoutKeys }) => ModelDropout) | undefined =>
  body > 0 ? ({ dropoutKeys }) => ({ rate: body, keys: dropoutKeys }) : undefined;

/** The numbers of the rows `firstRow`, `firstRow + 1`, ... of the batch of optimizer step `step`, for arrays of `dims`. */
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

/** Nothing is dropped. */
export const noDropout: StageDropout = { body: 0, head: 0, seed: 0 };
