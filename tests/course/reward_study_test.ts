import assert from "node:assert/strict";
import {
  loadEmbedded,
  openRun,
  orderTable,
  pairCalibration,
  pairLosses,
  type RankedScore,
  rankNames,
  runSettings,
  scoreHeldOutLists,
  scoreTexts,
  winProbability,
} from "../../lib/course/mod.ts";

/** A list with these scores, best rank first. */
const listOf = (...scores: number[]): RankedScore[] =>
  scores.map((score, rank) => ({
    prompt: "p",
    answer: `answer ${rank}`,
    rank: rankNames()[rank],
    score,
    length: 2,
  }));

Deno.test("held-out lists are scored answer by answer, as each is alone, and as many as there are passages", async () => {
  const embedded = await loadEmbedded({ heldOutCount: 12 });
  const run = await openRun(embedded, runSettings(embedded.policy, { device: "cpu" }));
  const lists = await scoreHeldOutLists(run, embedded);
  assert.equal(lists.length, 12);
  assert.deepEqual(lists[3].map(({ rank }) => rank), rankNames());
  const alone = await scoreTexts(run, [lists[3][1]], embedded);
  assert.ok(Math.abs(alone[0] - lists[3][1].score) < 1e-4);
  assert.ok(
    lists.every((list) => list[0].score > list[6].score),
    "a human question beats random characters",
  );
  assert.equal(lists[3][5].length, 0); // the empty answer
});

Deno.test("the table of order has a share for each rank above each worse one", () => {
  const lists = [listOf(6, 5, 4, 3, 2, 1, 0), listOf(6, 7, 4, 3, 2, 1, 1)];
  const lines = orderTable(lists).text.split("\n").map((line) => line.trim().split(/ {2,}/));
  assert.deepEqual(lines[0], ["% above", ...rankNames().slice(1)]);
  assert.deepEqual(lines[1], ["1 human", "50.0", "100.0", "100.0", "100.0", "100.0", "100.0"]);
  assert.deepEqual(lines[6], ["6 empty", "75.0"]); // one right, one undecided
});

Deno.test("calibration: the higher score is the prediction, and equal texts are no pair", () => {
  const lead = Math.log(4); // sigmoid(log 4) = 4/5
  const right = listOf(lead, 0), wrong = listOf(0, lead);
  const same = listOf(3, 0).map((one) => ({ ...one, answer: "the same" }));
  const bins = pairCalibration([right, right, right, wrong, same], { ranks: 2, bins: 2 });
  assert.equal(bins.length, 1);
  assert.ok(Math.abs(bins[0].predicted - 0.8) < 1e-12);
  assert.deepEqual([bins[0].observed, bins[0].count], [0.75, 4]);
});

Deno.test("calibration looks at pairs of the first ranks only", () => {
  const lists = [listOf(2, 1, 0, 5)];
  assert.equal(pairCalibration(lists, { ranks: 3, bins: 1 })[0].count, 3);
  assert.equal(pairCalibration(lists, { ranks: 4, bins: 1 })[0].observed, 0.5); // three of six are wrong
});

Deno.test("a pair's loss is -log of its probability; the naive form is infinite below -89, with no gradient to use", async () => {
  const [easy, hard] = await pairLosses([1, -100]);
  for (const loss of [easy.softplus, easy.naive]) {
    assert.ok(Math.abs(loss + Math.log(winProbability(1))) < 1e-6);
  }
  assert.ok(Math.abs(easy.slope - (winProbability(1) - 1)) < 1e-6);
  assert.equal(hard.softplus, 100);
  assert.equal(hard.slope, -1);
  assert.equal(hard.naive, Infinity);
  assert.equal(hard.naiveSlope, NaN); // 0 times infinity: one such pair, and every weight is lost
});
