/**
 * Prompts with their answers as a batch: the rows, where each answer token is predicted, and what it was.
 *
 * Answer token j of a row whose prompt has P tokens is predicted at column P - 1 + j. Rows are padded at their end, which
 * changes nothing. `leftPadded` is the tutorial's layout: pads before the prompts, positions that count them.
 */
import { maskedRows, padRows, type TokenRow } from "./rows.ts";
import { rowsSpec } from "./gpt2.ts";
import { type Feeds, floats, type HostArray, int, ints } from "../runtime/mod.ts";

/** A prompt and its answer as token ids. */
export interface PromptAndAnswer {
  /** [CLS], passage, [SEP]. */
  readonly prompt: TokenRow;
  /** The tokens after the prompt, the ending [SEP] included. */
  readonly answer: TokenRow;
}

/** What a program takes of such a batch. */
export const answerSpec = {
  rows: rowsSpec,
  /** Where each answer token is predicted. */
  columns: int({ batch: -1, answer: -1 }),
  /** The answer tokens. */
  targets: int({ batch: -1, answer: -1 }),
};

/** A batch of answers: the arrays of `answerSpec`. */
export interface AnswerBatch {
  /** Prompts and answers side by side. */
  readonly rows: Feeds<typeof rowsSpec>;
  /** Where each answer token is predicted: [batch, answer]. */
  readonly columns: HostArray<"int32">;
  /** The answer tokens: [batch, answer]. */
  readonly targets: HostArray<"int32">;
  /** The answer axis' size. */
  readonly width: number;
}

/** How to lay a batch out. */
export interface LayoutOptions {
  /** Fills rows behind their end. */
  readonly padId: number;
  /** Pads in front of the prompts, counted by the positions (a defect). */
  readonly leftPadded?: boolean;
  /** Size of the answer axis, when the columns beyond an answer's end are wanted too; default: the longest answer. */
  readonly width?: number;
}

/** Lays out prompts and answers. */
export function answerBatch(
  pairs: readonly PromptAndAnswer[],
  { padId, leftPadded = false, width }: LayoutOptions,
): AnswerBatch {
  const answerWidth = width ?? Math.max(...pairs.map(({ answer }) => answer.length));
  const promptWidth = Math.max(...pairs.map(({ prompt }) => prompt.length));
  const starts = pairs.map(({ prompt }) => (leftPadded ? promptWidth : prompt.length) - 1);
  const dims = [pairs.length, answerWidth];
  return {
    width: answerWidth,
    rows: leftPadded
      ? tutorialRows(pairs, { padId, promptWidth, answerWidth })
      : padRows(pairs.map(({ prompt, answer }) => [...prompt, ...answer]), {
        padId,
        width: width === undefined ? 0 : promptWidth + width,
      }),
    columns: ints(
      starts.flatMap((start) => Array.from({ length: answerWidth }, (_, j) => start + j)),
      dims,
    ),
    targets: ints(pairs.flatMap(({ answer }) => padded(answer, answerWidth, padId)), dims),
  };
}

/** `row` with `filler` behind it. */
export const padded = (
  row: readonly number[],
  width: number,
  filler = 0,
): number[] => [...row, ...Array(width - row.length).fill(filler)];

function tutorialRows(
  pairs: readonly PromptAndAnswer[],
  { padId, promptWidth, answerWidth }: { padId: number; promptWidth: number; answerWidth: number },
) {
  const ids = pairs.map((
    { prompt, answer },
  ) => [
    ...Array(promptWidth - prompt.length).fill(padId),
    ...prompt,
    ...padded(answer, answerWidth, padId),
  ]);
  return maskedRows(ids, ids.map((row) => row.map((id) => id === padId ? 0 : 1)));
}

/** Rows of numbers as [batch, answer], 0 beyond their end. */
export const answerArray = (
  rows: readonly (readonly number[])[],
  width: number,
): HostArray<"float32"> => floats(rows.flatMap((row) => padded(row, width)), [rows.length, width]);

/** 1 at real answer tokens: [batch, answer]. */
export const answerMask = (
  pairs: readonly PromptAndAnswer[],
  width: number,
): HostArray<"float32"> => answerArray(pairs.map(({ answer }) => answer.map(() => 1)), width);
