/**
 * Rows of unlike lengths as groups of like ones, so that little is computed for the padding behind
 * short rows.
 *
 * A group is one call, as wide as its longest row. More groups pad less, and each costs a call of
 * its own: the weights pass once more through the processor, the program's nodes are started once
 * more. The cut with the least of both together is found exactly: it is a stretch of the rows
 * sorted by length, and the best cut of the first n rows is the best last group with the best cut
 * before it (dynamic programming, Bellman 1957). It does not say in which order rows are computed
 * inside a kernel: it only cuts.
 */
import { type Gpt2Config, innerWidth } from "./config.ts";

/** The sizes of a model on which the cost of a row depends. */
export type RowCostShape = Pick<Gpt2Config, "layers" | "embed" | "inner">;

/** How rows may be grouped. */
export interface RowGroupOptions {
  /** The model's sizes: what a padded column costs. */
  readonly shape: RowCostShape;
  /** Rows of one group, at most (default: any number). */
  readonly maxRows?: number;
}

/**
 * What a call costs besides its rows, in multiply-adds that could have been done instead: 5 to 10
 * ms of two cores. Starting a program's nodes takes less; but below it nothing worth having is won,
 * and a small model keeps one call for all rows, in their order.
 */
const CALL = 5e8;

/**
 * And for each weight of the blocks, which every call reads from memory: as long as its product
 * with so many tokens (measured).
 */
const TOKENS_A_READ = 50;

/**
 * Attention's multiply-adds take so much longer than those with weights: a score is written, masked
 * and normalised for each 128.
 */
const ATTENTION = 5;

/** Weights of all blocks' matrices: 4 embed^2 of the attention, 2 embed inner of the network. */
const blockWeights = ({ layers, ...sizes }: RowCostShape): number =>
  layers * (4 * sizes.embed ** 2 + 2 * sizes.embed * innerWidth(sizes));

/**
 * The cost of a group in multiply-adds: its call, and at each column of its rows every weight and
 * every other column.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * import { groupCost } from "ppo/lm/mod.ts";
 * const cost = (rows: number) => groupCost({ layers: 1, embed: 2 }, { rows, time: 3 });
 * equal(cost(2) - cost(1), 3 * (16 + 32) + 5 * 2 * 2 * 3 ** 2); // the second row
 * ```
 */
export function groupCost(
  shape: RowCostShape,
  { rows, time }: { rows: number; time: number },
): number {
  const weights = blockWeights(shape);
  const row = time * weights + ATTENTION * 2 * shape.layers * shape.embed * time ** 2;
  return CALL + TOKENS_A_READ * weights + rows * row;
}

/**
 * The numbers of the rows in groups that cost least together; the widest group comes first, so that
 * the first call needs the most memory. One group for all keeps the rows' order.
 *
 * @throws RangeError when `maxRows` is no whole number above 0
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const base = { layers: 12, embed: 768 };
 * deepEqual(rowGroups([700, 100, 690, 110], { shape: base }), [[2, 0], [1, 3]]);
 * const small = { layers: 4, embed: 128 }; // one group
 * deepEqual(rowGroups([80, 60, 70, 86], { shape: small }), [[0, 1, 2, 3]]);
 * deepEqual(rowGroups([80, 60, 70, 86], { shape: base, maxRows: 2 }), [[0, 3], [1, 2]]);
 * ```
 */
export function rowGroups(
  lengths: readonly number[],
  { shape, maxRows = lengths.length }: RowGroupOptions,
): number[][] {
  const isLimit = maxRows === Infinity || (Number.isSafeInteger(maxRows) && maxRows > 0);
  if (lengths.length > 0 && !isLimit) {
    throw new RangeError(
      `Cannot group ${lengths.length} rows: maxRows is ${maxRows}; give a whole number above 0`,
    );
  }
  const order = lengths.map((_, row) => row).toSorted((a, b) => lengths[a] - lengths[b]);
  const starts = bestStarts(order.map((row) => lengths[row]), { shape, maxRows });
  const groups: number[][] = [];
  for (let stop = order.length; stop > 0; stop = starts[stop]) {
    groups.push(order.slice(starts[stop], stop));
  }
  return groups.length === 1 ? [lengths.map((_, row) => row)] : groups;
}

/** Where the last group begins in the best cut of the first n of the sorted rows, for each n. */
function bestStarts(sorted: readonly number[], { shape, maxRows }: Required<RowGroupOptions>) {
  const costs = [0], starts = [0];
  sorted.forEach((time, last) => {
    const stop = last + 1;
    let best = { cost: Infinity, start: last };
    for (let start = last; start >= Math.max(0, stop - maxRows); start--) {
      const cost = costs[start] + groupCost(shape, { rows: stop - start, time });
      if (cost < best.cost) best = { cost, start };
    }
    costs.push(best.cost);
    starts.push(best.start);
  });
  return starts;
}

/**
 * What was found for each row of each group, in the rows' order.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { inRowOrder } from "ppo/lm/mod.ts";
 * deepEqual(inRowOrder([[2, 0], [1]], [["c", "a"], ["b"]]), ["a", "b", "c"]);
 * ```
 */
export function inRowOrder<T>(
  groups: readonly (readonly number[])[],
  found: readonly (readonly T[])[],
): T[] {
  const rows: T[] = [];
  groups.forEach((group, index) => group.forEach((row, place) => rows[row] = found[index][place]));
  return rows;
}

/**
 * Pieces of `size` in order, the last one with what is left.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { chunksOf } from "ppo/lm/mod.ts";
 * deepEqual(chunksOf([1, 2, 3], 2), [[1, 2], [3]]);
 * ```
 */
export function chunksOf<T>(items: readonly T[], size: number): T[][] {
  return Array.from(
    { length: Math.ceil(items.length / size) },
    (_, index) => items.slice(index * size, (index + 1) * size),
  );
}

/** Tokens of a batch: 64 of the longest rows of the embedded model, 8 of those of the tutorial. */
const MOST_TOKENS = 64 * 96;

/**
 * The numbers of rows, sorted by length, in batches that fit in memory and are only measured or
 * answered. A batch is as wide as its longest row and has at most 6144 tokens, padding included. A
 * row that does not fit alone is alone.
 *
 * @param size the most rows of a batch
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { batchesByLength } from "ppo/lm/mod.ts";
 * deepEqual(batchesByLength([5, 9000, 4, 6], 2), [[2, 0], [3], [1]]);
 * ```
 */
export function batchesByLength(lengths: readonly number[], size = 64): number[][] {
  const batches: number[][] = [];
  for (const row of [...lengths.keys()].toSorted((a, b) => lengths[a] - lengths[b])) {
    const batch = batches.at(-1);
    const fits = batch && batch.length < size && (batch.length + 1) * lengths[row] <= MOST_TOKENS;
    if (fits) batch.push(row);
    else batches.push([row]);
  }
  return batches;
}
