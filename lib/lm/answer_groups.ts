/**
 * Which answers share a call: like lengths, as `rowGroups` says, or, where a layout or a random number depends on the whole batch
 * (defects that are made on purpose), pieces in the answers' order.
 */
import { type RowGroupOptions, rowGroups } from "./row_groups.ts";
import type { PromptAndAnswer } from "./answer_batch.ts";
import { chunksOf } from "./batches.ts";

/** How answers may be grouped. */
export interface AnswerGroupOptions extends RowGroupOptions {
  /** Pieces of `maxRows` in the answers' order instead. */
  readonly inOrder?: boolean;
}

/**
 * The numbers of the answers that share a call.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const pairs = [9, 3, 5].map((length) => ({ prompt: [1], answer: Array<number>(length).fill(7) }));
 * const shape = { layers: 12, embed: 768 };
 * deepEqual(answerGroups(pairs, { shape, maxRows: 2 }), [[0], [1, 2]]);
 * deepEqual(answerGroups(pairs, { shape, maxRows: 2, inOrder: true }), [[0, 1], [2]]);
 * ```
 */
export function answerGroups(
  pairs: readonly PromptAndAnswer[],
  { inOrder = false, ...options }: AnswerGroupOptions,
): number[][] {
  const { maxRows = pairs.length } = options;
  if (inOrder) return chunksOf([...pairs.keys()], maxRows);
  return rowGroups(pairs.map(({ prompt, answer }) => prompt.length + answer.length), options);
}
