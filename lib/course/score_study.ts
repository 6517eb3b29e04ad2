/**
 * What chapter 02 measures of scores: how they lie, how they go with an answer's length, and what is left of their differences when
 * they are clipped raw or normalised first.
 */
import {
  clipScore,
  correlationOf,
  meanOf,
  normaliseScores,
  type ScoreStatistics,
  varianceOf,
} from "../rl/mod.ts";
import type { JudgedAnswer } from "./judged_answers.ts";
import { RANK_NAMES, type RankedScore } from "./reward_study.ts";

/** An answer's raw score and the gold judge's verdict. */
export type JudgedScore = Pick<JudgedAnswer, "rawScore" | "right">;

/** How many answers of one verdict have scores in one bin. */
export interface ScoreBin {
  /** "6 to 7". */
  readonly score: string;
  /** "right" or "wrong", by the gold judge. */
  readonly verdict: string;
  /** How many. */
  readonly answers: number;
}

const verdictOf = ({ right }: JudgedScore): string => right ? "right" : "wrong";

/**
 * A histogram of raw scores, one unit a bin, the highest first; right and wrong answers side by side.
 *
 * @param options.from scores below this whole number share one bin
 */
export function scoreHistogram(
  answers: readonly JudgedScore[],
  { from = 0 }: { from?: number } = {},
): ScoreBin[] {
  const floors = answers.map(({ rawScore }) => Math.max(Math.floor(rawScore), from - 1));
  const [low, high] = [Math.min(...floors), Math.max(...floors)];
  return ["right", "wrong"].flatMap((verdict) =>
    Array.from({ length: high - low + 1 }, (_, step) => high - step).map((floor) => ({
      score: floor < from ? `below ${from}` : `${floor} to ${floor + 1}`,
      verdict,
      answers: answers.filter((one, index) =>
        verdictOf(one) === verdict && floors[index] === floor
      ).length,
    }))
  );
}

/** What the answers of one verdict are paid in two ways. */
export interface PaidRow {
  /** "right" or "wrong", by the gold judge. */
  readonly verdict: string;
  /** How many. */
  readonly answers: number;
  /** Mean raw score. */
  readonly raw: number;
  /** Share of raw scores above the clip's limit, in percent. */
  readonly aboveLimit: number;
  /** Deviation of what they are paid when raw scores are clipped. */
  readonly spreadClipped: number;
  /** Deviation of what they are paid when scores are normalised and then clipped. */
  readonly spreadNormalised: number;
}

/** Right and wrong answers, paid raw and normalised. */
export function paidByVerdict(
  answers: readonly JudgedScore[],
  { statistics, limit }: { statistics: ScoreStatistics; limit: number },
): PaidRow[] {
  const spread = (paid: readonly number[]) => Math.sqrt(varianceOf(paid));
  const clip = (scores: readonly number[]) => scores.map((score) => clipScore(score, limit));
  return [...Map.groupBy(answers, verdictOf)].sort().map(([verdict, group]) => {
    const scores = group.map(({ rawScore }) => rawScore);
    return {
      verdict,
      answers: group.length,
      raw: meanOf(scores),
      aboveLimit: 100 * meanOf(scores.map((score) => score > limit ? 1 : 0)),
      spreadClipped: spread(clip(scores)),
      spreadNormalised: spread(clip(normaliseScores(scores, statistics))),
    };
  });
}

/** How the scores of one rank go with the length of its answers. */
export interface LengthRow {
  /** "1 human" ... */
  readonly rank: string;
  /** Mean length in tokens. */
  readonly tokens: number;
  /** Mean raw score. */
  readonly score: number;
  /** Correlation of score and length; `NaN` where all are equally long. */
  readonly correlation: number;
}

/** Length and score, rank by rank. */
export function lengthByRank(lists: readonly (readonly RankedScore[])[]): LengthRow[] {
  return RANK_NAMES.map((rank, index) => {
    const [lengths, scores] = [
      lists.map((list) => list[index].length),
      lists.map((list) => list[index].score),
    ];
    return {
      rank,
      tokens: meanOf(lengths),
      score: meanOf(scores),
      correlation: correlationOf(lengths, scores),
    };
  });
}
