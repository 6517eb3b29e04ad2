/**
 * The measurements of chapter 02 on scores: their distribution, their correlation with an answer's
 * length, and how much of their differences remains when they are clipped raw or normalised first.
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
import { say } from "../text/mod.ts";
import { type RankedScore, rankNames } from "./reward_study.ts";
import { verdictName } from "./verdict_names.ts";

/** An answer's raw score and the gold judge's verdict. */
export type JudgedScore = Pick<JudgedAnswer, "rawScore" | "right">;

const verdictOf = ({ right }: JudgedScore): string => verdictName(right ? "right" : "wrong");

/**
 * A histogram of raw scores, one unit per bin ("6 to 7"), the highest first; right and wrong
 * answers, by the gold judge, side by side.
 * Scores below 0 share one bin.
 */
export function scoreHistogram(
  answers: readonly JudgedScore[],
): { score: string; verdict: string; answers: number }[] {
  const floors = answers.map(({ rawScore }) => Math.max(Math.floor(rawScore), -1));
  const high = Math.max(...floors);
  const bins = Array.from({ length: high - Math.min(...floors) + 1 }, (_, step) => high - step);
  return ["right", "wrong"].map(verdictName).flatMap((verdict) =>
    bins.map((floor) => ({
      score: binName(floor),
      verdict,
      answers: answers.filter((one, index) => verdictOf(one) === verdict && floors[index] === floor)
        .length,
    }))
  );
}

const binName = (floor: number): string =>
  floor < 0
    ? say({ en: "below 0", zh: "0 以下" })
    : say({ en: `${floor} to ${floor + 1}`, zh: `${floor} 到 ${floor + 1}` });

/** Scores and rewards of the answers of one verdict. */
export interface VerdictRow {
  /** "right" or "wrong", by the gold judge. */
  readonly verdict: string;
  /** How many. */
  readonly answers: number;
  /** Mean raw score. */
  readonly raw: number;
  /** Share of raw scores above the clip's limit, in percent. */
  readonly aboveLimit: number;
  /** Standard deviation of the rewards when raw scores are clipped. */
  readonly spreadClipped: number;
  /** Standard deviation of the rewards when scores are normalised and then clipped. */
  readonly spreadNormalised: number;
}

/** Rewards of right and wrong answers, from raw and from normalised scores. */
export function rewardsByVerdict(
  answers: readonly JudgedScore[],
  { statistics, limit }: { statistics: ScoreStatistics; limit: number },
): VerdictRow[] {
  const spread = (scores: readonly number[]) =>
    Math.sqrt(varianceOf(scores.map((score) => clipScore(score, limit))));
  const groups = Map.groupBy(answers, verdictOf);
  return ["right", "wrong"].map(verdictName).flatMap((verdict) => {
    const group = groups.get(verdict) ?? [];
    if (group.length === 0) return [];
    const scores = group.map(({ rawScore }) => rawScore);
    return {
      verdict,
      answers: group.length,
      raw: meanOf(scores),
      aboveLimit: 100 * meanOf(scores.map((score) => score > limit ? 1 : 0)),
      spreadClipped: spread(scores),
      spreadNormalised: spread(normaliseScores(scores, statistics)),
    };
  });
}

/**
 * Mean length in tokens and mean raw score of each rank ("1 human" ...), with the correlation of
 * length and score; it is `NaN` where all answers have the same length.
 */
export function lengthByRank(
  lists: readonly (readonly RankedScore[])[],
): { rank: string; tokens: number; score: number; correlation: number }[] {
  return rankNames().map((rank, index) => {
    const lengths = lists.map((list) => list[index].length);
    const scores = lists.map((list) => list[index].score);
    const correlation = correlationOf(lengths, scores);
    return { rank, tokens: meanOf(lengths), score: meanOf(scores), correlation };
  });
}
