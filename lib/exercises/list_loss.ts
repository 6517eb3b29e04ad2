/** Chapter 02: the ranking loss of one list of scores. */
import { rankingLoss, rankingPlan } from "../rl/mod.ts";
import { evaluate, input } from "../tensor/mod.ts";
import { defineExercise, type Exercise } from "./exercise.ts";

/** Mean over all pairs of -log sigmoid(better - worse); the best answer's score comes first. */
export type ListLoss = (scores: number[]) => number;

/** The library's loss, of texts that are one token long and all different. */
function lossOfScores(scores: readonly number[]): number {
  const batch = scores.length, pair = batch * (batch - 1) / 2;
  const plan = rankingPlan([scores.map((_, rank) => [rank])], { time: 1 });
  const loss = rankingLoss(input("values", { batch, time: 1 }), {
    better: input("better", { pair, batch }),
    worse: input("worse", { pair, batch }),
    weight: input("weight", { pair, time: 1 }),
    mask: input("mask", { batch, time: 1 }),
    last: input("last", { batch, time: 1 }),
  });
  const values = { dims: [batch, 1], data: Float64Array.from(scores) };
  const [{ data }] = evaluate([loss], { values, ...plan });
  return data[0];
}

const leadsOf = (scores: readonly number[]): number[] =>
  scores.flatMap((better, rank) => scores.slice(rank + 1).map((worse) => better - worse));
const meanOver = (leads: readonly number[], loss: (lead: number) => number): number =>
  leads.reduce((sum, lead) => sum + loss(lead), 0) / leads.length;
/** -log sigmoid(lead) = log(1 + e^-lead), without a large exponent. */
const stable = (lead: number): number => Math.max(-lead, 0) + Math.log1p(Math.exp(-Math.abs(lead)));

/** All pairs, the mean, and the form that does not overflow. */
export const listLoss: Exercise<ListLoss> = defineExercise<ListLoss>({
  expected: lossOfScores,
  cases: [[[3, 1, 0]], [[0, 2]], [[1, 1, 1, 1]], [[-1000, 0, 1000]]],
  mistakes: [
    {
      answer: (scores) => meanOver(leadsOf(scores), (lead) => -Math.log(1 / (1 + Math.exp(-lead)))),
      says: {
        en:
          "Right for small scores, but for [-1000, 0, 1000] it is infinite: the sigmoid rounds to 0, or e^1000 overflows. For a lead x use max(-x, 0) + log(1 + e^-|x|).",
        zh:
          "分数小的时候是对的，但对 [-1000, 0, 1000] 是无穷大：sigmoid 舍入成 0，或者 e^1000 溢出。领先 x 时请用 max(-x, 0) + log(1 + e^-|x|)。",
      },
    },
    {
      answer: (scores) =>
        meanOver(scores.slice(1).map((worse, rank) => scores[rank] - worse), stable),
      says: {
        en:
          "You compared neighbours only. A list of n answers has n(n - 1)/2 pairs: each with all that are worse.",
        zh: "你只比较了相邻的回答。n 个回答有 n(n - 1)/2 对：每个都要和所有更差的比较。",
      },
    },
    {
      answer: (scores) => leadsOf(scores).reduce((sum, lead) => sum + stable(lead), 0),
      says: {
        en: "That is the sum: divide by the number of pairs, so that long lists do not count more.",
        zh: "这是总和：要除以对数，这样长列表才不会占更大的分量。",
      },
    },
    {
      answer: (scores) => meanOver(leadsOf(scores), (lead) => stable(-lead)),
      says: {
        en: "The sign is turned: the loss must fall when the better answer leads.",
        zh: "符号反了：更好的回答领先时，损失应当下降。",
      },
    },
  ],
  solved: {
    en: "Right, and it stays finite however wrong the scores are.",
    zh: "正确，而且无论分数错得多离谱，它都是有限的。",
  },
});
