/**
 * Token sequences of different lengths as one rectangular batch.
 *
 * `padRows` pads at the end, where causal attention never looks, so padding changes nothing.
 * `maskedRows` lays a batch out as the tutorial does: pads may stand anywhere, and positions
 * (mistakenly) count them.
 */
import { cast, dot, equal, type Tensor } from "../tensor/mod.ts";
import type { Hidden, Slots } from "../nn/mod.ts";
import { type HostArray, int, ints, type Specs } from "../runtime/mod.ts";

/** Token ids of one sequence. */
export type TokenRow = readonly number[];

/** The axes of one number for each answer token. */
export type AnswerAxes = { batch: number; answer: number };

/** What a program reads of a batch of token rows. */
export const rowsSpec: Specs<Rows> = {
  inputIds: int({ batch: -1, time: -1 }),
  positionIds: int({ batch: -1, time: -1 }),
  slots: int({ batch: -1, time: -1 }),
  keySlots: int({ batch: -1, keyTime: -1 }),
};

/** The arrays of a batch, on the host. */
export type RowArrays = { readonly [K in keyof typeof rowsSpec]: HostArray<"int32"> };

/** The same as tensors. */
export interface Rows extends Slots {
  /** Token ids; pads at the end of a row. */
  readonly inputIds: Tensor<{ batch: number; time: number }, "int32">;
  /** Which row of `wpe` each token takes. */
  readonly positionIds: Tensor<{ batch: number; time: number }, "int32">;
}

/** The slot of a key that no query sees; a power of two, exact in float32. */
export const HIDDEN_SLOT: number = 2 ** 30;

/**
 * Pads rows at their end to the length of the longest.
 *
 * @example
 * ```ts
 * import { padRows } from "ppo/lm/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 * deepEqual([...padRows([[5, 6], [7]], { padId: 0 }).inputIds.data], [5, 6, 7, 0]);
 * ```
 */
export function padRows(rows: readonly TokenRow[], { padId }: { padId: number }): RowArrays {
  const time = Math.max(...rows.map((row) => row.length));
  return maskedRows(rows.map((row) => padded(row, time, padId)));
}

/**
 * `row` followed by copies of `filler` up to `width`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { padded } from "ppo/lm/mod.ts";
 * deepEqual(padded([7, 8], 4), [7, 8, 0, 0]);
 * ```
 */
export const padded = (row: readonly number[], width: number, filler = 0): number[] => [
  ...row,
  ...Array<number>(width - row.length).fill(filler),
];

/**
 * A batch as the tutorial lays it out: ids and mask as given, positions 0, 1, 2, ... that count
 * pads too.
 *
 * @param mask 1 for tokens that may be attended to, 0 for pads (default: all may be)
 * @example
 * ```ts
 * import { maskedRows } from "ppo/lm/mod.ts";
 * import { deepEqual } from "node:assert/strict";
 * const { positionIds, keySlots } = maskedRows([[0, 5, 6]], [[0, 1, 1]]);
 * deepEqual([...positionIds.data], [0, 1, 2]);
 * deepEqual([...keySlots.data], [2 ** 30, 1, 2]); // no query sees slot 2^30
 * ```
 */
export function maskedRows(ids: readonly TokenRow[], mask?: readonly TokenRow[]): RowArrays {
  const time = ids[0].length;
  const dims = [ids.length, time];
  const columns = ints(ids.flatMap((row) => [...row.keys()]), dims);
  const hidden = (seen: number, index: number) => seen === 0 ? HIDDEN_SLOT : index % time;
  return {
    inputIds: ints(ids.flat(), dims),
    positionIds: columns,
    slots: columns,
    keySlots: mask === undefined ? columns : ints(mask.flat().map(hidden), dims),
  };
}

/**
 * The hidden states at chosen columns: [batch, answer, embed].
 *
 * A choice by number has no gradient that every device computes well; a product with rows of 0 and
 * 1 has.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { atColumns } from "ppo/lm/mod.ts";
 * import { input } from "ppo/tensor/mod.ts";
 * const hidden = input("hidden", { batch: 1, time: 3, embed: 4 });
 * const columns = input("columns", { batch: 1, answer: 2 }, "int32");
 * const slots = input("slots", { batch: 1, time: 3 }, "int32");
 * deepEqual({ ...atColumns(hidden, columns, slots).shape }, { batch: 1, answer: 2, embed: 4 });
 * ```
 */
export function atColumns(
  hidden: Hidden,
  columns: Tensor<AnswerAxes, "int32">,
  slots: Tensor<{ batch: number; time: number }, "int32">,
): Tensor<AnswerAxes & { embed: number }> {
  const chosen = cast(equal(columns, slots, { outer: true }), "float32"); // [batch, answer, time]
  return dot(chosen, hidden, "time");
}
