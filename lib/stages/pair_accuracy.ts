/**
 * How often a reward model puts two answers of a ranked list in the right order.
 *
 *   accuracy = pairs whose better answer has the higher score / pairs       an equal score counts one half
 *
 * Two answers with the same text have no right order and are not counted.
 */

/** One answer of a list: what it says and how it was scored. */
export interface ScoredAnswer {
  /** Its text. */
  readonly answer: string;
  /** The reward model's raw score. */
  readonly score: number;
}

/** Shares of pairs in the right order. */
export interface PairAccuracy {
  /** Of all pairs. */
  readonly overall: number;
  /** Of rank r against rank r + 1, for r = 1, 2, ... */
  readonly neighbours: readonly number[];
}

/** 1 right, 0 wrong, 1/2 undecided; nothing where the texts are the same. */
function verdict(better: ScoredAnswer, worse: ScoredAnswer): number[] {
  if (better.answer === worse.answer) return [];
  return [better.score > worse.score ? 1 : better.score < worse.score ? 0 : 0.5];
}

const share = (verdicts: readonly number[]): number =>
  verdicts.length === 0
    ? NaN
    : verdicts.reduce((total, value) => total + value, 0) / verdicts.length;

/**
 * Accuracy over lists of the same length, best answer first; NaN where there is no pair to count.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * const list = [{ answer: "a", score: 2 }, { answer: "b", score: 3 }, { answer: "c", score: 1 }];
 * deepEqual(pairAccuracy([list]), { overall: 2 / 3, neighbours: [0, 1] }); // a > c and b > c, but not a > b
 * ```
 */
export function pairAccuracy(lists: readonly (readonly ScoredAnswer[])[]): PairAccuracy {
  const ranks = lists[0]?.length ?? 0;
  const at = (better: number, worse: number) =>
    lists.flatMap((list) => verdict(list[better], list[worse]));
  const worseThan = (rank: number) =>
    Array.from({ length: ranks - 1 - rank }, (_, step) => rank + 1 + step);
  const firsts = Array.from({ length: Math.max(0, ranks - 1) }, (_, rank) => rank);
  return {
    overall: share(firsts.flatMap((rank) => worseThan(rank).flatMap((worse) => at(rank, worse)))),
    neighbours: firsts.map((rank) => share(at(rank, rank + 1))),
  };
}

/**
 * The probability that a good answer scores higher than a bad one (the area under the ROC curve; an equal score counts one half).
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 * equal(separation([3, 1], [2, 0]), 0.75); // 3 > 2, 3 > 0, 1 > 0, but not 1 > 2
 * ```
 */
export function separation(good: readonly number[], bad: readonly number[]): number {
  return share(good.flatMap((high) => bad.map((low) => high > low ? 1 : high < low ? 0 : 0.5)));
}
