/**
 * Lays out prompts with their answers as padded batches, and runs programs on them group by group.
 *
 * Answer token j of a row whose prompt has P tokens is predicted at column P - 1 + j. Rows are
 * padded at their end. Causal attention never attends to these positions, so padding changes
 * nothing. Only this file groups answers, pads them and truncates results to the length of each
 * answer. Callers pass ragged answers and receive ragged rows in the same order.
 */
import { floats, type HostArray, int, ints, type Specs } from "../runtime/mod.ts";
import type { Tensor } from "../tensor/mod.ts";
import { inRowOrder, type RowGroupOptions, rowGroups } from "./row_groups.ts";
import {
  type AnswerAxes,
  padded,
  padRows,
  type RowArrays,
  type Rows,
  rowsSpec,
  type TokenRow,
} from "./rows.ts";

/** A prompt and its answer as token ids. */
export interface PromptAndAnswer {
  /** [CLS], passage, [SEP]. */
  readonly prompt: TokenRow;
  /** The tokens after the prompt, including the final [SEP]. */
  readonly answer: TokenRow;
  /**
   * The sampling mask of each answer token, [vocab] each: 1 for the tokens that top-k and top-p
   * allowed. Absent or empty without top-k and top-p.
   */
  readonly samplingMask?: readonly Uint8Array[];
}

/** What a program reads of a batch of answers, as tensors. */
export interface AnswerTokens {
  /** Each prompt followed by its answer. */
  readonly rows: Rows;
  /** Index of the hidden state whose logits predict each answer token: P - 1 + j. */
  readonly columns: Tensor<AnswerAxes, "int32">;
  /** The answer tokens. */
  readonly targets: Tensor<AnswerAxes, "int32">;
}

/** The specs of a batch of answers. */
export const answerSpec: Specs<AnswerTokens> = {
  rows: rowsSpec,
  columns: int({ batch: -1, answer: -1 }),
  targets: int({ batch: -1, answer: -1 }),
};

/** A batch of answers: the arrays of `answerSpec`. */
export interface AnswerBatch extends Record<"columns" | "targets", HostArray<"int32">> {
  /** Each prompt followed by its answer. */
  readonly rows: RowArrays;
}

/** Decides which answers share a call, and how a group of answers becomes a rectangular batch. */
export interface AnswerLayout {
  /** The indices of the answers in each group. Every answer is in exactly one group. */
  groups(answers: readonly PromptAndAnswer[]): number[][];
  /** One group as a batch. */
  batch(answers: readonly PromptAndAnswer[]): AnswerBatch;
}

/**
 * The standard layout. Answers of similar length share a call, and rows are padded at their end.
 *
 * @example
 * ```ts
 * import { answerLayout } from "ppo/lm/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 * const answerOf = (length: number) => Array<number>(length).fill(7);
 * const answers = [9, 3, 5].map((length) => ({ prompt: [1], answer: answerOf(length) }));
 * const shape = { layers: 12, embed: 768 };
 * const { groups, batch } = answerLayout({ padId: 0, shape, maxRows: 2 });
 * deepEqual(groups(answers), [[0], [1, 2]]);
 * deepEqual([...batch([{ prompt: [1], answer: [7, 8] }]).columns.data], [0, 1]);
 * ```
 */
export const answerLayout = (
  { padId, ...grouping }: RowGroupOptions & { padId: number },
): AnswerLayout => ({
  groups: (answers) =>
    rowGroups(answers.map(({ prompt, answer }) => prompt.length + answer.length), grouping),
  batch: (answers) => answerBatch(answers, { padId }),
});

/**
 * Lays out prompts and answers, padded at the end of each row.
 *
 * @example
 * ```ts
 * import { answerBatch } from "ppo/lm/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 * const answers = [{ prompt: [1, 2], answer: [5, 6] }, { prompt: [1], answer: [7] }];
 * const { rows, targets } = answerBatch(answers, { padId: 0 });
 * deepEqual([...rows.inputIds.data], [1, 2, 5, 6, 1, 7, 0, 0]); // [batch 2, time 4]
 * deepEqual([...targets.data], [5, 6, 7, 0]); // [batch 2, answer 2]
 * ```
 */
export function answerBatch(
  answers: readonly PromptAndAnswer[],
  { padId }: { padId: number },
): AnswerBatch {
  const rows = padRows(answers.map(({ prompt, answer }) => [...prompt, ...answer]), { padId });
  return {
    rows,
    ...answerColumnsAndTargets(answers, { padId, start: ({ prompt }) => prompt.length - 1 }),
  };
}

/**
 * Columns and targets of a batch whose first answer token is predicted at column `start`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerColumnsAndTargets } from "ppo/lm/mod.ts";
 * const answers = [{ prompt: [1, 2], answer: [7, 8] }];
 * const { columns, targets } = answerColumnsAndTargets(answers, { padId: 0, start: () => 1 });
 * deepEqual([[...columns.data], [...targets.data]], [[1, 2], [7, 8]]);
 * ```
 */
export function answerColumnsAndTargets(
  answers: readonly PromptAndAnswer[],
  { padId, start }: { padId: number; start: (answer: PromptAndAnswer) => number },
): Pick<AnswerBatch, "columns" | "targets"> {
  const width = longestAnswer(answers);
  const dims = [answers.length, width];
  const columnsOf = (answer: PromptAndAnswer) =>
    Array.from({ length: width }, (_, j) => start(answer) + j);
  return {
    columns: ints(answers.flatMap(columnsOf), dims),
    targets: ints(answers.flatMap(({ answer }) => padded(answer, width, padId)), dims),
  };
}

/**
 * The size of the answer axis, which is the length of the longest answer.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { longestAnswer } from "ppo/lm/mod.ts";
 * deepEqual(longestAnswer([{ prompt: [1], answer: [7, 8] }, { prompt: [1], answer: [9] }]), 2);
 * ```
 */
export const longestAnswer = (answers: readonly PromptAndAnswer[]): number =>
  Math.max(...answers.map(({ answer }) => answer.length));

/**
 * The column of each answer's last token, at which a reward model's value is the score: [batch, 1].
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerBatch, lastColumns } from "ppo/lm/mod.ts";
 * const answers = [{ prompt: [1, 2], answer: [7, 8] }];
 * const batch = answerBatch(answers, { padId: 0 });
 * deepEqual([...lastColumns(batch, answers).data], [3]); // the last of four tokens
 * ```
 */
export function lastColumns(
  { columns }: Pick<AnswerBatch, "columns">,
  answers: readonly PromptAndAnswer[],
): HostArray<"int32"> {
  const width = columns.dims[1];
  const last = answers.map(({ answer }, row) => columns.data[row * width] + answer.length);
  return ints(last, [answers.length, 1]);
}

/**
 * One number per answer token as [batch, answer], with 0 after the end of an answer.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerArray } from "ppo/lm/mod.ts";
 * deepEqual([...answerArray([[1, 2], [3]], 2).data], [1, 2, 3, 0]);
 * ```
 */
export const answerArray = (
  rows: readonly (readonly number[])[],
  width: number,
): HostArray<"float32"> => floats(rows.flatMap((row) => padded(row, width)), [rows.length, width]);

/**
 * 1 at real answer tokens, 0 at padding: [batch, answer].
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerMask } from "ppo/lm/mod.ts";
 * const answers = [{ prompt: [1], answer: [7, 8] }, { prompt: [1], answer: [9] }];
 * deepEqual([...answerMask(answers).data], [1, 1, 1, 0]);
 * ```
 */
export const answerMask = (
  answers: readonly PromptAndAnswer[],
  width: number = longestAnswer(answers),
): HostArray<"float32"> => answerArray(answers.map(({ answer }) => answer.map(() => 1)), width);

/** Reads one number for each position of the answer axis from a batch: [batch][width]. */
export type BatchEvaluator<A extends PromptAndAnswer = PromptAndAnswer> = (
  batch: AnswerBatch,
  answers: readonly A[],
) => Promise<number[][]>;

/**
 * Runs a reader on all answers, group by group. Returns one row per answer, as long as the answer,
 * in the order of the answers.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { answerLayout, evaluateAnswers } from "ppo/lm/mod.ts";
 * const layout = answerLayout({ padId: 0, shape: { layers: 1, embed: 4 } });
 * const answers = [{ prompt: [1], answer: [7, 8] }, { prompt: [1], answer: [9] }];
 * const targets = await evaluateAnswers(
 *   answers,
 *   layout,
 *   ({ targets: { data } }) => Promise.resolve([[data[0], data[1]], [data[2], data[3]]]),
 * );
 * deepEqual(targets, [[7, 8], [9]]); // without padding
 * ```
 */
export async function evaluateAnswers<A extends PromptAndAnswer>(
  answers: readonly A[],
  { groups, batch }: AnswerLayout,
  read: BatchEvaluator<A>,
): Promise<number[][]> {
  const indices = groups(answers);
  const found: number[][][] = [];
  for (const group of indices) {
    const members = group.map((index) => answers[index]);
    const rows = await read(batch(members), members);
    found.push(rows.map((row, index) => row.slice(0, members[index].answer.length)));
  }
  return inRowOrder(indices, found);
}

/**
 * A flat [batch, width] array as rows.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { rowsOf } from "ppo/lm/mod.ts";
 * deepEqual(rowsOf(Float32Array.of(1, 2, 3, 4), 2), [[1, 2], [3, 4]]);
 * ```
 */
export const rowsOf = (data: Float32Array, width: number): number[][] =>
  Array.from(
    { length: data.length / width },
    (_, row) => Array.from(data.subarray(row * width, (row + 1) * width)),
  );
