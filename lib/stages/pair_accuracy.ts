/**
 * How often a reward model puts two answers of a ranked list in the right order.
 *
 *   accuracy = pairs whose better answer has the higher score / pairs
 *
 * An equal score counts one half. Two answers with the same text have no right order and are not
 * counted.
 */

/** One answer of a list. */
export interface ScoredAnswer {
  /** Its text. */
  readonly answer: string;
  /** The reward model's raw score. */
  readonly score: number;
}

/** 1 where `high` is the higher score, 0 where `low` is, 1/2 where they are equal. */
const isHigher = (high: number, low: number): number => high > low ? 1 : high < low ? 0 : 0.5;

const share = (outcomes: readonly number[]): number =>
  outcomes.reduce((total, outcome) => total + outcome, 0) / outcomes.length; // 0 / 0 is NaN

/**
 * Accuracy over lists of any length, best answer first; NaN where there is no pair to count.
 * `overall` is the share of all pairs that are in the right order, and `neighbours` that of rank r
 * against rank r + 1, for r = 1, 2, ..., in the lists that have these ranks.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const list = [{ answer: "a", score: 2 }, { answer: "b", score: 3 }, { answer: "c", score: 1 }];
 * // a > c and b > c, but not a > b
 * deepEqual(pairAccuracy([list]), { overall: 2 / 3, neighbours: [0, 1] });
 * ```
 */
export function pairAccuracy(
  lists: readonly (readonly ScoredAnswer[])[],
): { readonly overall: number; readonly neighbours: readonly number[] } {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  const ranks = Array.from({ length: longest }, (_, rank) => rank);
  const outcomes = (better: number, worse: number) =>
    lists.filter(({ length }) => worse < length).flatMap((list) =>
      list[better].answer === list[worse].answer
        ? []
        : [isHigher(list[better].score, list[worse].score)]
    );
  return {
    overall: share(
      ranks.flatMap((rank) => ranks.slice(rank + 1).flatMap((worse) => outcomes(rank, worse))),
    ),
    neighbours: ranks.slice(0, -1).map((rank) => share(outcomes(rank, rank + 1))),
  };
}

/**
 * The probability that a good answer scores higher than a bad one: the area under the ROC curve.
 * An equal score counts one half.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(separation([3, 1], [2, 0]), 0.75); // 3 > 2, 3 > 0, 1 > 0, but not 1 > 2
 * ```
 */
export const separation = (good: readonly number[], bad: readonly number[]): number =>
  share(good.flatMap((high) => bad.map((low) => isHigher(high, low))));
