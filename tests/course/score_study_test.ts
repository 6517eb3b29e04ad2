import assert from "node:assert/strict";
import { lengthByRank, rankNames, rewardsByVerdict, scoreHistogram } from "../../lib/course/mod.ts";

const answers = [
  { rawScore: 7.5, right: true },
  { rawScore: 6.5, right: true },
  { rawScore: 6.25, right: false },
  { rawScore: 4, right: false },
];

Deno.test("the histogram has a bin for each unit between lowest and highest, and counts every answer once", () => {
  const bins = scoreHistogram(answers);
  assert.deepEqual(
    bins.filter(({ verdict }) => verdict === "right").map(({ score, answers }) => [score, answers]),
    [
      ["7 to 8", 1],
      ["6 to 7", 1],
      ["5 to 6", 0],
      ["4 to 5", 0],
    ],
  );
  assert.equal(bins.reduce((sum, { answers }) => sum + answers, 0), 4);
  const merged = scoreHistogram([...answers, { rawScore: -7, right: false }]);
  assert.deepEqual(merged.at(-1), { score: "below 0", verdict: "wrong", answers: 1 }); // -7
});

Deno.test("clipped raw, right answers have the same reward; normalised, their difference stays", () => {
  const [right, wrong] = rewardsByVerdict(answers, {
    statistics: { mean: 6, deviation: 2 },
    limit: 5,
  });
  assert.deepEqual(right, {
    verdict: "right",
    answers: 2,
    raw: 7,
    aboveLimit: 100,
    spreadClipped: 0, // 5 and 5
    spreadNormalised: 0.25, // 0.75 and 0.25
  });
  assert.deepEqual([wrong.verdict, wrong.raw, wrong.aboveLimit], ["wrong", 5.125, 50]);
});

Deno.test("length and score go together rank by rank, and the empty rank has no correlation", () => {
  const list = (human: { length: number; score: number }) =>
    rankNames().map((rank, index) => ({
      prompt: "p",
      answer: "a",
      rank,
      ...index === 0 ? human : { length: 0, score: 1 },
    }));
  const rows = lengthByRank([list({ length: 2, score: 5 }), list({ length: 4, score: 3 })]);
  assert.deepEqual(rows[0], { rank: "1 human", tokens: 3, score: 4, correlation: -1 });
  assert.equal(rows[5].correlation, NaN);
});
