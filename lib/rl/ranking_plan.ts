/**
 * Plans the comparisons of a ranked list. Each pair of its texts is compared token by token, from
 * the first token in which they differ.
 *
 *     start  = index of the first token in which the pair differs
 *     end    = length of the longer of the two
 *     weight = 1 / (number of pairs x (end - start)) at the positions start ... end - 1, else 0
 *
 * This is the tutorial's list-wise loss. The average over the tokens after the first difference
 * follows DeepSpeed-Chat (Yao et al. 2023). Beyond the end of the shorter text, its last real value
 * is used. With `scorePads`, the values at its padding are used instead, as in the tutorial, and
 * training then changes these values too.
 */
import type { Row } from "./rows.ts";

/** Numbers in memory order with their sizes, as `evaluate` takes them. */
export interface PlanArray {
  /** Sizes of the axes. */
  readonly dims: number[];
  /** The numbers. */
  readonly data: Float32Array<ArrayBuffer>;
}

/**
 * The inputs of `rankingLoss` besides the values, as arrays. The batch holds the rows of all
 * lists, one list after the other.
 */
export interface RankingPlan {
  /** [pair, batch]: 1 at the row of the better text. */
  readonly better: PlanArray;
  /** [pair, batch]: 1 at the row of the worse text. */
  readonly worse: PlanArray;
  /** [pair, time]: the weight of each position; the weights of a list add up to 1. */
  readonly weight: PlanArray;
  /**
   * [batch, time]: 1 where a row's own value is used, 0 where its last real value is used instead.
   */
  readonly mask: PlanArray;
  /** [batch, time]: 1 at the last real token of each row. */
  readonly last: PlanArray;
}

/** Settings of `rankingPlan`. */
export interface RankingPlanOptions {
  /** The length of a padded row: the size of the time axis. */
  readonly time: number;
  /** Whether to compare the values at padding, as the tutorial does (default: no). */
  readonly scorePads?: boolean;
}

/** Two rows of the batch and the positions at which they are compared. */
interface Pair {
  readonly better: number;
  readonly worse: number;
  readonly start: number;
  readonly end: number;
  readonly weight: number;
}

/**
 * The index of the first token that differs, or the shorter length if one text begins with the
 * other.
 */
function firstDifference(a: Row, b: Row): number {
  const shorter = Math.min(a.length, b.length);
  for (let t = 0; t < shorter; t++) if (a[t] !== b[t]) return t;
  return shorter;
}

/** The pairs of one list whose texts differ; its best text is row `firstRow` of the batch. */
function pairsOf(texts: readonly Row[], firstRow: number): Pair[] {
  const spans = texts.flatMap((a, rank) =>
    texts.slice(rank + 1).map((b, step) => ({
      better: firstRow + rank,
      worse: firstRow + rank + 1 + step,
      start: firstDifference(a, b),
      end: Math.max(a.length, b.length),
    }))
  ).filter(({ start, end }) => start < end);
  if (spans.length === 0) {
    throw new RangeError(`Cannot rank ${texts.length} texts: no two of them differ`);
  }
  return spans.map((span) => ({ ...span, weight: 1 / (spans.length * (span.end - span.start)) }));
}

/** A matrix whose entries are computed from their row and column. */
function matrix(rows: number, columns: number, at: (row: number, column: number) => number) {
  const data = Float32Array.from(
    { length: rows * columns },
    (_, index) => at(Math.floor(index / columns), index % columns),
  );
  return { dims: [rows, columns], data };
}

/**
 * Plans the comparisons of several ranked lists of token ids, best text first, without padding.
 * Equal texts are not compared.
 *
 * @throws RangeError when a text is empty or longer than the time axis, or when no two texts of a
 *   list differ.
 * @example
 * ```ts
 * import { rankingPlan } from "ppo/rl/mod.ts";
 * import assert from "node:assert/strict";
 * const { weight, mask, last } = rankingPlan([[[7, 8, 9], [7]]], { time: 3 });
 * assert.deepEqual([...weight.data], [0, 0.5, 0.5]); // one pair, which differs from position 1 on
 * assert.deepEqual([...mask.data], [1, 1, 1, 1, 0, 0]);
 * // the second text's only value is used for two more positions
 * assert.deepEqual([...last.data], [0, 0, 1, 1, 0, 0]);
 * ```
 */
export function rankingPlan(
  lists: readonly (readonly Row[])[],
  { time, scorePads = false }: RankingPlanOptions,
): RankingPlan {
  const texts = lists.flat();
  texts.forEach((text, row) => requireFit(text, row, time));
  const firstRows = lists.map((_, list) => lists.slice(0, list).flat().length);
  const pairs = lists.flatMap((list, index) => pairsOf(list, firstRows[index]));
  const select = (side: "better" | "worse") =>
    matrix(pairs.length, texts.length, (pair, row) => pairs[pair][side] === row ? 1 : 0);
  return {
    better: select("better"),
    worse: select("worse"),
    weight: matrix(pairs.length, time, (pair, t) => {
      const { start, end, weight } = pairs[pair];
      return start <= t && t < end ? weight : 0;
    }),
    mask: matrix(texts.length, time, (row, t) => scorePads || t < texts[row].length ? 1 : 0),
    last: matrix(texts.length, time, (row, t) => t === texts[row].length - 1 ? 1 : 0),
  };
}

function requireFit(text: Row, row: number, time: number): void {
  if (text.length === 0 || text.length > time) {
    throw new RangeError(
      `Cannot rank text ${row}: it has ${text.length} tokens, ` +
        `but it must have 1 to ${time} (the time axis)`,
    );
  }
}
