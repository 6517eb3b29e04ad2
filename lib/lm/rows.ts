/**
 * Rows: token sequences of different lengths as one rectangular batch.
 *
 * Rows are padded at their end, where causal attention never looks, so padding changes nothing. `leftPadded` lays them out
 * as the tutorial does, with pads in front and (a mistake it makes on purpose) positions that count the pads.
 */
import { cast, dot, equal, type Tensor } from "../tensor/mod.ts";
import type { Hidden } from "../nn/mod.ts";
import { type Feeds, ints } from "../runtime/mod.ts";
import type { rowsSpec } from "./gpt2.ts";

/** Token ids of one sequence. */
export type TokenRow = readonly number[];

/** A slot that no query sees. */
const HIDDEN_SLOT = 1 << 30;

/** Rows of the longest one's width (at least `width`), padded at the end. */
export function padRows(
  rows: readonly TokenRow[],
  { padId, width = 0 }: { padId: number; width?: number },
): Feeds<typeof rowsSpec> {
  const time = Math.max(width, ...rows.map((row) => row.length));
  const dims = [rows.length, time];
  const columns = rows.flatMap(() => Array.from({ length: time }, (_, column) => column));
  return {
    inputIds: ints(rows.flatMap((row) => [...row, ...Array(time - row.length).fill(padId)]), dims),
    positionIds: ints(columns, dims),
    slots: ints(columns, dims),
    keySlots: ints(columns, dims),
  };
}

/**
 * A batch as `faithful` sees it: ids and mask as given (pads in front and behind), positions 0, 1, 2, ... over the pads too.
 *
 * @param mask 1 for tokens that may be attended to, 0 for pads
 */
export function maskedRows(
  ids: readonly TokenRow[],
  mask: readonly TokenRow[],
): Feeds<typeof rowsSpec> {
  const time = ids[0].length;
  const dims = [ids.length, time];
  const columns = ids.flatMap(() => Array.from({ length: time }, (_, column) => column));
  return {
    inputIds: ints(ids.flat(), dims),
    positionIds: ints(columns, dims),
    slots: ints(columns, dims),
    keySlots: ints(mask.flat().map((seen, index) => seen === 0 ? HIDDEN_SLOT : index % time), dims),
  };
}

/**
 * The hidden states at chosen columns: [batch, answer, embed].
 *
 * A choice by number has no gradient that every device computes well; a product with rows of 0 and 1 has.
 */
export function atColumns(
  hidden: Hidden,
  columns: Tensor<{ batch: number; answer: number }, "int32">,
  slots: Tensor<{ batch: number; time: number }, "int32">,
): Tensor<{ batch: number; answer: number; embed: number }> {
  const chosen = cast(equal(columns, slots), "float32"); // [batch, answer, time]
  return dot(chosen, hidden, "time");
}
